# SPDX-License-Identifier: BSD-2-Clause
"""Records out of boot logs, whatever terminals and loggers did to them; and comparing."""
import re

from suite import a_map, a_tree, expect, expect_equal, run, scratch, test

GIB = 1 << 30
TREES = {"one": [(0x80000000, GIB)], "two": [(0x80000000, GIB), (0x140000000, GIB)]}


def text_of(model, tree, name="log"):
    """A boot's record with some log around it, as text."""
    record = run("--record", f"--model={model}", tree, status=None).out
    expect(record.startswith("mm.record "), "there is no record to start from", [record])
    return f"OpenSBI v1.1\npagewright  release x, see docs/record.md for mm.verdict\n{record}"


def wrap(text, width, prefix="", trim=False):
    """What a terminal of that width leaves of a text, every line with a prefix."""
    lines = []
    for number, line in enumerate(text.splitlines()):
        line = prefix.replace("TIME", f"{number * 0.0173:12.6f}") + line
        pieces = [line[i:i + width] for i in range(0, len(line), width)] or [""]
        lines += [piece.rstrip() for piece in pieces] if trim else pieces
    return "\n".join(lines) + "\n"


def compare(first, second, status=0):
    """Compare two logs' texts."""
    return run("--log", scratch("first.log", first), "--log", scratch("second.log", second),
               status=status)


@test
def damaged_by_terminals():
    """carriage returns, colour, times and broken lines are undone"""
    for name, banks in TREES.items():
        for model in ("flat", "vmemmap"):
            text = text_of(model, a_tree(name, banks))
            count = len(re.findall(r"^mm\.(?!verdict|phase)", text, re.M))
            variants = {
                "cr": text.replace("\n", "\r\n"),
                "colour": re.sub(r"(?m)^mm", "\033[1mmm", text).replace("=", "\033[0m="),
                "times": wrap(text, 10000, "[TIME] "),
                "names": wrap(text, 10000, "board kernel: "),
            }
            for width in (40, 80, 97, 132):
                for trim in (False, True):
                    variants[f"wrapped at {width}, trim {trim}"] = wrap(text, width, "", trim)
                    variants[f"times, wrapped at {width}, trim {trim}"] = wrap(
                        text, width, "[TIME] ", trim)
                    variants[f"wrapped at {width}, then times, trim {trim}"] = wrap(
                        wrap(text, width, "", trim), 10000, "[TIME] ")
            for what, variant in variants.items():
                result = compare(text, variant, status=None)
                expect(result.status == 0 and f"the same {count} lines" in result.out
                       and not result.err, f"{name} {model} {what}", result.shown())


@test
def a_stop_in_a_log():
    """a boot that stopped: its verdict is read, also when broken over lines"""
    text = run("--record", "--model=flat", a_map("c61-far-banks-flat"), status=1).out
    expect(text.startswith("mm.verdict stop"), "the boot does not stop")
    shown = run("--log", scratch("stop.log", "hello\n" + text), status=1)
    expect("more than the budget of 64 MiB" in re.sub(r"\s+", " ", shown.out), "no reason",
           shown.shown())
    for width in (*range(50, 75), 80, 100):
        for how in ((), ("[TIME] ",), ("", True)):
            compare(text, "hello\n" + wrap(text, width, *how))


@test
def stray_lines_stay_out():
    """other output between record lines does not become part of them"""
    text = text_of("vmemmap", a_tree("one", TREES["one"]))
    strays = ("clk: 24000000 Hz", "34", "a=b c", "memmap", "[ 1.0] usb: new device", "0", "=", '"x')
    for number, stray in enumerate(strays):
        variant = re.sub(r"(?m)^(mm\.(?!record|verdict).*)$", rf"\1\n{stray}", text)
        result = compare(text, variant, status=None)
        expect(result.status == 0, f"stray line {number}: {stray!r}", result.shown())


