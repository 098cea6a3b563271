# SPDX-License-Identifier: BSD-2-Clause
# The real machine behind arch.h.
objs-y += head.o	# from firmware to the first line of C
objs-y += early.o	# words before there is a stack
objs-y += entry.o	# the first C: judge the hand-off, make .bss usable
objs-y += layout.o	# the image's own addresses
objs-y += fixmap.o	# where dtb and UART are seen
objs-y += probe.o	# words that may not be there
objs-y += mmu.o	# boot windows, satp, fences
objs-y += secondary.o	# from firmware to C on the other harts
objs-y += hart.o	# starting, waking, waiting
objs-y += sbi.o	# calls to the firmware
objs-y += sbi_hart.o	# those about other harts
objs-y += console.o	# SBI or UART
objs-y += uart.o	# a 16550
objs-y += counter.o	# instructions and time
objs-y += power.o	# switching off
objs-y += stack_guard.o	# arrays that run over
objs-y += trap.o	# traps after the MMU is on
objs-y += trap_report.o	# what a trap says
objs-y += trap_where.o	# whose address that is
