# SPDX-License-Identifier: BSD-2-Clause
# dtb -> plain tables. libfdt-y names files of libfdt itself (see scripts/deps).
objs-y += devicetree.o	# the stage: open the blob, find the nodes, read them all
objs-y += memory.o	# memory nodes -> banks
objs-y += alias.o	# DRAM that a board shows twice
objs-y += reserved.o	# /memreserve/, /reserved-memory -> reservations
objs-y += chosen.o	# command line, initrd
objs-y += cpus.o	# harts, and which of them may be started
objs-y += numa.o	# distances
objs-y += device.o	# the console's UART, the test device: for the entry code
objs-y += value.o	# properties -> strings, numbers, (address, size) tuples
objs-y += check.o	# is the blob a tree, from its first to its last byte
objs-y += fdt.o	# blob -> nodes and properties; alone includes libfdt.h
libfdt-y += fdt.o	# walking the blob
libfdt-y += fdt_ro.o	# reading nodes and properties
