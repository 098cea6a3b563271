# SPDX-License-Identifier: BSD-2-Clause
# SPARSE with vmemmap: one virtual array.
objs-y += model.o	# and leaves that show it in the window
