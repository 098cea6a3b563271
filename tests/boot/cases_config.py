# SPDX-License-Identifier: BSD-2-Clause
"""
Builds with other Kconfig symbols boot too, and do what the symbol says: section sizes, the
static section table, base pages, poison, given-back memmap, block sizes, no audit.
"""
import images
import machine_test
import proof
import qemu
import trees
from cases import boot, expects, no_warnings, per_model
from suite import Failure, expect, expect_equal

TREE = "dts/maps/c26-four-in-one-reg.dts"  # four banks with holes


def tree_args():
    return ["-dtb", trees.compile_tree(TREE)]


def with_holes(image, directory):
    """The usual machine and one with holes."""
    no_warnings(boot(image, f"{directory}/1g"))
    no_warnings(boot(image, f"{directory}/holes", memory="512M", args=tree_args()))


def sections(bits):
    def run(image, directory):
        result = boot(image, f"{directory}/1g")
        expects(result, f"record mm.build section_bits={bits}",
                f"record mm.memmap sections={max(1, 1 << 30 >> bits)} mixed=0")
        if image.model == "vmemmap":
            machine_test.check_first_leaf_is_megapage(result)
        result = boot(image, f"{directory}/holes", memory="512M", args=tree_args())
        expects(result, f"record mm.build section_bits={bits}")

    return run


def base_leaves(image, directory):
    """Every struct page is shown by a leaf of 4 KiB."""
    result = boot(image, directory)
    no_warnings(result)
    expects(result, "record mm.memmap leaf_2m=0 leaf_4k=4096 tables=9")
    leaf = machine_test.mapping.first_struct_page_leaf(result.record, result.tables)
    expect_equal("the level of the first struct page's leaf", leaf.level, 0)


def static_table(image, directory):
    """No root is allocated: the table is in the image."""
    result = boot(image, directory)
    no_warnings(result)
    expects(result, "norecord mm.early owner=mem_section")


def poison(image, directory):
    """All of the poison was intact until the struct pages were initialised."""
    result = boot(image, directory, memory="512M", args=tree_args())
    line = next((line for line in result.output if "poison intact" in line), None)
    if line is None:
        raise Failure("the log has no line about poison", result.output)
    words = line.split()
    intact, of = words[words.index("in") + 1], words[words.index("of") + 1]
    expect(int(of) > 0 and intact == of, line)


def give_back(image, directory):
    """The memmap of holes is free memory again."""
    kept = boot(images.Image(image.model), f"{directory}/kept", memory="1G", args=tree_args())
    given = boot(image, f"{directory}/given", memory="1G", args=tree_args(), gives_back=True)
    before = kept.record.one("memmap").number("bytes")
    after = given.record.one("memmap").number("bytes")
    ram = kept.record.one("ledger").number("ram")
    if image.model == "flat":
        expect(after < before, f"the memmap has {after} bytes, as many as without")
    expect(after >= ram // 64, f"the memmap has {after} bytes, too few for {ram} bytes of RAM")
    # The two builds' images may differ by a page.
    together = ("free", "kernel")
    expect_equal("free, image and memmap together",
                 sum(given.record.one("ledger").number(key) for key in together) + after,
                 sum(kept.record.one("ledger").number(key) for key in together) + before)


def early_rule(image, directory):
    with_holes(image, directory)


def max_order(order):
    def run(image, directory):
        result = boot(image, directory, "record selftest", memory="512M", args=tree_args())
        expects(result, f"record mm.build max_order={order}")

    return run


def no_audit(image, directory):
    """Without the proof the record says so; the ranges still add up."""
    words = qemu.command(image.target())
    with qemu.Machine(words, directory) as machine:
        record = machine.wait_verdict()
        machine.stop()
        expect_equal("mm.audit result", record.one("audit")["result"], "off")
        proof.invariants.check_ranges(record)
        proof.invariants.check_ledger(record)
        proof.judge_tables(record, machine)


def own_arguments(image, directory):
    """Boot arguments of the build, when firmware has none: the record is printed."""
    words = qemu.command(image.target(), append="")
    with qemu.Machine(words, directory) as machine:
        record = machine.wait_verdict()
        machine.stop()
        proof.judge_record(record)


SPARSE = ["sparse", "vmemmap"]


def tests():
    result = []
    for size, bits in (("64M", 26), ("256M", 28), ("512M", 29), ("1G", 30)):
        name = f"section size {size}"
        result += per_model(name, sections(bits), SPARSE, config=f"SECTION_SIZE_{size}=y",
                            full=size == "512M")
    poisoned = {"models": ["flat", "vmemmap"], "also": ["discontig", "sparse"]}
    result += per_model("poison", poison, config="MEMMAP_POISON=y", **poisoned)
    result += per_model("static section table", static_table, SPARSE, config="SPARSEMEM_STATIC=y")
    result += per_model("base page leaves", base_leaves, ["vmemmap"], config="VMEMMAP_LEAF_BASE=y")
    result += per_model("give back the memmap of holes", give_back, ["flat", "discontig"],
                        config="FREE_UNUSED_MEMMAP=y", with_default=True)
    result += per_model("no early section rule", early_rule, ["vmemmap"], ["sparse"],
                        config="PFN_VALID_EARLY_SECTION=n")
    for order in (9, 14):
        result += per_model(f"max order {order}", max_order(order), ["vmemmap"], ["flat"],
                            config=f"MAX_PAGE_ORDER={order}", full=order == 9)
    result += per_model("no audit", no_audit, [], ["vmemmap"], config="AUDIT=n")
    result += per_model("own boot arguments", own_arguments, ["vmemmap"], config="CMDLINE=record")
    return result


