# SPDX-License-Identifier: BSD-2-Clause
# SPARSE: one memmap per section.
objs-y += model.o	# a memmap is an array in the direct map
