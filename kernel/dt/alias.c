/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boards that show their DRAM a second time, uncached. Such a window is never RAM of its own: given
 * out beside the first one, the same bytes would have two owners, and the PMP that protects the
 * firmware at its own address does not at the other.
 *
 *   JH7100   0x80000000 [==== DRAM ====)      0x1000000000 [==== the same ====)
 *   JH7110   0x40000000 [==== DRAM ====)       0x240000000 [==== the same ====)
 *
 * Sources: Linux 6.12, arch/riscv/boot/dts/starfive/jh7100-common.dtsi (dma-ranges, the pool at
 * 0x107a000000); U-Boot 2025.07, doc/board/starfive/jh7110_common.rst. For boards that are not
 * known here there is the boot argument probe.
 */
#include "dt/tables.h"

#include "lib/log.h"
#include "lib/string.h"

static const struct {
	const char *compatible;
	struct range window;
} known[] = {
	{"starfive,jh7100", {0x1000000000, 0x1200000000}},
	{"starfive,jh7110", {0x240000000, 0x440000000}},
};

struct range dt_alias_window(const struct dt *dt)
{
	for (u32 i = 0; i < ARRAY_SIZE(known); i++)
		if (dt_is_compatible(dt, DT_ROOT, known[i].compatible))
			return known[i].window;
	return (struct range){0, 0};
}

bool dt_alias_cut(struct range window, struct machine_bank *bank)
{
	const struct range both = range_intersect(window, bank->range);

	if (range_is_empty(both))
		return true;
	log_warn("bank-alias",
		 "%s reg %u: [0x%lx, 0x%lx) is the uncached view of this board's DRAM, the same "
		 "memory "
		 "as below: not used; correct reg",
		 bank->origin, bank->reg, both.start, bank->range.end);
	bank->range.end = both.start;
	return bank->range.start < bank->range.end;
}
