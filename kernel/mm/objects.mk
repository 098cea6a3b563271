# SPDX-License-Identifier: BSD-2-Clause
# The memory code, in the order of the boot. objs-flat and so on: for that model only.
objs-y += bank.o	# RAM: the union of all banks, whole pages, each byte once
objs-y += bank_limit.o	# mem= and the reach of the address windows
objs-y += bank_probe.o	# probe: is there RAM where the tree says?
objs-y += bank_probe_where.o	# which pages may be asked
objs-y += bank_probe_round.o	# one question to many places at once
objs-y += numa.o	# which node owns which bank
objs-y += reserve.o	# what is taken before anything is allocated
objs-y += owner.o	# who has this page, and the ledger
objs-y += memblock_type.o	# arithmetic on one sorted table of ranges
objs-y += memblock.o	# the early allocator's two tables
objs-y += memblock_attr.o	# node and flags of a range
objs-y += memblock_limit.o	# cutting memory down
objs-y += memblock_iter.o	# walking "A minus B"
objs-y += memblock_alloc.o	# find a place, reserve it
objs-y += memblock_grow.o	# a full table doubles
objs-y += memblock_query.o	# questions
objs-y += memblock_dump.o	# both tables for people
objs-y += percpu.o	# what each hart has for itself
objs-y += early.o	# allocations with an owner
objs-y += paging.o	# the kernel's own tables
objs-y += paging_vmemmap.o	# leaves of the vmemmap window
objs-y += paging_check.o	# do the tables keep their promises?
objs-y += memtest.o	# memtest=N
objs-flat      += mem_map.o	# arrays of struct pages, and which array has a frame
objs-discontig += mem_map.o
objs-sparse    += section.o	# the table of sections
objs-sparse    += sparse.o	# every present section gets a memmap
objs-vmemmap   += section.o
objs-vmemmap   += sparse.o
objs-y += node.o	# nodes and the zones in them
objs-y += node_stat.o	# who allocated from which node
objs-y += memmap_init.o	# every struct page initialised, once for all models
objs-y += buddy.o	# taking blocks
objs-y += buddy_free.o	# giving blocks back, and merging
objs-y += buddy_range.o	# taking a given range
objs-y += handover_pieces.o	# the pieces of RAM that are given
objs-y += handover.o	# what nobody owns becomes free
objs-y += initrd.o	# what becomes of the initrd
objs-y += deferred.o	# struct pages that are initialised later, and their pages
objs-y += hugetlb.o	# pools of huge pages, and their counters
objs-y += hugetlb_page.o	# one huge page: made, dissolved
objs-y += hugetlb_cmdline.o	# hugepagesz=, hugepages=
objs-y += hugetlb_boot.o	# the pools at boot
objs-y += check.o	# each of them exactly once
objs-y += report.o	# tables for people: what was given
objs-y += report_result.o	# and what became of it
objs-y += record.o	# lines for programs
objs-y += record_hugetlb.o	# the pools of huge pages
objs-y += selftest.o	# allocate all, free all, refuse what is wrong
objs-y += memtest_live.o	# free memory tested while the machine lives
objs-y += bench.o	# instructions of each operation
