# SPDX-License-Identifier: BSD-2-Clause
# A Linux process behind arch.h. main.o has main(): the unit tests are linked without it.
objs-host += memory.o	# physical memory: one memfd behind windows without rights
objs-host += ram.o	# which physical addresses are real, for --ram
objs-host += probe.o	# words that may not be there
objs-host += console.o	# standard input and output, the terminal
objs-host += host.o	# hand-over, console, power
objs-host += hart.o	# harts: threads
objs-host += main.o	# the program: boot any .dtb
