# SPDX-License-Identifier: BSD-2-Clause
# Parts of an architecture that are pure C, so that the host runs them too.
objs-y += riscv/sv39.o	# page table entries and the walker
