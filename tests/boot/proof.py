# SPDX-License-Identifier: BSD-2-Clause
"""
The checks that every boot goes through, put together:

    judge_record()  the record by itself: ranges, ledger, audit, nodes, direct map, memmap
    judge_tables()  a machine of QEMU: its page tables, read past the kernel
    same_on_host()  the record of a machine against the same boot on this machine
    same_free()     the records of two models against each other
"""
import os

import figures
import host
import invariants
import mapping
import pagetables
from ranges import text, union
from suite import Failure, expect, together


def judge_record(record, gives_back=False):
    """Everything that a record must say of itself when the boot ended well."""
    invariants.check_ranges(record)  # the others rely on whole pages
    together(
        lambda: invariants.check_handoff(record),
        lambda: invariants.check_initrd(record),
        lambda: invariants.check_ledger(record),
        lambda: invariants.check_audit(record),
        lambda: invariants.check_memtest(record),
        lambda: invariants.check_harts(record),
        lambda: invariants.check_nodes(record),
        lambda: invariants.check_buddy(record),
        lambda: invariants.check_hugetlb(record),
        lambda: invariants.check_hvo(record),
        lambda: figures.check_direct(record),
        lambda: figures.check_memmap(record, gives_back),
        lambda: figures.check_vmemmap(record),
    )


def judge_tables(record, machine, cpu=None):
    """
    Walk the page tables of a stopped machine and check them; the tables. cpu: QEMU's number of
    the boot hart, when the kernel was told another.
    """
    hart = record.one("handoff").number("hart")
    registers = machine.registers(hart if cpu is None else cpu)
    expect("satp" in registers, "QEMU shows no satp", [str(registers)])
    tables = pagetables.walk(machine, registers["satp"])
    together(*(lambda c=check: c(record, tables) for check in mapping.CHECKS))
    return tables


# What may differ between a machine and the same boot here.
OWN_TOPICS = {"phase", "cost", "deferred_share"}
OWN_KEYS = {"handoff": {"sbi", "sbi_version"}, "deferred": {"harts", "lists_insn"},
            "selftest": {"harts", "added", "online", "offline", "removed", "refused", "blocks", "moved"}}
OWN_WARNINGS = {"hart-refused", "hart-late"}  # what firmware makes of the other harts


def comparable(record):
    """The record's lines without what may differ."""
    result = []
    for line in record.lines:
        if line.topic in OWN_TOPICS or line.topic == "warn" and line["name"] in OWN_WARNINGS:
            continue
        own = OWN_KEYS.get(line.topic, ())
        pairs = [f"{key}={value}" for key, value in line.items() if key not in own]
        if line.topic == "hart":
            pairs = ["state=up" if p in ("state=refused", "state=late") else p for p in pairs]
        result.append(f"mm.{line.topic} {' '.join(pairs)}")
    return result + [f"mm.verdict {record.verdict}"]


def difference(first, second):
    """Lines that only one of two lists has, marked."""
    one, two = set(first), set(second)
    return [f"- {line}" for line in first if line not in two] + [
        f"+ {line}" for line in second if line not in one
    ]


def places(record):
    """The host program's options for the image, the blob and the boot hart of a machine's record."""
    handoff = record.one("handoff")
    parts = ("image", "image_rodata", "image_data", "image_end")
    image = ":".join(handoff[key] for key in parts)
    return [f"--image={image}", f"--dtb-at={handoff['dtb']}", f"--hart={handoff['hart']}"]


def dump_blob(record, machine, file):
    """The blob as it lies in the machine's memory, into a file."""
    handoff = record.one("handoff")
    # A blob at an odd address was moved down to a multiple of 8.
    address = handoff.number("dtb") // 8 * 8
    with open(file, "wb") as blob:
        blob.write(machine.read(address, handoff.number("dtb_bytes")))


def same_on_host(record, machine, image, bootargs, host_args=()):
    """
    Boot the machine's own blob here, at the machine's addresses: the records are equal. host_args:
    further options, such as --ram=.
    """
    blob = os.path.join(machine.directory, "machine.dtb")
    dump_blob(record, machine, blob)
    boot = host.boot(image, blob, bootargs, [*places(record), *host_args])
    lines = difference(comparable(record), comparable(boot.record))
    if comparable(record) != comparable(boot.record):
        raise Failure("the records of the machine (-) and of the host (+) differ", lines[:40])


def same_free(records):
    """{model: record}: what is free or was free for the models' own use is the same."""
    first = None
    for model, record in records.items():
        mine = union(record.ranges("free"), record.ranges("early"))
        banks = union(record.ranges("bank"))
        dropped = [l.text for l in record.all("dropped")]
        reserved = [l.text for l in record.all("reserved")]
        if first is None:
            first = (model, mine, banks, dropped, reserved)
            continue
        for what, one, two in zip(("free and early", "banks", "dropped", "reserved"),
                                  first[1:], (mine, banks, dropped, reserved)):
            if one != two:
                show = text if what in ("free and early", "banks") else "\n".join
                raise Failure(f"{first[0]} and {model} disagree: {what}",
                              [f"{first[0]}: {show(one)}", f"{model}: {show(two)}"])
