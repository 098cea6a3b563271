/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One sorted table of ranges with an owner. An entry is one word, so that sorting is comparing:
 *
 *   63          24 23     8 7      0
 *  |     pfn      |  pages |  owner |
 *
 * The table has as many pages as its entries need and no more: adding and removing the same
 * things leaves nothing behind.
 */
#include "mm/owned.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"

#define ENTRIES_PER_PAGE (PAGE_SIZE / sizeof(u64))
#define MAX_TABLE_PAGES  128
#define PFN_AT           24
#define PAGES_AT         8
#define MAX_PAGES        0xffffUL
#define OWNER_MASK       0xffUL

static u64 *table[MAX_TABLE_PAGES];
static u64 nr_table_pages;
static u64 nr_entries;

static u64 nr_asked;
static u64 fail_at;

static u64 *entry_at(u64 i)
{
	return &table[i / ENTRIES_PER_PAGE][i % ENTRIES_PER_PAGE];
}

static struct range range_of(u64 entry)
{
	const pfn_t pfn = entry >> PFN_AT;

	return (struct range){pfn_to_phys(pfn), pfn_to_phys(pfn + (entry >> PAGES_AT & MAX_PAGES))};
}

/* The first entry that ends above pa. */
static u64 find(phys_addr_t pa)
{
	u64 low = 0;
	u64 high = nr_entries;

	while (low < high) {
		u64 middle = low + (high - low) / 2;

		if (range_of(*entry_at(middle)).end <= pa)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool owned_meet(phys_addr_t pa, phys_addr_t *end, enum owner *owner)
{
	const u64 i = find(pa);
	struct range range;

	if (i == nr_entries)
		return false;
	range = range_of(*entry_at(i));
	if (!range_has(range, pa)) {
		*end = min_u64(*end, range.start);
		return false;
	}
	*end = min_u64(*end, range.end);
	*owner = (enum owner)(*entry_at(i) & OWNER_MASK);
	return true;
}

static bool owned_next(phys_addr_t pa, enum owner *owner, struct range *range)
{
	for (u64 i = find(pa); i < nr_entries; i++) {
		*range = range_of(*entry_at(i));
		*owner = (enum owner)(*entry_at(i) & OWNER_MASK);
		if (range->start >= pa)
			return true;
	}
	return false;
}

static void insert(enum owner owner, struct range range)
{
	static const struct owner_source source = {owned_meet, owned_next};
	const u64 at = find(range.start);

	assert_kernel(nr_entries < nr_table_pages * ENTRIES_PER_PAGE, nr_entries, range.start);
	assert_kernel(at == nr_entries || range_of(*entry_at(at)).start >= range.end, range.start,
		      range.end);
	for (u64 i = nr_entries++; i > at; i--)
		*entry_at(i) = *entry_at(i - 1);
	*entry_at(at) = PFN_DOWN(range.start) << PFN_AT |
			range_size(range) / PAGE_SIZE << PAGES_AT | (u64)owner;
	owner_set_source(&source);
}

static void remove(struct range range)
{
	const u64 at = find(range.start);

	assert_kernel(at < nr_entries && range_of(*entry_at(at)).start == range.start, range.start,
		      nr_entries);
	assert_kernel(range_of(*entry_at(at)).end == range.end, range.start, range.end);
	nr_entries--;
	for (u64 i = at; i < nr_entries; i++)
		*entry_at(i) = *entry_at(i + 1);
}

/* What is taken is managed no more, as if it had never been handed over. */
static struct page *take(u32 nid, u32 order)
{
	struct page *page;

	if (++nr_asked == fail_at) {
		log_line("owned", "allocation %lu, of %s, is made to fail", nr_asked,
			 size_text(PAGE_SIZE << order).s);
		return NULL;
	}
	page = alloc_pages_node(nid, order, MIGRATE_UNMOVABLE);
	if (page)
		page_zone(page)->managed_pages -= 1UL << order;
	return page;
}

static struct range block_of(const struct page *page, u32 order)
{
	const phys_addr_t pa = pfn_to_phys(page_to_pfn(page));

	return (struct range){pa, pa + (PAGE_SIZE << order)};
}

/* Room for one more entry: a page for the table, if all of it is in use. */
static bool make_room(u32 nid)
{
	struct page *page;

	if (nr_entries < nr_table_pages * ENTRIES_PER_PAGE)
		return true;
	if (nr_table_pages == MAX_TABLE_PAGES)
		return false;
	page = take(nid, 0);
	if (!page)
		return false;
	table[nr_table_pages++] = phys_to_virt(block_of(page, 0).start);
	insert(OWN_MEMBLOCK, block_of(page, 0));
	return true;
}

static void give_back(struct page *page)
{
	page_zone(page)->managed_pages += 1UL << page_order(page);
	if (!free_pages(page, page_order(page)))
		stop("owned: the allocator refused its own pfn 0x%lx", page_to_pfn(page));
}

/* The last page of the table goes when the entries fit without it, its own not counted. */
static void drop_room(void)
{
	while (nr_table_pages > 0 && nr_entries - 1 <= (nr_table_pages - 1) * ENTRIES_PER_PAGE) {
		const phys_addr_t pa = virt_to_phys(table[nr_table_pages - 1]);

		remove((struct range){pa, pa + PAGE_SIZE});
		nr_table_pages--;
		give_back(pfn_to_page(PFN_DOWN(pa)));
	}
}

bool owned_alloc(enum owner owner, u32 nid, u32 order, phys_addr_t *pa)
{
	struct page *page;

	assert_kernel(1UL << order <= MAX_PAGES, order, owner);
	if (!make_room(nid))
		return false;
	page = take(nid, order);
	if (!page) {
		drop_room();
		return false;
	}
	insert(owner, block_of(page, order));
	*pa = block_of(page, order).start;
	return true;
}

bool owned_alloc_zeroed(enum owner owner, u32 nid, u32 order, phys_addr_t *pa)
{
	if (!owned_alloc(owner, nid, order, pa))
		return false;
	memset(phys_to_virt(*pa), 0, PAGE_SIZE << order);
	return true;
}

void owned_free(phys_addr_t pa)
{
	struct page *page = pfn_to_page(PFN_DOWN(pa));

	remove(block_of(page, page_order(page)));
	give_back(page);
	drop_room();
}

bool owned_claim(enum owner owner, u32 nid, struct range range)
{
	assert_kernel(range_size(range) / PAGE_SIZE <= MAX_PAGES, range.start, range.end);
	if (!make_room(nid))
		return false;
	insert(owner, range);
	return true;
}

void owned_release(struct range range)
{
	remove(range);
	drop_room();
}

bool owned_has(phys_addr_t pa)
{
	const u64 i = find(pa);

	return i < nr_entries && range_of(*entry_at(i)).start == pa;
}

bool owned_covers(phys_addr_t pa)
{
	const u64 i = find(pa);

	return i < nr_entries && range_has(range_of(*entry_at(i)), pa);
}

u64 owned_set_fail(u64 n)
{
	const u64 asked = nr_asked;

	nr_asked = 0;
	fail_at = n;
	return asked;
}
