# SPDX-License-Identifier: BSD-2-Clause
# The prompt and its commands.
objs-y += monitor.o	# the loop
objs-y += line.o	# a line editor
objs-y += line_draw.o	# the line on the screen
objs-y += line_search.o	# ^R
objs-y += key.o		# keys from bytes
objs-y += history.o	# earlier lines
objs-y += command.o	# finding and calling commands
objs-y += argument.o	# their arguments
objs-y += wrap.o	# sentences in 80 columns
objs-y += complete.o	# TAB
objs-y += page_lines.o	# facts about a frame
objs-y += why.o		# why it is free or is not
objs-y += why_tables.o	# what is in a frame of the memmap or of the page tables
objs-y += memmap_lines.o	# where struct pages lie
objs-y += commands_memory.o	# meminfo, zones, nodes, node, ledger, memmodel
objs-y += commands_buddy.o	# buddyinfo, pagetypeinfo, zoneinfo
objs-y += commands_map.o	# iomem, banks, reservations, memblock, ranges, layout
objs-y += commands_frame.o	# page, pfn, why, bootmap
objs-y += commands_tables.o	# walk, ptdump
objs-y += commands_alloc.o	# alloc, free, bench, memtest, selftest
objs-y += alloc_interleave.o	# alloc interleave
objs-y += commands_initrd.o	# initrd
objs-y += commands_numa.o	# numastat, zonelists
objs-y += commands_hugepages.o	# hugepages
objs-y += commands_proof.o	# flow, audit, record, phases
objs-y += commands_trace.o	# trace
objs-y += commands_harts.o	# harts
objs-y += commands_hotplug.o	# hotplug
objs-y += commands_trust.o	# page_owner
objs-y += commands_provoke.o	# provoke
objs-y += commands_session.o	# help, history, reboot, poweroff
# A memory model either has sections or has none.
objs-sparse    += sections.o	# sections, section, vmemmap
objs-vmemmap   += sections.o
objs-flat      += no_sections.o	# says that there are none
objs-discontig += no_sections.o
