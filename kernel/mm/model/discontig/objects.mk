# SPDX-License-Identifier: BSD-2-Clause
# DISCONTIG: one node_mem_map per node.
objs-y += model.o	# who gets an array
