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
#define RANGE_ROOM   27 /* behind label, range, size and two blanks: a line has 79 columns */

static void range_line(const char *label, struct range range, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* A range and what it is. Names of the tree may be long: then that is a line of its own. */
static void range_line(const char *label, struct range range, const char *fmt, ...)
{
	char text[256];
	bool is_long;
	va_list ap;

	va_start(ap, fmt);
	is_long = format_text_v(text, sizeof(text), fmt, ap) > RANGE_ROOM;
	va_end(ap);
	log_line(label, RANGE_FORMAT "%s%s", range.start, range.end, size_text(range_size(range)).s,
		 is_long ? "" : "  ", is_long ? "" : text);
	if (is_long)
		log_line("", "  %s", text);
}

void report_handoff(void)
{
	const struct arch_handoff *h = arch_handoff();

	log_line("pagewright", "%s, model %s, sections of %s, blocks up to %s", RELEASE,
		 memmodel_name, size_text(1UL << SECTION_SIZE_BITS).s,
		 size_text(PAGE_SIZE << MAX_PAGE_ORDER).s);
	log_line("handoff", "hart %lu in S-mode, %s, firmware %s %s, console %s", h->hart, h->mode,
		 h->sbi, h->sbi_version, h->console);
	if (arch_harts_parked() > 0)
		log_line("", "%u other harts entered too and sleep", arch_harts_parked());
	log_line("image", RANGE_FORMAT, h->image.text, h->image.end,
		 size_text(h->image.end - h->image.text).s);
	log_line("", "text %s, rodata %s, data %s", size_text(h->image.rodata - h->image.text).s,
		 size_text(h->image.data - h->image.rodata).s,
		 size_text(h->image.end - h->image.data).s);
	log_line("dtb", RANGE_FORMAT, h->dtb, h->dtb + h->dtb_size, size_text(h->dtb_size).s);
}

void report_banks(void)
{
	u64 used = 0;

	for (u32 i = 0; i < banks.nr; i++) {
		const struct bank *bank = &banks.bank[i];
		char node[24];

		format_text(node, sizeof(node), ", node %u", bank->nid);
		range_line(i == 0 ? "banks" : "", bank->range, "%s reg %u%s%s", bank->origin,
			   bank->reg, machine.has_numa || bank->nid != 0 ? node : "",
			   bank->hotpluggable ? ", hotpluggable" : "");
		used += range_size(bank->range);
	}
	for (u32 i = 0; i < banks.nr_dropped; i++)
		range_line(i == 0 ? "dropped" : "", banks.dropped[i].range, "%s",
			   bank_drop_text(banks.dropped[i].why));
	log_line("", "%s of RAM in the tree, %s in use", size_text(banks.ram).s, size_text(used).s);
}

void report_reservations(void)
{
	for (u32 i = 0; i < reservations.nr; i++) {
		const struct reservation *r = &reservations.reservation[i];

		range_line(i == 0 ? "reserved" : "", r->range, "%s%s%s%s", r->name,
			   r->nomap ? ", no-map" : "", r->reusable ? ", reusable" : "",
			   banks_find(r->range.start) ? "" : ", outside the banks");
	}
}

static void layout_line(const char *label, va_t start, u64 size, const char *what)
{
	log_line(label, "0x%016lx-0x%016lx %7s  %s", start, start + size - 1, size_text(size).s,
		 what);
}

void report_layout(void)
{
	const struct paging_figures *p = &paging_figures;

	layout_line("layout", VMEMMAP_START, VMEMMAP_SIZE, "struct pages");
	layout_line("", DIRECT_MAP_START, DIRECT_MAP_SIZE, "direct map");
	layout_line("", FIXMAP_START, FIXMAP_SIZE, "devices");
	layout_line("", KERNEL_START, 2 * GIB, "image");
	log_line("", "direct map (linear map) and struct pages begin at pa 0x%lx", banks.phys_base);
	log_line("tables", "%lu pages; direct map: %lu x 4 KiB, %lu x 2 MiB, %lu x 1 GiB",
		 p->tables, p->leaves[0], p->leaves[1], p->leaves[2]);
}

#define PICTURE_BAR 13 /* marks of 64 GiB and more */

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
		[OWN_HUGETLB] = 'H',        [OWN_HARTS] = 'P',     [OWN_BADMEM] = 'X',
		[OWN_LOST] = '-',           [OWN_FREE] = '.',
	};
	char bar[PICTURE_BAR + 1];
	u32 length = 1;

	if (range_is_empty(line->range))
		return;
	/* From a page to 128 GiB a bar leaves room for the longest name of an owner. */
	for (u64 pages = range_size(line->range) / PAGE_SIZE; pages >= 4 && length < PICTURE_BAR;
	     pages /= 4)
		length++;
	for (u32 i = 0; i < length; i++)
		bar[i] = marks[line->owner];
	bar[length] = '\0';
	range_line("", line->range, "%-*s %s", PICTURE_BAR, bar, line->name);
}

void report_picture(void)
{
	phys_addr_t last = banks.bank[0].range.start;

	log_line("memory", "one mark is 4 KiB, each further one four times as much");
	for (u32 i = 0; i < banks.nr; i++) {
		const struct range bank = banks.bank[i].range;
		struct picture_line line = {.range = {bank.start, bank.start}};
		phys_addr_t end;

		if (bank.start > last)
			range_line("", (struct range){last, bank.start}, "(hole)");
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
