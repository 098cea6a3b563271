# SPDX-License-Identifier: BSD-2-Clause
"""
An SVG drawing as a list of elements, and its one style sheet with a light and a dark half. No
scripts, no fonts from elsewhere; the same calls give the same bytes.
"""
from xml.sax.saxutils import escape, quoteattr

WIDTH = 960.0
SANS = "system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif"
MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"

# kind: (light, dark)
COLOURS = {
    "free": ("#cfe8d5", "#1f4a2e"),
    "kernel": ("#2563c9", "#5b9bff"),
    "firmware": ("#c62f34", "#ff7673"),
    "dtb": ("#d9730d", "#ffab52"),
    "initrd": ("#7d4bd1", "#b896ff"),
    "reserved": ("#8f6236", "#c99a68"),
    "frame0": ("#57606a", "#9ba4ae"),
    "memmap": ("#087f86", "#2cc3c9"),
    "tables": ("#c02d8c", "#ff84c9"),
    "early": ("#6f7d00", "#bfcb3f"),
    "hugetlb": ("#3f7d20", "#8fd46a"),
    "badmem": ("#111418", "#f0f3f6"),
    "lost": ("#a0a7ae", "#565d66"),
    "crowd": ("#3d444d", "#c3cad2"),
    "present": ("#8b97c4", "#5a6aa8"),
    "base": ("#6fb9bd", "#1c7f84"),
}
INK = {  # name: (light, dark)
    "paper": ("#ffffff", "#0d1117"),
    "ink": ("#1f2328", "#e6edf3"),
    "faint": ("#59636e", "#a0a8b1"),
    "line": ("#c4ccd4", "#444c56"),
    "veil": ("#eef1f4", "#1a2029"),
    "on": ("#ffffff", "#0d1117"),
}
HEAT = ("#d6e4f7", "#a9c8ef", "#6fa3e0", "#3377c9", "#12488f")
HEAT_DARK = ("#16304f", "#1d4a80", "#2c6cb8", "#5a9be6", "#a9d0ff")


def rules(shade):
    """The colours of one half: shade 0 is light, 1 is dark."""
    ink = {name: colours[shade] for name, colours in INK.items()}
    heat = (HEAT, HEAT_DARK)[shade]
    lines = [f".o-{kind}{{fill:{colours[shade]}}}" for kind, colours in COLOURS.items()]
    lines += [f".h{level}{{fill:{colour}}}" for level, colour in enumerate(heat, 1)]
    lines += [
        f".paper{{fill:{ink['paper']}}}",
        f"text{{fill:{ink['ink']}}}",
        f".faint{{fill:{ink['faint']}}}",
        f".on{{fill:{ink['on']}}}",
        f".line{{stroke:{ink['line']}}}",
        f".leader{{stroke:{ink['faint']}}}",
        f".veil{{fill:{ink['veil']};stroke:{ink['line']}}}",
        f".hole,.absent{{fill:{ink['paper']};stroke:{ink['line']}}}",
        f".gap{{stroke:{ink['paper']}}}",
        ".slim{stroke:none}",
        f".halo{{stroke:{ink['paper']}}}",
        f".zone{{fill:{ink['veil']}}}",
        f".hatch{{stroke:{ink['paper']}}}",
        f".edge{{stroke:{ink['faint']}}}",
    ]
    return "\n".join(lines)


STYLE = f"""
text{{font-family:{SANS};font-size:11px}}
.mono{{font-family:{MONO};font-size:10px}}
.title{{font-size:18px;font-weight:600}}
.name{{font-size:12px;font-weight:600}}
.small{{font-size:10.5px}}
.line,.leader,.edge,.gap,.hatch{{fill:none}}
.leader{{stroke-width:.8}}
.thin{{stroke-opacity:.4}}
.hatch{{stroke-opacity:.6}}
.halo{{paint-order:stroke;stroke-width:3px}}
.hole,.absent{{stroke-dasharray:2 2}}
.outside{{stroke-dasharray:3 2;fill-opacity:.35}}
{rules(0)}
@media (prefers-color-scheme:dark){{
{rules(1)}
}}
"""


def number(value):
    """A coordinate: two digits after the point at most."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


class Canvas:
    """Elements in the order in which they are painted."""

    def __init__(self):
        self.elements = []

    def add(self, name, classes, attributes, inside=None, title=None):
        """An element; inside is its text, title is shown when the pointer rests on it."""
        words = [name] + ([f'class="{classes}"'] if classes else [])
        words += [f"{key}={quoteattr(value if isinstance(value, str) else number(value))}"
                  for key, value in attributes.items()]
        content = (f"<title>{escape(title)}</title>" if title else "") + (inside or "")
        end = f">{content}</{name}>" if content else "/>"
        self.elements.append(f"<{' '.join(words)}{end}")

    def rect(self, box, classes, title=None):
        """A rectangle; box is (x, y, width, height)."""
        self.add("rect", classes, dict(zip(("x", "y", "width", "height"), box)), title=title)

    def text(self, x, y, text, classes="", anchor="start"):
        """A line of text; y is its base line."""
        attributes = {"x": x, "y": y}
        if anchor != "start":
            attributes["text-anchor"] = anchor
        self.add("text", classes, attributes, inside=escape(text))

    def words(self, x, y, spans, anchor="start"):
        """A line of text of several (text, classes)."""
        attributes = {"x": x, "y": y}
        if anchor != "start":
            attributes["text-anchor"] = anchor
        inside = "".join(f'<tspan class="{classes}">{escape(text)}</tspan>'
                         for text, classes in spans)
        self.add("text", "", attributes, inside=inside)

    def hatch(self, box):
        """Hatching over a rectangle."""
        self.add("rect", "", {**dict(zip(("x", "y", "width", "height"), box)),
                              "fill": "url(#hatched)", "pointer-events": "none"})

    def line(self, x1, y1, x2, y2, classes="line"):
        """A straight line."""
        self.add("line", classes, {"x1": x1, "y1": y1, "x2": x2, "y2": y2})

    def path(self, points, classes, close=True):
        """A polygon or a line through points."""
        steps = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        self.add("polygon" if close else "polyline", classes, {"points": steps})

    def break_mark(self, x, y, height, classes="edge"):
        """Two slanted strokes with paper between them: something was cut out here."""
        slant = min(5.0, height / 5)
        self.path([(x - slant, y - 2), (x - 1, y + height / 2), (x - 3, y + height / 2),
                   (x + slant - 4, y + height + 2)], "gap", close=False)
        for side in (-2.5, 2.5):
            self.line(x + side - slant / 2, y + height + 2, x + side + slant / 2, y - 2, classes)

    def document(self, height, title, description):
        """The whole picture."""
        size = f'width="{number(WIDTH)}" height="{number(height)}"'
        head = ["<!-- SPDX-License-Identifier: BSD-2-Clause -->",
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(WIDTH)} '
                f'{number(height)}" {size} role="img" aria-labelledby="title desc">',
                f'<title id="title">{escape(title)}</title>',
                f'<desc id="desc">{escape(description)}</desc>',
                f"<style>{STYLE}</style>",
                '<defs><pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" '
                'patternTransform="rotate(45)"><line class="hatch" x1="3" y1="0" x2="3" y2="6" '
                'stroke-width="2"/></pattern></defs>',
                f'<rect class="paper" width="{number(WIDTH)}" height="{number(height)}"/>']
        return "\n".join(head + self.elements + ["</svg>", ""])
