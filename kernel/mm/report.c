/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables about what was given: hand-over, banks, reservations, the virtual map, and the
 * picture of physical memory that puts them together.
 */
#include "mm/report.h"

#include "lib/log.h"
#include "mm/memblock.h"
#include "mm/memmodel.h"
#include "mm/owner.h"
#include "mm/paging.h"
#include "release.h"
#include "stage.h"

#define RANGE_FORMAT "[0x%010lx, 0x%010lx) %9s"

void report_handoff(void)
{
	const struct arch_handoff *h = arch_handoff();

	log_line("pagewright", "release %s, memory model %s, sections of %s, largest block %s",
		 RELEASE, memmodel_name, size_text(1UL << SECTION_SIZE_BITS).s,
		 size_text(PAGE_SIZE << MAX_PAGE_ORDER).s);
	log_line("handoff", "hart %lu in S-mode, translation %s, firmware %s %s, console %s",
		 h->hart, h->mode, h->sbi, h->sbi_version, h->console);
	if (arch_harts_parked() > 0)
		log_line("", "%u other harts entered too and sleep", arch_harts_parked());
	log_line("image", RANGE_FORMAT "  text %s, rodata %s, data %s", h->image.text, h->image.end,
		 size_text(h->image.end - h->image.text).s,
		 size_text(h->image.rodata - h->image.text).s,
		 size_text(h->image.data - h->image.rodata).s,
		 size_text(h->image.end - h->image.data).s);
	log_line("dtb", RANGE_FORMAT, h->dtb, h->dtb + h->dtb_size, size_text(h->dtb_size).s);
}

void report_banks(void)
{
	u64 used = 0;

	for (u32 i = 0; i < banks.nr; i++) {
		const struct bank *bank = &banks.bank[i];

		log_line(i == 0 ? "banks" : "", RANGE_FORMAT "  node %u  %s reg %u%s",
			 bank->range.start, bank->range.end, size_text(range_size(bank->range)).s,
			 bank->nid, bank->origin, bank->reg,
			 bank->hotpluggable ? " hotpluggable" : "");
		used += range_size(bank->range);
	}
	for (u32 i = 0; i < banks.nr_dropped; i++)
		log_line(i == 0 ? "dropped" : "", RANGE_FORMAT "  %s", banks.dropped[i].range.start,
			 banks.dropped[i].range.end,
			 size_text(range_size(banks.dropped[i].range)).s,
			 bank_drop_text(banks.dropped[i].why));
	log_line("", "%s of RAM in the tree, %s in use", size_text(banks.ram).s, size_text(used).s);
}

void report_reservations(void)
{
	for (u32 i = 0; i < reservations.nr; i++) {
		const struct reservation *r = &reservations.reservation[i];

		log_line(i == 0 ? "reserved" : "", RANGE_FORMAT "  %s%s%s%s", r->range.start,
			 r->range.end, size_text(range_size(r->range)).s, r->name,
			 r->nomap ? ", no-map" : "", r->reusable ? ", reusable" : "",
			 banks_find(r->range.start) ? "" : ", outside the banks");
	}
}

static void layout_line(const char *label, va_t start, u64 size, const char *what)
{
	log_line(label, "0x%016lx .. 0x%016lx %9s  %s", start, start + size - 1, size_text(size).s,
		 what);
}

void report_layout(void)
{
	const struct paging_figures *p = &paging_figures;
	char text[96];

	format_text(text, sizeof(text), "struct pages, from the section of 0x%lx", banks.phys_base);
	layout_line("layout", VMEMMAP_START, VMEMMAP_SIZE, text);
	format_text(text, sizeof(text), "direct map (linear map) of 0x%lx and up", banks.phys_base);
	layout_line("", DIRECT_MAP_START, DIRECT_MAP_SIZE, text);
	layout_line("", FIXMAP_START, FIXMAP_SIZE, "device registers");
	layout_line("", KERNEL_START, 2 * GIB, "image: text r-x, rodata r--, data rw-");
	log_line("tables",
		 "%lu pages; the direct map is %lu leaves of 4 KiB, %lu of 2 MiB, %lu of 1 GiB",
		 p->tables, p->leaves[0], p->leaves[1], p->leaves[2]);
}

/* Neighbours with the same owner and name are one line. */
struct picture_line {
	struct range range;
	enum owner owner;
	const char *name;
};

static void picture_print(const struct picture_line *line)
{
	static const char marks[NR_OWNERS] = {
		[OWN_FIRMWARE_NOMAP] = 'F', [OWN_KERNEL] = 'K',    [OWN_DTB] = 'D',
		[OWN_INITRD] = 'I',         [OWN_TREE] = 'R',      [OWN_FRAME0] = '0',
		[OWN_MEMMAP] = 'M',         [OWN_TABLES] = 'T',    [OWN_MEM_SECTION] = 'S',
		[OWN_USAGE] = 'U',          [OWN_NODE_DATA] = 'N', [OWN_MEMBLOCK] = 'B',
		[OWN_HUGETLB] = 'H',        [OWN_BADMEM] = 'X',    [OWN_LOST] = '-',
		[OWN_FREE] = '.',
	};
	char bar[33];
	u32 length = 1;

	if (range_is_empty(line->range))
		return;
	/* One mark per doubling from 4 KiB on: sizes from a page to 128 GiB fit into a line. */
	for (u64 pages = range_size(line->range) / PAGE_SIZE; pages > 1 && length < sizeof(bar) - 1;
	     pages /= 2)
		length++;
	for (u32 i = 0; i < length; i++)
		bar[i] = marks[line->owner];
	bar[length] = '\0';
	log_line("", RANGE_FORMAT "  %-24s %s", line->range.start, line->range.end,
		 size_text(range_size(line->range)).s, bar, line->name);
}

void report_picture(void)
{
	phys_addr_t last = banks.bank[0].range.start;

	log_line("memory", "one line a range; each mark is a doubling from 4 KiB on");
	for (u32 i = 0; i < banks.nr; i++) {
		const struct range bank = banks.bank[i].range;
		struct picture_line line = {.range = {bank.start, bank.start}};
		phys_addr_t end;

		if (bank.start > last)
			log_line("", RANGE_FORMAT "  (hole)", last, bank.start,
				 size_text(bank.start - last).s);
		last = bank.end;
		for (phys_addr_t at = bank.start; at < bank.end; at = end) {
			enum owner owner = owner_at(at, bank.end, &end);
			const struct reservation *r = owner_reservation_at(at);
			const char *name = r && r->owner == owner ? r->name : owner_name(owner);

			if (owner != line.owner || name != line.name) {
				picture_print(&line);
				line = (struct picture_line){{at, at}, owner, name};
			}
			line.range.end = end;
		}
		picture_print(&line);
	}
}
