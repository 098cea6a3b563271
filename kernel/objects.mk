# SPDX-License-Identifier: BSD-2-Clause
# The boot itself. objs-y is compiled everywhere, objs-riscv and objs-host on that one only,
# objs-flat, objs-discontig, objs-sparse and objs-vmemmap for that memory model only.
objs-y += main.o	# the column of stages
objs-y += stage.o	# run a stage, time it, remember its name
objs-y += handoff.o	# judging what firmware handed over
objs-y += options.o	# the boot arguments
objs-y += names.o	# lasting copies of texts from the tree
objs-y += harts.o	# starting the other harts
objs-y += harts_work.o	# and giving them work
objs-y += step.o	# the boot in slow motion
objs-y += randomness.o	# the seed of what must not be foreseen
objs-y += finish.o	# report, self-test, record, verdict
