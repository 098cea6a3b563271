# SPDX-License-Identifier: BSD-2-Clause
"""
Bugs committed at the prompt, by the command provoke: what is said about each, in the builds of menu
"Trust" that notice it, and what the default build says of those that it would not notice.
"""
import re

import images
from suite import expect
from terminal import Session

POISON = "PAGE_POISON=y"
PAGEALLOC = "DEBUG_PAGEALLOC=y"
SITE = "0xffffffff8[0-9a-f]{7}"

# build, bug, what is said; the machine goes on
SAID = [
    ("", "write-free", "nothing in this build would notice it: choose PAGE_POISON, DEBUG_PAGEALLOC"),
    ("", "free-twice",
     rf"warning bad-free: free of pfn 0x[0-9a-f]+ order 2 from {SITE} refused: it is free already "
     rf"\(allocated with order 2 from {SITE}, last freed from {SITE}\)"),
    (POISON, "write-free",
     r"page-poison: free memory was written to: \[0x[0-9a-f]+123, 0x[0-9a-f]+124\) of the block .* "
     rf"last freed from {SITE}"),
    (POISON, "write-past",
     r"page-poison: free memory was written to: \[0x[0-9a-f]+000, 0x[0-9a-f]+001\) of the block .* "
     rf"the block of order 2 at pfn 0x[0-9a-f]+ ends there, allocated from {SITE}"),
]
# likewise; the machine stops
STOPS = [
    ("", "overrun", "the stack was overwritten in the function at"),
    ("", "overflow", "store page fault at .* the guard page below the stack: the stack has overflowed"),
    ("", "write-text", r"store page fault at .* kernel image \+ 0x[0-9a-f]+, text"),
    (PAGEALLOC, "write-free",
     rf"store page fault at .*123: .* the page is free, last freed from {SITE}"),
    (PAGEALLOC, "write-past",
     r"store page fault at .*000: .* the page is free and follows the block at pfn 0x[0-9a-f]+, "
     rf"allocated from {SITE}"),
]


def image(overrides):
    """The build, made when it is asked for first."""
    wanted = images.Image("vmemmap", overrides)
    images.build(wanted, True)
    return wanted


def matches(pattern, said):
    """Is it in what was said, however the terminal broke the lines?"""
    text = re.sub(r"\s+", " ", said)
    return re.search(pattern, text)


def goes_on(machine):
    """machine(image): the words of a QEMU. Every bug of SAID, and after it the prompt and a clean audit."""
    for overrides, bug, said in SAID:
        with Session(machine(image(overrides))) as session:
            session.prompt()
            session.run(f"provoke {bug}")
            lines = session.output.splitlines()
            expect(matches(said, session.output), f"{overrides} {bug}: not said", lines[-9:])
            audit = "\n".join(session.run("audit"))
            expect("result                        ok" in audit, f"{bug}: no clean audit", audit.splitlines())
            expect(session.output.count("page-poison:") <= 1, f"{bug}: told twice", lines)
            session.keys("poweroff\r")
            session.end()


def stops(machine):
    """Every bug of STOPS, and a verdict that says where it happened."""
    for overrides, bug, said in STOPS:
        with Session(machine(image(overrides))) as session:
            session.prompt()
            session.keys(f"provoke {bug}\r")
            session.end()
            verdict = f'mm.verdict stop phase=monitor reason=".*{said}'
            expect(matches(verdict, session.output), f"{overrides} {bug}: no such verdict",
                   session.output.splitlines()[-9:])


def leaks(machine):
    """What is forgotten is named at poweroff; page_owner and why name its call site before."""
    with Session(machine(image(""))) as session:
        session.prompt()
        pfn = re.search("pfn (0x[0-9a-f]+) is lost", "\n".join(session.run("provoke leak"))).group(1)
        why = "\n".join(session.run(f"why {pfn}"))
        site = re.search(f"allocated  from ({SITE})", why).group(1)
        owners = "\n".join(session.run("page_owner"))
        expect(matches(rf" 4 1 {site} {pfn}", owners), "not in page_owner", owners.splitlines())
        session.keys("poweroff\r")
        session.end()
        said = (f"page-leak: 4 pages in 1 blocks were allocated from {site} and never freed, "
                f"the first at pfn {pfn}")
        expect(matches(said, session.output), "no page-leak", session.output.splitlines()[-5:])
