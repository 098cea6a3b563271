# SPDX-License-Identifier: BSD-2-Clause
# What every other directory may use.
objs-y     += format.o	# the formatter behind print()
objs-y     += log.o	# lines with a label column, warnings that are counted
objs-y     += panic.o	# stop() and failed beliefs
objs-riscv += string.o	# memset and its kin; the host has its C library's
objs-y += random.o	# numbers from a seed
objs-y     += word.o	# words of a line, numbers in them
objs-y += bits.o	# positions of bits
objs-y     += trace.o	# call trees: the boot, a hot-add
objs-y     += trace_show.o	# one of them as a table
