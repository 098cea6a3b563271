# SPDX-License-Identifier: BSD-2-Clause
# A kernel on Pagewright, in place of the prompt: docs/building-on.md.
objs-y += kernel.o	# what runs after bring-up
objs-y += objects.o	# small objects, cut out of pages
