# SPDX-License-Identifier: BSD-2-Clause
# FLAT: one mem_map.
objs-y += model.o	# who gets an array
