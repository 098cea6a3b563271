/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Growth of the tables: 128, 256, 512 regions, what stays, where the new array lies, and
 * what a failure leaves behind.
 *
 *   memory    [================ 256 MiB ================)
 *   reserved  [) [) [) [) ...                  [array)        one page in two, from below
 */
#include "arch/arch.h"
#include "memblock_test.h"
#include "mm/owner.h"

static const phys_addr_t base = 0x80000000;
static const u64 ram = 256 * MIB;

/* Where the many regions of memory lie that hold no RAM one may touch. */
static const phys_addr_t far_base = 0x1800000000;

static void given_growth(void)
{
	memblock_allow_alloc();
	memblock_add_node(base, ram, 0, MEMBLOCK_NONE);
	given_ram(base, ram);
	memblock_set_current_limit(base + ram);
	memblock_allow_resize();
}

static phys_addr_t every_second_page(u64 i)
{
	return base + 2 * i * PAGE_SIZE;
}

static u64 array_bytes(const struct memblock_type *type)
{
	return ALIGN_UP(type->max * sizeof(struct memblock_region), PAGE_SIZE);
}

/** expect_array_reserved - the present array of type is reserved, page for page, and noted. */
static void expect_array_reserved(const struct memblock_type *type)
{
	phys_addr_t pa = virt_to_phys(type->regions);
	s64 i = memblock_type_search(&memblock.reserved, pa);

	EXPECT(IS_ALIGNED(pa, PAGE_SIZE));
	ASSERT(i >= 0);
	EXPECT_GE(memblock_region_end(&memblock.reserved.regions[i]), pa + array_bytes(type));
}

TEST(reserved_doubles_twice)
{
	struct memblock_type *type = &memblock.reserved;
	struct memblock_region *first_array = type->regions;

	given_growth();
	for (u64 i = 0; i < 400; i++) {
		ASSERT_EQ(memblock_reserve(every_second_page(i), PAGE_SIZE), 0);
		EXPECT_EQ(memblock_type_check(type), NULL);
		EXPECT_EQ(type->max, i < 128 ? 128 : i < 255 ? 256 : 512);
	}
	EXPECT_NE(type->regions, first_array);
	expect_array_reserved(type);
	/* 400 and the array; the array before it was given back. */
	EXPECT_EQ(type->cnt, 401);
	EXPECT_EQ(type->total_size, 400 * PAGE_SIZE + array_bytes(type));
	for (u64 i = 0; i < 400; i++) {
		EXPECT(memblock_is_reserved(every_second_page(i)));
		EXPECT(!memblock_is_reserved(every_second_page(i) + PAGE_SIZE));
	}
}

TEST(memory_doubles_twice)
{
	struct memblock_type *type = &memblock.memory;

	given_growth();
	for (u64 i = 0; i < 400; i++) {
		ASSERT_EQ(
			memblock_add_node(far_base + 2 * i * MIB, MIB, (u32)(i % 3), MEMBLOCK_NONE),
			0);
		EXPECT_EQ(memblock_type_check(type), NULL);
	}
	EXPECT_EQ(type->cnt, 401);
	EXPECT_EQ(type->max, 512);
	expect_array_reserved(type);
	for (u64 i = 0; i < 400; i++) {
		EXPECT_EQ(type->regions[i + 1].base, far_base + 2 * i * MIB);
		EXPECT_EQ(type->regions[i + 1].nid, i % 3);
	}
	EXPECT_EQ(memblock.reserved.total_size, array_bytes(type));
}

TEST(any_table_grows)
{
	static struct memblock_region regions[2];
	static struct memblock_type own = {.max = 2, .regions = regions, .name = "own"};

	given_growth();
	for (u64 i = 0; i < 1000; i++)
		ASSERT_EQ(
			memblock_type_add(&own, every_second_page(i), PAGE_SIZE, 0, MEMBLOCK_NONE),
			0);
	EXPECT_EQ(own.cnt, 1000);
	EXPECT_EQ(own.max, 1024);
	EXPECT_EQ(memblock_type_check(&own), NULL);
	expect_array_reserved(&own);
	EXPECT_EQ(memblock.reserved.total_size, array_bytes(&own));
}

/* Both tables are full at the same time: the memory table's array is the reserved table's 129th. */
TEST(memory_grows_while_reserved_is_full)
{
	given_growth();
	for (u64 i = 0; i < 128; i++)
		memblock_reserve(every_second_page(i), PAGE_SIZE);
	EXPECT_EQ(memblock.reserved.cnt, memblock.reserved.max);
	for (u64 i = 0; i < 128; i++)
		ASSERT_EQ(memblock_add(far_base + 2 * i * MIB, MIB), 0);
	EXPECT_EQ(memblock.memory.max, 256);
	EXPECT_EQ(memblock.reserved.max, 256);
	EXPECT_EQ(memblock.memory.cnt, 129);
	EXPECT_EQ(memblock_type_check(&memblock.memory), NULL);
	EXPECT_EQ(memblock_type_check(&memblock.reserved), NULL);
	expect_array_reserved(&memblock.memory);
	expect_array_reserved(&memblock.reserved);
	EXPECT_EQ(memblock.reserved.total_size, 128 * PAGE_SIZE + array_bytes(&memblock.memory) +
							array_bytes(&memblock.reserved));
}

/*
 *   free          [=================)
 *   reserve now   [  .  .  .  .)          the array must not lie in what is being reserved
 *   array                      [--)
 */
