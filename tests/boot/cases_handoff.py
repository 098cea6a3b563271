# SPDX-License-Identifier: BSD-2-Clause
"""
What firmware may hand over wrongly or oddly: the blob's address and place (C1 to C11), the
image's place (C48, C49). shim.S, a test fixture, stands in for the loader.
"""
import os
import struct

import fixtures
import trees
from cases import REST, boot, boot_that_stops, expects, no_warnings, per_model, stops_with
from ranges import MIB, size, text
from suite import expect, expect_equal

FOUR_BANKS = "0 0x80000000 0 0x8000000", "0 0x88000000 0 0x4000000", "0 0x90000000 0 0x4000000", \
    "0 0x98000000 0 0x4000000"
ONE_BANK = ("0 0x80000000 0 0x10000000",)


def blob_of(banks=FOUR_BANKS, more="", name="four-banks"):
    """A blob with these banks that asks for the record: nobody adds boot arguments to it."""
    reg = ", ".join(f"<{bank}>" for bank in banks)
    memory = f'memory@80000000 {{ device_type = "memory"; reg = {reg}; }};'
    text = f'/ {{ chosen {{ bootargs = "record"; }}; {memory} {more} }};'
    return trees.write_tree(f"handoff-{name}", text)


class Loaded:
    """What a boot through the shim needs: QEMU's words, and the file for -kernel."""

    def __init__(self, image, directory, kernel=0x80400000, a0=None, a1=None, blob=None, at=None):
        """kernel: where the image lies; blob at: a blob and where it lies, which is a1 too."""
        self.kernel = fixtures.shim(directory, kernel, a0, at if a1 is None else a1)
        self.args = fixtures.loader(image.target(), kernel)
        if blob:
            self.args += fixtures.loader(blob, at)


def boots(image, directory, loaded, memory="512M", **more):
    return boot(image, directory, memory=memory, args=loaded.args, kernel=loaded.kernel, **more)


def refuses(image, directory, loaded, *parts, memory="512M", status=None):
    result = boot_that_stops(image, directory, memory=memory, args=loaded.args,
                             kernel=loaded.kernel, status=status)
    stops_with(result, *parts)
    return result


def no_tree(image, directory):
    refuses(image, directory, Loaded(image, directory, a1=0), "no device tree", "a1 is 0")


def bad_magic(image, directory):
    """The word found and the address are in the reason. The place holds the image's header."""
    os.makedirs(directory, exist_ok=True)
    junk = os.path.join(directory, "junk")
    with open(junk, "wb") as file:
        file.write(bytes.fromhex("deadbeef") * 64)
    loaded = Loaded(image, directory, blob=junk, at=0x88000000)
    refuses(image, directory, loaded, "no device tree", "0x0000000088000000", "0xdeadbeef")


def too_large(image, directory):
    """C3: the header says more than any blob may have."""
    os.makedirs(directory, exist_ok=True)
    huge = os.path.join(directory, "huge.dtb")
    with open(blob_of(), "rb") as file:
        blob = bytearray(file.read())
    struct.pack_into(">I", blob, 4, 3 * MIB)
    with open(huge, "wb") as file:
        file.write(blob)
    loaded = Loaded(image, directory, blob=huge, at=0x88000000)
    refuses(image, directory, loaded, "totalsize is 3145728", "2097152")


def misaligned(offset):
    """C5: a blob that is not on a multiple of 8 is moved down, with a warning."""

    def run(image, directory):
        at = 0x88001000 + offset
        loaded = Loaded(image, directory, blob=blob_of(), at=at)
        result = boots(image, directory, loaded)
        expects(result, f"record mm.handoff dtb={at:#x}", "warn dtb-misaligned 1")
        expects(result, "record mm.reserved base=0x88001000 owner=dtb")

    return run


def outside_ram(image, directory):
    """C8: the blob lies where no memory node is: neither counted nor freed."""
    tree = blob_of(ONE_BANK, name="one-bank")
    loaded = Loaded(image, directory, blob=tree, at=0x98000000)
    result = boots(image, directory, loaded)
    expects(result, "record mm.ledger ram=0x10000000 dtb=0", "record mm.handoff dtb=0x98000000")
    no_warnings(result)


def high_blob(image, directory):
    """C9: the blob lies above 4 GiB."""
    loaded = Loaded(image, directory, blob=blob_of(), at=0x180000000)
    result = boots(image, directory, loaded, memory="5G")
    expects(result, "record mm.handoff dtb=0x180000000", "record mm.ledger dtb=0")


