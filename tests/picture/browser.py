# SPDX-License-Identifier: BSD-2-Clause
"""
A picture in a real browser: its texts measured with the fonts of this machine, and its pixels.
The browser is headless Chromium with a profile of its own; it reads only the file it is given.
"""
import html
import json
import os
import re
import shutil
import subprocess

from png import Image

NAMES = ("chromium", "chromium-browser", "google-chrome")
TIME_LIMIT = 120
# Every text's rectangle, less the room above and below the letters that a font adds.
SCRIPT = """
const pages = [...document.querySelectorAll('div')].map(div => {
  const corner = div.getBoundingClientRect();
  return [...div.querySelectorAll('svg text')].map(e => {
    const r = e.getBoundingClientRect();
    return {text: e.textContent, x: r.left - corner.left, end: r.right - corner.left,
            y: r.top - corner.top + r.height * .15, bottom: r.bottom - corner.top - r.height * .15};
  });
});
document.getElementById('result').textContent = JSON.stringify(pages);
"""


def find():
    """The browser's path, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def chromium(profile, *words):
    """Run the browser; what it printed."""
    command = [find(), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
               "--disable-background-networking", "--no-first-run", "--disable-sync",
               "--disable-component-update", f"--user-data-dir={profile}", *words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, timeout=TIME_LIMIT, check=False)
    return done.stdout.decode(errors="replace")


def texts(sources, work):
    """Where the browser puts each text of SVGs: [[{text, x, end, y, bottom}, ...], ...]."""
    page = os.path.join(work, "page.html")
    with open(page, "w", encoding="utf-8") as file:
        bodies = "\n".join(f"<div>{text[text.index('<svg') :]}</div>" for text in sources)
        file.write(f"<!doctype html><meta charset=utf-8><style>body{{margin:0}}</style>{bodies}"
                   f"<pre id=result></pre><script>{SCRIPT}</script>")
    dom = chromium(os.path.join(work, "profile"), "--window-size=960,4000", "--dump-dom",
                   f"file://{page}")
    match = re.search(r'<pre id="result">(.*?)</pre>', dom, re.S)
    if not match or not match.group(1):
        raise ValueError("the browser did not run the page")
    return json.loads(html.unescape(match.group(1)))


def touching(boxes, width):
    """Texts that touch each other or leave the page."""
    boxes = sorted(boxes, key=lambda box: box["y"])
    for number, one in enumerate(boxes):
        if one["x"] < 0 or one["end"] > width:
            yield f'"{one["text"]}" leaves the page'
        for other in boxes[number + 1 :]:
            if other["y"] >= one["bottom"]:
                break
            if one["x"] < other["end"] and other["x"] < one["end"]:
                yield f'"{one["text"]}" touches "{other["text"]}"'


def screenshot(source, work, name, size, is_dark):
    """The picture as pixels."""
    path, png = os.path.join(work, f"{name}.svg"), os.path.join(work, f"{name}.png")
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    if os.path.exists(png):
        os.remove(png)
    words = [f"--screenshot={png}", f"--window-size={size[0]},{size[1]}"]
    words.append(f"--blink-settings=preferredColorScheme={0 if is_dark else 1}")
    chromium(os.path.join(work, "profile"), *words, f"file://{path}")
    return Image(png)


def palette(source):
    """({class: colour} of the light half, the same of the dark half) of the style sheet."""
    halves = source[source.index("<style>") : source.index("</style>")].split("@media")
    found = [dict(re.findall(r"\.([\w-]+)\{fill:#([0-9a-f]{6})", half)) for half in halves]
    return tuple({name: tuple(bytes.fromhex(c)) for name, c in half.items()} for half in found)


def wrong_colours(drawing, image, colours):
    """Owners' rectangles that do not have their colour on the page."""
    if image.pixel(2, 2) != colours["paper"]:
        yield f"the page is {image.pixel(2, 2)}, not {colours['paper']}"
    checked = 0
    for box in drawing.of("own"):
        if box.kind() in ("hole", "outside", "lost") or box.width < 6:
            continue
        x, y = int(box.x + box.width - 3), int(box.y + 3)
        checked += 1
        if image.pixel(x, y) != colours[f"o-{box.kind()}"]:
            yield f"{box.title} is {image.pixel(x, y)}, not {colours[f'o-{box.kind()}']}"
    if not checked:
        yield "no owner's rectangle to look at"
