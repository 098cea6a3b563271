# SPDX-License-Identifier: BSD-2-Clause
"""
What is true in the middle of the boot: the machine is stopped at the first line of a stage, and
its page tables are read there.

  entry   the boot tables have A and D set as well (C145), and show nothing that is no-map
  memmap  the final tables are live, and no struct page is mapped yet
  zones   all struct pages are mapped: nothing before or after this stage maps any
"""
import layout
import mapping
import pagetables
import qemu
from cases import REST, per_model
from gdbstub import Debugger, arguments
from ranges import text
from suite import expect, expect_equal

HART = 0


class Stopped:
    """A machine that runs from stop to stop."""

    def __init__(self, image, machine):
        self.symbols = image.symbols()
        self.machine = machine
        self.debugger = Debugger(machine.directory)

    def tables_at(self, function, **allowed):
        """The page tables that are live when a function begins."""
        self.debugger.run_to(self.symbols[function])
        self.machine.forget()
        satp = self.machine.registers(HART)["satp"]
        return pagetables.walk(self.machine, satp, **allowed), satp


def in_order(image, directory):
    words = qemu.command(image.target(), "256M", arguments(directory))
    with qemu.Machine(words, directory) as machine:
        stopped = Stopped(image, machine)
        boot, boot_satp = stopped.tables_at("arch_tables_activate", may_write_and_execute=True)
        nodes, satp = stopped.tables_at("nodes_init")
        expect(satp != boot_satp, "the final tables are not live in the stage nodes")
        before, satp_before = stopped.tables_at("memmodel_init")
        after, satp_after = stopped.tables_at("free_area_init")
        stopped.debugger.close()
        machine.qmp("cont")
        record = machine.wait_verdict()
        machine.stop()
        machine.forget()
        end = pagetables.walk(machine, machine.registers(HART)["satp"])
        machine.quit()
    expect_equal("the root, from the stage nodes on", {satp, satp_before, satp_after}, {satp})
    mapping.check_nomap(record, boot)
    expect(not mapping.inside(boot.leaves, layout.VMEMMAP), "the boot tables show struct pages")
    for stage, tables in (("nodes", nodes), ("memmap", before)):
        leaves = mapping.inside(tables.leaves, layout.VMEMMAP)
        shown = text(mapping.virtual(leaves))
        expect(not leaves, f"struct pages are mapped before the stage {stage} begins: {shown}")
        mapping.check_direct_map(record, tables)
    for tables in (after, end):
        mapping.check_vmemmap(record, tables)


def tests():
    return per_model("c145 tables in mid boot", in_order, ["vmemmap"], REST)
