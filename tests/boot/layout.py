# SPDX-License-Identifier: BSD-2-Clause
"""
What tests take for given: the virtual map of kernel/arch/arch.h, each window as (start, bytes), and
the size of a struct page. Written down again, not read from there: a change of one must be seen here.
"""
from ranges import GIB, MIB, PAGE

STRUCT_PAGE = 64  # bytes; kernel/mm/page.h
DMA32_END = 4 * GIB  # where the zone Normal begins; kernel/mm/mmzone.h

VMEMMAP = (0xFFFFFFC500000000, 4 * GIB)
DIRECT_MAP = (0xFFFFFFD600000000, 128 * GIB)
FIXMAP = (0xFFFFFFFF00000000, GIB)
KERNEL = (0xFFFFFFFF80000000, 2 * GIB)

# The stacks of the other harts, a slot each: guard, stack, guard, stack of the trap report.
HART_SLOT, HART_STACK, HART_TRAP_STACK = 32 << 10, 2 * PAGE, PAGE
HART_STACKS = (FIXMAP[0] + 512 * MIB, 64 * HART_SLOT)
