# SPDX-License-Identifier: BSD-2-Clause
# The prompt and its commands.
objs-y += monitor.o	# the loop
objs-y += line.o	# a line editor
objs-y += key.o		# keys from bytes
objs-y += history.o	# earlier lines
objs-y += command.o	# finding, completing and calling commands
objs-y += commands_memory.o	# meminfo, buddyinfo, zones, nodes, ledger, memmodel
objs-y += commands_map.o	# iomem, banks, reservations, memblock, layout
objs-y += commands_inspect.o	# page, walk
objs-y += commands_initrd.o	# initrd
objs-y += commands_proof.o	# audit, record, phases, selftest
objs-y += commands_hugepages.o	# hugepages
objs-y += commands_trace.o	# trace
objs-y += commands_session.o	# help, poweroff
# A memory model either has sections or has none.
objs-sparse    += sections.o	# sections
objs-vmemmap   += sections.o
objs-flat      += no_sections.o	# says that there are none
objs-discontig += no_sections.o