def in_no_map(image, directory):
    """C10: the blob lies in a no-map range: read before that range disappears."""
    region = "reserved-memory { held@88000000 { no-map; reg = <0 0x88000000 0 0x100000>; }; };"
    tree = blob_of(ONE_BANK, region, "no-map")
    loaded = Loaded(image, directory, blob=tree, at=0x88010000)
    result = boots(image, directory, loaded)
    expects(result, "warn dtb-in-reserved 1",
            "record mm.reserved base=0x88000000 end=0x88100000 nomap=1")


def in_bss(image, directory):
    """C11: clearing .bss would destroy the blob: the reason names both ranges."""
    at = 0x80400000 + os.path.getsize(image.target()) + 0x1000
    loaded = Loaded(image, directory, blob=blob_of(), at=at)
    refuses(image, directory, loaded, "overlaps the kernel", f"0x{at:016x}", "0x0000000080400000")


def over_the_end(image, directory):
    """C11: the blob begins before the image and reaches into it."""
    at = 0x80400000 - 64
    loaded = Loaded(image, directory, a1=at)
    # Only the blob's first bytes survive the image's own: a header is all that is looked at.
    with open(blob_of(), "rb") as file:
        head = file.read(64)
    head_file = os.path.join(directory, "head")
    with open(head_file, "wb") as file:
        file.write(head)
    loaded.args += fixtures.loader(head_file, at)
    refuses(image, directory, loaded, "overlaps the kernel", f"0x{at:016x}")


def image_at(address, memory="512M", own_blob=True, a0=None):
    """The image on some multiple of 2 MiB: RAM below it is used but for the firmware's (C48)."""

    def run(image, directory):
        # Firmware is in the first bank. An image in a later one has a bank that begins with it.
        tree = blob_of() if address == 0x98000000 else blob_of(ONE_BANK, name="one-bank")
        where = {"blob": tree, "at": 0x9A000000} if own_blob else {}
        loaded = Loaded(image, directory, kernel=address, a0=a0, **where)
        result = boots(image, directory, loaded, memory=memory, cpu=0)
        handoff = result.record.one("handoff")
        expect_equal("where the image is", handoff.number("image"), address)
        if a0 is not None:
            expect_equal("the hart", handoff.number("hart"), a0)
        below = size([r for r in result.record.ranges("free") if r[1] <= address])
        found = text(result.record.ranges("free"))
        expect(below > MIB, f"RAM below the image is not used: free is {found}")
        # With an a0 that the tree does not have, its hart 0 seems to be another, and runs already.
        no_warnings(result, *(["hart-refused"] if a0 else []))

    return run


def image_off_megapage(image, directory):
    """An image that is not on a multiple of 2 MiB cannot be mapped: refused at the first line."""
    loaded = Loaded(image, directory, kernel=0x80401000, blob=blob_of(), at=0x9A000000)
    refuses(image, directory, loaded, "phase=entry", "not on a 2 MiB boundary")


def image_in_no_bank(image, directory):
    """C49, with a tree that ends below the image."""
    tree = blob_of(ONE_BANK, name="one-bank")
    loaded = Loaded(image, directory, kernel=0x98000000, blob=tree, at=0x88000000)
    refuses(image, directory, loaded, "is in no bank", "0x98000000", status=1)


def tests():
    result = []
    few = {"models": ["vmemmap"], "also": REST}
    for name, run in (("c1 a1 is 0", no_tree), ("c2 bad magic", bad_magic),
                      ("c3 totalsize of 3 MiB", too_large), ("c9 dtb above 4 GiB", high_blob),
                      ("c11 dtb in .bss", in_bss), ("c11 dtb reaches into the image", over_the_end),
                      ("c49 image in no bank", image_in_no_bank),
                      ("image off a 2 MiB boundary", image_off_megapage)):
        result += per_model(name, run, **few)
    for offset in (1, 4, 7):
        result += per_model(f"c5 dtb at +{offset}", misaligned(offset), **few)
    result += per_model("c8 dtb outside RAM", outside_ram)
    result += per_model("c10 dtb in no-map", in_no_map)
    for address in (0x80400000, 0x88600000, 0x98000000):
        result += per_model(f"c48 image at {address:#x}", image_at(address))
    result += per_model("c48 image above 4 GiB", image_at(0x180000000, "8G", False))
    result += per_model("c155 hart 0x123456789", image_at(0x80400000, a0=0x123456789), **few)
    return result


