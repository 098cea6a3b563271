/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the memblock tests share: a table compared with the ranges one expects, every case at
 * several places of the address space, and memory that may be touched.
 *
 * Drawings above the cases: one character is about 1 MiB, "[--)" one region.
 */
#pragma once

#include "arch/arch.h"
#include "mm/memblock.h"
#include "mm/memblock_internal.h"
#include "unit.h"

/*
 * Where RAM starts on virt and VisionFive 2, on boards with high RAM, and near the top of 56
 * bits.
 */
static const phys_addr_t test_bases[] = {0x40000000, 0x80000000, 0x1800000000,
					 (1UL << 56) - 256 * MIB};

/**
 * given_ram - whole megapages that may be touched through phys_to_virt(), at most 4 GiB apart.
 * Once.
 */
static inline void given_ram(phys_addr_t start, phys_addr_t size)
{
	arch_set_phys_base(ALIGN_DOWN(start, GIGAPAGE_SIZE));
	for (phys_addr_t at = start; at < start + size; at += MEGAPAGE_SIZE)
		ASSERT(arch_boot_window(at));
}

/** forget_all - both tables as at the start, static arrays again. */
static inline void forget_all(void)
{
	memblock.memory.cnt = 0;
	memblock.memory.total_size = 0;
	memblock.reserved.cnt = 0;
	memblock.reserved.total_size = 0;
}

static inline void expect_table(const char *file, int line, const struct memblock_type *type,
				const struct range *want, u64 nr)
{
	const char *wrong = memblock_type_check(type);
	u64 total = 0;

	unit_check(!wrong, false, file, line, "table %s: %s", type->name, wrong);
	unit_check(type->cnt == nr, false, file, line, "table %s has %lu regions, not %lu",
		   type->name, type->cnt, nr);
	for (u64 i = 0; i < nr; i++) {
		struct memblock_region r = {0};

		if (i < type->cnt)
			r = type->regions[i];
		unit_check(r.base == want[i].start && memblock_region_end(&r) == want[i].end, false,
			   file, line, "%s[%lu] is [%#lx, %#lx), not [%#lx, %#lx)", type->name, i,
			   r.base, memblock_region_end(&r), want[i].start, want[i].end);
		total += range_size(want[i]);
	}
	unit_check(type->total_size == total, false, file, line, "%s has %#lx bytes, not %#lx",
		   type->name, type->total_size, total);
}

/** EXPECT_TABLE - type holds exactly these ranges, {start, end}, ..., and is in normal form. */
#define EXPECT_TABLE(type, ...)                                               \
	expect_table(__FILE__, __LINE__, type, (struct range[]){__VA_ARGS__}, \
		     ARRAY_SIZE(((struct range[]){__VA_ARGS__})))
#define EXPECT_EMPTY(type) expect_table(__FILE__, __LINE__, type, NULL, 0)

/* One of memblock's tables, with the calls that add to it and take away from it. */
struct table {
	struct memblock_type *type;
	int (*add)(phys_addr_t base, phys_addr_t size);
	int (*cut)(phys_addr_t base, phys_addr_t size);
};

static inline void run_everywhere(void (*body)(struct table t, phys_addr_t base), bool reserved)
{
	struct table memory = {&memblock.memory, memblock_add, memblock_remove};
	struct table taken = {&memblock.reserved, memblock_reserve, memblock_phys_free};

	for (u32 i = 0; i < ARRAY_SIZE(test_bases); i++) {
		forget_all();
		body(reserved ? taken : memory, test_bases[i]);
	}
}

/** TABLE_TEST - two tests with the same body, for memory and for reserved, at every base. */
#define TABLE_TEST(name)                                    \
	static void name(struct table t, phys_addr_t base); \
	TEST(memory_##name)                                 \
	{                                                   \
		run_everywhere(name, false);                \
	}                                                   \
	TEST(reserved_##name)                               \
	{                                                   \
		run_everywhere(name, true);                 \
	}                                                   \
	static void name(struct table t, phys_addr_t base)

/* Megabytes above the base of the case. */
#define M(n)       (base + (n)*MIB)
#define SPAN(a, b) M(a), ((b) - (a)) * MIB /* as base and size */
#define RANGE(a, b)        \
	{                  \
		M(a), M(b) \
	}