TEST(array_keeps_off_the_range_being_reserved)
{
	phys_addr_t top = base + ram - 64 * PAGE_SIZE;

	given_growth();
	for (u64 i = 0; i < 128; i++)
		memblock_reserve(every_second_page(i), PAGE_SIZE);
	ASSERT_EQ(memblock_reserve(top, 64 * PAGE_SIZE), 0);
	EXPECT_EQ(memblock.reserved.max, 256);
	EXPECT_LE(virt_to_phys(memblock.reserved.regions) + array_bytes(&memblock.reserved), top);
	EXPECT_EQ(memblock.reserved.total_size,
		  (128 + 64) * PAGE_SIZE + array_bytes(&memblock.reserved));
}

/* The same for an allocation: what was found stays free until it is reserved. */
TEST(array_keeps_off_the_allocation)
{
	phys_addr_t got;

	given_growth();
	for (u64 i = 0; i < 128; i++)
		memblock_reserve(every_second_page(i), PAGE_SIZE);
	got = memblock_phys_alloc_range(PAGE_SIZE, PAGE_SIZE, 0, 0);
	EXPECT_EQ(got, base + ram - PAGE_SIZE);
	EXPECT_EQ(memblock.reserved.total_size, 129 * PAGE_SIZE + array_bytes(&memblock.reserved));
}

/* ... and for memory that is being taken out of use. */
TEST(array_keeps_off_the_range_being_removed)
{
	phys_addr_t hole = base + ram - 32 * MIB;
	phys_addr_t array;

	given_growth();
	for (u64 i = 0; i < 127; i++)
		memblock_add(far_base + 2 * i * MIB, MIB);
	EXPECT_EQ(memblock.memory.cnt, memblock.memory.max);
	ASSERT_EQ(memblock_remove(hole, 16 * MIB), 0);
	array = virt_to_phys(memblock.memory.regions);
	EXPECT(memblock_is_region_memory(array, array_bytes(&memblock.memory)));
	EXPECT_EQ(memblock_type_check(&memblock.memory), NULL);
}

TEST(bottom_up_and_limit_are_obeyed)
{
	given_growth();
	memblock_set_current_limit(base + 64 * MIB);
	for (u64 i = 0; i < 129; i++)
		memblock_reserve(every_second_page(i), PAGE_SIZE);
	EXPECT_LT(virt_to_phys(memblock.reserved.regions), base + 64 * MIB);
	memblock_set_bottom_up(true);
	for (u64 i = 129; i < 300; i++)
		memblock_reserve(every_second_page(i), PAGE_SIZE);
	EXPECT_LT(virt_to_phys(memblock.reserved.regions), base + 4 * MIB);
}

TEST(grown_arrays_have_an_owner)
{
	struct range found = {0, 0}, range;
	enum owner owner;

	given_growth();
	for (u64 i = 0; i < 300; i++)
		memblock_reserve(every_second_page(i), PAGE_SIZE);
	for (u32 i = 0; owner_early_range(i, &owner, &range); i++) {
		if (owner == OWN_MEMBLOCK) {
			EXPECT(range_is_empty(found));
			found = range;
		}
	}
	EXPECT_EQ(found.start, virt_to_phys(memblock.reserved.regions));
	EXPECT_EQ(range_size(found), array_bytes(&memblock.reserved));
}

/** expect_unchanged - 128 regions as given, in the static array. */
static void expect_unchanged(const struct memblock_region *array)
{
	EXPECT_EQ(memblock.reserved.regions, array);
	EXPECT_EQ(memblock.reserved.max, 128);
	EXPECT_EQ(memblock.reserved.cnt, 128);
	EXPECT_EQ(memblock.reserved.total_size, 128 * PAGE_SIZE);
	EXPECT_EQ(memblock_type_check(&memblock.reserved), NULL);
	for (u64 i = 0; i < 128; i++)
		EXPECT_EQ(memblock.reserved.regions[i].base, every_second_page(i));
}

TEST(failure_without_permission)
{
	struct memblock_region *array = memblock.reserved.regions;

	memblock_add_node(base, ram, 0, MEMBLOCK_NONE);
	given_ram(base, ram);
	for (u64 i = 0; i < 128; i++)
		ASSERT_EQ(memblock_reserve(every_second_page(i), PAGE_SIZE), 0);
	EXPECT_EQ(memblock_reserve(every_second_page(128), PAGE_SIZE), -12);
	/* Resize alone is not enough: unknown reservations may lie in free memory. */
	memblock_allow_resize();
	EXPECT_EQ(memblock_reserve(every_second_page(128), PAGE_SIZE), -12);
	/* One call that would fill three gaps: none is filled. */
	EXPECT_EQ(memblock_reserve(every_second_page(0), 7 * PAGE_SIZE), -12);
	expect_unchanged(array);
	memblock_allow_alloc();
	EXPECT_EQ(memblock_reserve(every_second_page(0), 7 * PAGE_SIZE), 0);
	EXPECT_EQ(memblock.reserved.max, 256);
}

/* Every free hole is one page, a table of 256 needs two. */
TEST(failure_without_memory)
{
	struct memblock_region *array = memblock.reserved.regions;

	memblock_allow_alloc();
	memblock_allow_resize();
	memblock_add_node(base, 256 * PAGE_SIZE, 0, MEMBLOCK_NONE);
	for (u64 i = 0; i < 128; i++)
		memblock_reserve(every_second_page(i), PAGE_SIZE);
	EXPECT_EQ(memblock_reserve(0x1000, 0x1000), -12);
	EXPECT_EQ(memblock_phys_alloc_range(64, 64, 0, 0), 0);
	EXPECT_EQ(memblock_phys_free(every_second_page(5) + 64, 64), -12);
	expect_unchanged(array);
}