@test
def real_damage_is_said():
    """a log that is cut, or whose numbers were damaged: status 1 and what is wrong"""
    text = text_of("sparse", a_tree("two", TREES["two"]))
    cases = {
        r"(?s)mm\.ledger.*": "no mm.ledger line",
        r"(?s)mm\.verdict ok.*": "no mm.verdict",
        r"(?m)^mm\.bank .*\n": "no mm.bank line",
        r"(?<=mm\.ledger ram=)2": "does not add up",
    }
    for pattern, wanted in cases.items():
        damaged = re.sub(pattern, "" if "ram=" not in pattern else "3", text)
        expect(damaged != text, f"the test does no damage: {pattern}")
        result = run("--log", scratch("damaged.log", damaged), status=1)
        expect(wanted in result.err, f"not said: {wanted}", result.shown())
    lost = run("--log", scratch("lost.log", re.sub(r"(?m)^(mm\.early base=0x0+8\w+) end.*$",
                                                   r"\1 end", text)), status=1)
    expect("broken" in lost.err, "a broken line is not said", lost.shown())
    run("--log", scratch("none.log", "nothing here\n"), status=2)
    run("--log", scratch("mention.log", "see docs for mm.verdict and mm.bank base\n"), status=2)


@test
def several_boots():
    """of several boots in a log the last with a record counts"""
    first = text_of("flat", a_tree("one", TREES["one"]))
    second = text_of("vmemmap", a_tree("one", TREES["one"]))
    for log in (first + second, first + second + "mm.verdict ok\n",
                first[:2000] + second, first + second.replace("mm.verdict ok\n", "")):
        out = run("--record", "--log", scratch("boots.log", log), status=None).out
        expect("model=vmemmap" in out.splitlines()[0], "not the last boot", out.splitlines()[:1])
        expect_equal("records shown", out.count("mm.record "), 1)


@test
def differences():
    """differences are shown with their numbers; phases do not count"""
    one = text_of("sparse", a_tree("one", TREES["one"]))
    two = text_of("sparse", a_tree("two", TREES["two"]))
    result = compare(one, two, status=1)
    for wanted in (r"^\+ mm\.bank +base=0x0000000140000000", r"^~ mm\.ledger +ram 1073741824 -> "
                   r"2147483648 \(\+1073741824\)", r"^~ mm\.memmap +sections 8 -> 16 \(\+8\)"):
        expect(re.search(wanted, result.out, re.M), f"no line {wanted}", result.shown())
    compare(one, re.sub(r"insn=\d+ time=\d+", "insn=77 time=7", one), status=0)
    compare(one, one.replace("sbi=host", "sbi=opensbi"), status=0)
    compare(one, one.replace("mode=sv39", "mode=sv48"), status=1)


@test
def against_the_tree():
    """a log and its tree are the same; the log's addresses, sizes and arguments are used"""
    tree = a_tree("args", [(0x80000000, GIB)], bootargs="mem=768M")
    words = ("--image=0x80400000:1M", "--dtb-at=0x88000000", "--section-size=256M")
    log = run("--record", "--model=vmemmap", *words, tree).out
    result = run("--log", scratch("board.log", log), tree, status=0)
    expect("the same" in result.out, "not the same", result.shown())
    other = run("--log", scratch("board.log", log), "--bank=0x100000000:1G", tree, status=1)
    expect("mm.dropped" in other.out, "the bank is not a difference", other.shown())
    machine = 'machine     1 banks, 2 reservations, 0 dynamic; command line "mem=512M"\n'
    less = run("--record", "--model=flat", "--bootargs=mem=512M", tree).out
    run("--log", scratch("less.log", machine + less), tree, status=0)
    run("--log", scratch("less.log", less), tree, status=1)


@test
def a_log_alone():
    """one log alone is shown like a boot"""
    tree = a_tree("one", TREES["one"])
    text = text_of("discontig", tree)
    result = run("--log", scratch("alone.log", wrap(text, 80)))
    expect(any(line.endswith(" DISCONTIG") for line in result.lines), "no column", result.shown())
    expect("/memory@80000000 reg 0" in result.out, "no bank", result.shown())
    expect_equal("its record", run("--record", "--log", scratch("alone.log", wrap(text, 80))).lines,
                 [line for line in text.splitlines() if line.startswith("mm.")])
