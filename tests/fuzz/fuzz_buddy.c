/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buddy allocator, driven by bytes, against buddy_oracle.h. The machine has two nodes, two zones
 * and a hole, and boots once; after each input the kernel's state, the struct pages and what
 * bring-up has allocated are put back. Operations of three bytes: what and how large, and which
 * block or frame. In the end the lists are compared with the oracle.
 */
#include "buddy_oracle.h"
#include "fuzz.h"
#include "lib/log.h"

#define BASE       (4 * GIB - 12 * MIB)
#define MAX_FRAMES (28UL * MIB / PAGE_SIZE)

static u8 state_at_start[MAX_FRAMES];
static u64 free_at_start;
static struct fuzz_bytes input;

static void allocate(u32 order, u32 how)
{
	oracle_allocated(how & 8 ? alloc_pages(order)
				 : alloc_pages_node(how >> 4 & 1, order, how % MIGRATE_TYPES),
			 order);
}

static u32 newest_head(void)
{
	return oracle.nr_heads > 0 ? oracle.heads[oracle.nr_heads - 1] : 0;
}

static void run(void)
{
	while (input.at < input.end) {
		u32 what = fuzz_u8(&input), which = fuzz_u16(&input);
		u32 order = (what >> 3) % NR_PAGE_ORDERS;

		what &= 7;
		if (what < 3)
			allocate(order, which);
		else if (what == 3) /* many of them: fills the machine */
			for (u32 i = which >> 5 & 63; i > 0; i--)
				allocate(order, which);
		else if (what == 4) /* any order, also one that there is not */
			oracle_free_anything(which % oracle.nr_frames, which >> 12 | order);
		else if (what == 5) /* the frames of a block, or right behind it */
			oracle_free_anything((newest_head() + which % 5) % oracle.nr_frames,
					     which >> 12);
		else if (oracle.nr_heads > 0)
			oracle_give_back(which % oracle.nr_heads);
	}
	oracle_compare();
	while (oracle.nr_heads > 0)
		oracle_give_back(oracle.nr_heads - 1);
	ASSERT_EQ(nr_free_pages(), free_at_start);
	ASSERT(oracle_has(MAX_PAGE_ORDER) == (alloc_pages(MAX_PAGE_ORDER) != NULL));
}

/* What bring-up has allocated for itself; struct pages only where there is RAM, they are many. */
static void keep_memory(void)
{
	struct range range;
	enum owner owner;

	for (u32 i = 0; owner_early_range(i, &owner, &range); i++)
		if (owner != OWN_MEMMAP && owner != OWN_TABLES)
			fuzz_keep(phys_to_virt(range.start), range_size(range));
	for (u32 i = 0; i < banks.nr; i++) {
		const struct range bank = banks.bank[i].range;
		struct page *page = pfn_to_page(PFN_DOWN(bank.start));
		u64 pages = range_size(bank) / PAGE_SIZE;

		ASSERT(pfn_to_page(PFN_DOWN(bank.end) - 1) == page + pages - 1);
		fuzz_keep(page, pages * sizeof(*page));
	}
}

static void boot(void)
{
	given_node_bank(0, BASE, 12 * MIB);
	given_node_bank(0, 4 * GIB, 5 * MIB + 3 * PAGE_SIZE);
	given_node_bank(1, 4 * GIB + 7 * MIB - PAGE_SIZE, 8 * MIB);
	boot_to("check");
	log_set_level(5);
}

void fuzz_init(void)
{
	if (!fuzz_run(boot))
		fuzz_finding("the machine does not boot");
	oracle_learn();
	ASSERT_LE(oracle.nr_frames, MAX_FRAMES);
	memcpy(state_at_start, oracle.state, oracle.nr_frames);
	free_at_start = nr_free_pages();
	fuzz_keep_state();
	keep_memory();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	input = (struct fuzz_bytes){data, data + size};
	memcpy(oracle.state, state_at_start, oracle.nr_frames);
	oracle.nr_heads = 0;
	ASSERT(fuzz_run(run));
	fuzz_restore();
	return 0;
}
