/* SPDX-License-Identifier: BSD-2-Clause */
/* lib/range.h and lib/types.h: half-open ranges, and sums that must not wrap. */
#include "lib/range.h"
#include "unit.h"

#define TOP (~0UL)

TEST(units)
{
	EXPECT_EQ(PFN_DOWN(0x80000fff), 0x80000);
	EXPECT_EQ(PFN_UP(0x80000001), 0x80001);
	EXPECT_EQ(PFN_UP(0x80001000), 0x80001);
	EXPECT_EQ(pfn_to_phys(0x80001), 0x80001000);
	EXPECT_EQ(ALIGN_UP(0x1001UL, MEGAPAGE_SIZE), MEGAPAGE_SIZE);
	EXPECT_EQ(ALIGN_DOWN(TOP, PAGE_SIZE), TOP - 0xfff);
	EXPECT(IS_ALIGNED(3 * GIGAPAGE_SIZE, GIGAPAGE_SIZE));
	EXPECT(!IS_ALIGNED(GIGAPAGE_SIZE + PAGE_SIZE, MEGAPAGE_SIZE));
	EXPECT_EQ(min_u64(3, TOP), 3);
	EXPECT_EQ(max_u64(3, TOP), TOP);
}

TEST(empty_and_size)
{
	EXPECT(range_is_empty((struct range){5, 5}));
	EXPECT(range_is_empty((struct range){6, 5}));
	EXPECT(!range_is_empty((struct range){5, 6}));
	EXPECT_EQ(range_size((struct range){6, 5}), 0);
	EXPECT_EQ(range_size((struct range){0, TOP}), TOP);
}

TEST(make_refuses_to_wrap)
{
	struct range r = {1, 2};

	EXPECT(!range_make(TOP, 1, &r));
	EXPECT(!range_make(0x8000000000000000UL, 0x8000000000000000UL, &r));
	EXPECT_EQ(r.start, 1);
	EXPECT_EQ(r.end, 2);
	EXPECT(range_make(TOP - 1, 1, &r));
	EXPECT_EQ(r.end, TOP);
	EXPECT(range_make(TOP, 0, &r));
	EXPECT(range_is_empty(r));
}

/*
 *   a        [----)
 *   touches       [----)      no byte in common
 *   overlaps     [----)
 */
TEST(overlap)
{
	struct range a = {0x1000, 0x2000};

	EXPECT(!range_overlaps(a, (struct range){0x2000, 0x3000}));
	EXPECT(!range_overlaps((struct range){0, 0x1000}, a));
	EXPECT(range_overlaps(a, (struct range){0x1fff, 0x3000}));
	EXPECT(range_overlaps(a, (struct range){0, TOP}));
	EXPECT(range_overlaps(a, a));
	EXPECT(!range_overlaps(a, (struct range){0x1800, 0x1800}));
}

TEST(contain)
{
	struct range a = {0x1000, 0x2000};

	EXPECT(range_contains(a, a));
	EXPECT(range_contains(a, (struct range){0x1800, 0x2000}));
	EXPECT(!range_contains(a, (struct range){0x1800, 0x2001}));
	EXPECT(!range_contains(a, (struct range){0xfff, 0x1001}));
	EXPECT(range_contains(a, (struct range){9, 9}));
	EXPECT(range_has(a, 0x1000));
	EXPECT(range_has(a, 0x1fff));
	EXPECT(!range_has(a, 0x2000));
	EXPECT(!range_has(a, 0xfff));
}

TEST(intersect)
{
	struct range r = range_intersect((struct range){0, 0x3000}, (struct range){0x1000, TOP});

	EXPECT_EQ(r.start, 0x1000);
	EXPECT_EQ(r.end, 0x3000);
	EXPECT(range_is_empty(range_intersect((struct range){0, 1}, (struct range){1, 2})));
	EXPECT(range_is_empty(range_intersect((struct range){0, 1}, (struct range){9, TOP})));
}

TEST(align_up_can_fail)
{
	u64 out = 7;

	EXPECT(align_up_checked(0, PAGE_SIZE, &out));
	EXPECT_EQ(out, 0);
	EXPECT(align_up_checked(1, PAGE_SIZE, &out));
	EXPECT_EQ(out, PAGE_SIZE);
	EXPECT(align_up_checked(TOP - 0xfff, PAGE_SIZE, &out));
	EXPECT_EQ(out, TOP - 0xfff);
	EXPECT(!align_up_checked(TOP - 0xffe, PAGE_SIZE, &out));
	EXPECT_EQ(out, TOP - 0xfff);
}

/*
 *   pages     |    |    |    |
 *   range       [--------)
 *   shrink         [----)          given away: whole pages inside
 *   grow      [--------------)     protected: whole pages around
 */
TEST(shrink_and_grow)
{
	struct range r = range_shrink((struct range){0x80000123, 0x80003456});

	EXPECT_EQ(r.start, 0x80001000);
	EXPECT_EQ(r.end, 0x80003000);
	EXPECT(range_is_empty(range_shrink((struct range){0x80000001, 0x80001fff})));
	EXPECT(range_is_empty(range_shrink((struct range){TOP - 5, TOP})));
	r = range_grow((struct range){0x80000123, 0x80003456});
	EXPECT_EQ(r.start, 0x80000000);
	EXPECT_EQ(r.end, 0x80004000);
	r = range_grow((struct range){TOP - 5, TOP});
	EXPECT_EQ(r.start, TOP - 0xfff);
	EXPECT_EQ(r.end, TOP - 0xfff);
}
