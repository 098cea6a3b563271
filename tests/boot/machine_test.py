# SPDX-License-Identifier: BSD-2-Clause
"""One boot in QEMU with all that can be said about it: the way every test on a machine goes."""
import host
import mapping
import proof
import qemu
from suite import Failure, expect, together


class Result(host.Result):
    """What a machine said, and its page tables."""

    tables = None


def boot(image, directory, bootargs="record", memory="1G", args=(), bios="default",
         gives_back=False, kernel=None, cpu=None, look=None, host_args=()):
    """
    Boot an image and check everything: the record by itself, against the host, and the page
    tables. kernel: another file for QEMU's -kernel. host_args: more options for the host. look: one
    more check, look(record, machine, tables), while the machine is held still. The boot must end well.
    """
    words = qemu.command(kernel or image.target(), memory, args, bootargs, bios)
    with qemu.Machine(words, directory) as machine:
        return judge(machine, image, bootargs, gives_back, cpu, look, host_args)


def judge(machine, image, bootargs="record", gives_back=False, cpu=None, look=None,
          host_args=(), record=None):
    """
    The same for a machine that is booting already: wait for its verdict, check everything, end it.
    record: what was read to the verdict, when the caller has waited.
    """
    record = record or machine.wait_verdict()
    if not record.is_ok():
        machine.wait_end()
        machine.fail(f"verdict {record.verdict}")
    machine.stop()
    result = Result(record, machine.output)

    def judge_tables():
        result.tables = proof.judge_tables(record, machine, cpu)

    together(
        lambda: proof.judge_record(record, gives_back),
        judge_tables,
        lambda: proof.same_on_host(record, machine, image, bootargs, host_args),
    )
    if look:
        look(record, machine, result.tables)
    machine.quit()
    return result


def boot_that_stops(image, directory, bootargs="record", memory="1G", args=(), bios="default",
                    kernel=None, status=1):
    """
    Boot an image that must refuse: a verdict with a reason, then off. status: QEMU's exit
    status, None when the platform cannot pass one on.
    """
    words = qemu.command(kernel or image.target(), memory, args, bootargs, bios)
    with qemu.Machine(words, directory) as machine:
        record = machine.wait_verdict()
        if record.is_ok():
            machine.fail("verdict ok, but this boot should be refused")
        found = machine.wait_end()
        if status is not None:
            expect(found == status, f"QEMU's exit status is {found}, should be {status}")
        return Result(record, machine.output)


def check_first_leaf_is_megapage(result):
    """The struct page of the first frame is shown by a megapage leaf."""
    leaf = mapping.first_struct_page_leaf(result.record, result.tables)
    if leaf is None or leaf.level != mapping.MEGAPAGE_LEVEL:
        raise Failure(f"the first struct page is shown by {leaf and leaf.text()}, not by 2 MiB")
