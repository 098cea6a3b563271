# SPDX-License-Identifier: BSD-2-Clause
"""The command line: what may be said, and turning it into what the programs want."""
import argparse

import programs
from errors import Unusable
from run import Options
from sizes import PAGE, parse_size

DESCRIPTION = """\
Show what Pagewright's memory bring-up makes of a device tree, before anything is flashed: the
kernel's own code runs here, for all four memory models, and its record is shown side by side."""

EPILOG = """\
examples:
  mmview board.dtb                          all four models side by side
  mmview --model=vmemmap --map board.dts    physical memory as a picture of text
  mmview --section-size board.dtb           which section size wastes least
  mmview --bank 0x100000000:4G board.dtb    the same board with 4 GiB more
  mmview --log boot.log board.dtb           does the board do what was shown here?
  mmview --monitor board.dtb                look around at the kernel's own prompt

exit status: 0 all well, 1 findings, differences or a model that does not boot,
             2 bad usage or a file that cannot be read"""


class Help(argparse.RawDescriptionHelpFormatter):
    """100 columns, whatever the terminal: the manual shows the same."""

    def __init__(self, prog):
        super().__init__(prog, max_help_position=28, width=98)


class Parser(argparse.ArgumentParser):
    """argparse with our own form of errors."""

    def error(self, message):
        raise Unusable(f"{message} (mmview --help lists the options)")


def parser(version):
    """All options."""
    p = Parser(prog="mmview", usage="mmview [options] FILE", description=DESCRIPTION, epilog=EPILOG,
               formatter_class=Help,
               allow_abbrev=False, add_help=False)
    which = p.add_argument_group("which tree")
    which.add_argument("file", metavar="FILE", nargs="?",
                       help='device tree blob or source (.dtb or .dts); "-" is standard input')
    views = p.add_argument_group("what to show (default: all models side by side)")
    one = views.add_mutually_exclusive_group()
    one.add_argument("--record", action="store_true", help="the record, as the kernel prints it")
    one.add_argument("--json", action="store_true", help="records and findings as JSON")
    one.add_argument("--map", action="store_true", help="physical memory as a picture of text")
    one.add_argument("--svg", metavar="FILE", help='the same as SVG into a file; "-" is the output')
    one.add_argument("--lint", action="store_true", help="only the findings about the tree")
    one.add_argument("--step", action="store_true",
                     help="the boot stage by stage: its data, and the names of each step in 2011, "
                     "2019 and Linux 6.12")
    one.add_argument("--monitor", action="store_true",
                     help="the kernel's prompt on this machine; commands may come from a pipe")
    one.add_argument("--command", metavar="TEXT",
                     help="the same for these commands: --command \"meminfo; why 0x80200\"")
    views.add_argument("--section-size", metavar="[=SIZE]", dest="section_size",
                       help="compare all section sizes and advise; with =64M, =128M, =256M, =512M "
                       "or =1G: use that size")
    views.add_argument("--model", choices=programs.MODELS, metavar="NAME",
                       help="only this memory model: " + ", ".join(programs.MODELS))
    views.add_argument("--log", metavar="FILE", action="append", default=[],
                       help="read the record out of a boot log; with a second --log, or with a "
                       "tree, compare")
    what_if = p.add_argument_group("what if")
    what_if.add_argument("--bootargs", metavar="TEXT", help="boot arguments instead of the tree's")
    what_if.add_argument("--image", metavar="BASE:SIZE", help="where the kernel's image lies")
    what_if.add_argument("--dtb-at", metavar="ADDR", help="where firmware puts the device tree")
    what_if.add_argument("--mem", metavar="SIZE[@START]", action="append", default=[],
                         help="use only this memory, as the boot argument mem= does; may repeat")
    what_if.add_argument("--bank", metavar="BASE:SIZE[:NODE]", action="append", default=[],
                         help="add a bank of memory to the tree; may repeat")
    rest = p.add_argument_group("other")
    rest.add_argument("-I", "--include", metavar="DIR", action="append", default=[],
                      help="where includes of a .dts are looked for, after its own directory")
    rest.add_argument("--help", "-h", action="help", help="this text")
    rest.add_argument("--version", action="version", version=f"mmview {version}",
                      help="the release")
    return p


def parse(words, version):
    """The arguments, checked as far as they can be without a tree."""
    # An optional value is only taken after "=": the next word is the tree.
    words = ["--section-size=all" if word == "--section-size" else word for word in words]
    args = parser(version).parse_args(words)
    if not args.file and not args.log:
        raise Unusable("which device tree? mmview FILE (mmview --help lists the options)")
    if len(args.log) + bool(args.file) > 2:
        raise Unusable("--log compares two: a log and a tree, or two logs")
    if args.section_size not in (None, "all", *programs.SECTION_SIZES):
        raise Unusable(f"--section-size={args.section_size}: one of "
                       + ", ".join(programs.SECTION_SIZES))
    views = ("record", "json", "map", "svg", "lint", "step", "monitor", "command", "log")
    others = [name for name in views if getattr(args, name)]
    if args.section_size == "all" and others:
        raise Unusable(f"--section-size without =SIZE is a view of its own, as is --{others[0]}")
    if args.model and args.section_size and args.model not in programs.SECTION_MODELS:
        raise Unusable(f"--section-size: the model {args.model} has no sections")
    return args


def boot_options(args):
    """The programs' options."""
    for text in args.mem:
        check_mem(text)
    return Options(bootargs=args.bootargs, image=image_parts(args.image) if args.image else None,
                   dtb_at=address("--dtb-at", args.dtb_at) if args.dtb_at else None, mem=args.mem,
                   section_size=None if args.section_size == "all" else args.section_size)


def address(option, text):
    """A checked address as the programs read it."""
    try:
        value = parse_size(text)
        if value >> 64:
            raise ValueError
    except ValueError:
        raise Unusable(f"{option} {text}: not an address") from None
    return f"{value:#x}"


def check_mem(text):
    """SIZE or SIZE@START; what the kernel would refuse quietly is refused aloud."""
    size, at, start = text.partition("@")
    try:
        if parse_size(size) == 0 or (at and parse_size(start) >> 64):
            raise ValueError
    except ValueError:
        raise Unusable(f"--mem {text}: wanted SIZE or SIZE@START, as in 2G@0x80000000") from None


def image_parts(text):
    """TEXT:RODATA:DATA:END of BASE:SIZE; four addresses are passed on as they are."""
    parts = text.split(":")
    if len(parts) == 4:
        return ":".join(address("--image", part) for part in parts)
    try:
        base, size = (parse_size(part) for part in parts)
    except ValueError:
        raise Unusable(f"--image {text}: wanted BASE:SIZE, as in 0x80200000:512K") from None
    if base % (2 << 20) or size % PAGE or size < 3 * PAGE or base + size >> 64:
        raise Unusable(f"--image {text}: BASE must be a multiple of 2 MiB, SIZE of 4 KiB, three "
                       "pages at least: text, read-only data, data")
    text_size = min(96 << 10, (size // PAGE - 2) * PAGE)
    rodata_size = min(32 << 10, size - text_size - PAGE)
    return ":".join(f"{base + at:#x}" for at in (0, text_size, text_size + rodata_size, size))
