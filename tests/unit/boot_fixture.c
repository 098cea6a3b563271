/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pretended machine of boot_fixture.h, and the boot's column of stages as a table.
 */
#include "boot_fixture.h"

#include "arch/host/host.h"
#include "harts.h"
#include "kernel.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/check.h"
#include "mm/deferred.h"
#include "mm/early.h"
#include "mm/handover.h"
#include "mm/hugetlb.h"
#include "mm/initrd.h"
#include "mm/mmzone.h"
#include "mm/paging.h"
#include "mm/percpu.h"
#include "stage.h"

/* Big endian, as in a blob. */
#define BE(word) __builtin_bswap32(word)

/* The smallest tree there is: an empty root. devicetree-specification 0.4, chapter 5. */
static const u32 empty_tree[] = {
	BE(0xd00dfeed),
	BE(72),
	BE(56),
	BE(72),
	BE(40),
	BE(17),
	BE(16),
	BE(0),
	BE(0),
	BE(16), /* header */
	0,
	0,
	0,
	0, /* end of the reservation block */
	BE(1),
	0,
	BE(2),
	BE(9), /* begin node "", end node, end */
};

static struct arch_image image;
static phys_addr_t dtb;

/* Before the first stage: the entry code would have it ready. */
static void hand_over(void)
{
	if (image.end == 0)
		given_image(ALIGN_UP(machine.banks[0].range.start, MEGAPAGE_SIZE) + MEGAPAGE_SIZE);
	if (dtb == 0)
		dtb = ALIGN_UP(image.end, MEGAPAGE_SIZE);
	host_set_handoff(empty_tree, sizeof(empty_tree), dtb, &image);
}

/* The tables are there already. */
static void read_no_tree(void)
{
	machine.model = "";
	for (u32 i = 0; i < machine.nr_banks; i++)
		machine.has_numa = machine.has_numa || machine.banks[i].nid != NUMA_NO_NODE;
}

static const struct {
	const char *name;
	void (*run)(void);
} stages[] = {
	{"handoff", handoff_init},
	{"devicetree", read_no_tree},
	{"banks", banks_init},
	{"reservations", reservations_init},
	{"memblock", memblock_init},
	{"paging", paging_init},
	{"percpu", percpu_init},
	{"memtest", early_memtest},
	{"nodes", nodes_init},
	{"memmap", memmodel_init},
	{"zones", free_area_init},
	{"gigantic", hugetlb_reserve_gigantic},
	{"handover", memblock_free_all},
	{"initrd", initrd_init},
	{"deferred", deferred_init_memmap},
	{"hugetlb", hugetlb_init},
	{"check", check_init},
	{"harts", harts_init},
};

void boot_to(const char *stage)
{
	static u32 next;

	/* The first boot, or another one of a kernel whose state was put back. */
	if (!stage_is_done(stages[0].name)) {
		next = 0;
		hand_over();
	}
	while (!stage_is_done(stage)) {
		assert_kernel(next < ARRAY_SIZE(stages), next, ARRAY_SIZE(stages));
		stage_run(stages[next].name, stages[next].run);
		next++;
	}
}

void given_hart(u64 id, u32 nid)
{
	assert_kernel(machine.nr_harts < MACHINE_MAX_HARTS, machine.nr_harts, id);
	machine.harts[machine.nr_harts++] = (struct machine_hart){.id = id, .nid = nid};
}

struct machine_bank *given_bank(phys_addr_t start, u64 size)
{
	struct machine_bank *bank = &machine.banks[machine.nr_banks];

	assert_kernel(machine.nr_banks < MACHINE_MAX_BANKS, machine.nr_banks, start);
	*bank = (struct machine_bank){.range = {start, start + size},
				      .nid = NUMA_NO_NODE,
				      .reg = machine.nr_banks++,
				      .origin = "/memory"};
	return bank;
}

struct machine_bank *given_node_bank(u32 nid, phys_addr_t start, u64 size)
{
	struct machine_bank *bank = given_bank(start, size);

	bank->nid = nid;
	return bank;
}

struct machine_reservation *given_reserved(enum machine_owner owner, phys_addr_t start, u64 size,
					   const char *name)
{
	struct machine_reservation *fresh = &machine.reservations[machine.nr_reservations++];

	assert_kernel(machine.nr_reservations <= MACHINE_MAX_RESERVATIONS, start, size);
	*fresh = (struct machine_reservation){.range = {start, start + size},
					      .owner = owner,
					      .nomap = owner == OWNER_FIRMWARE,
					      .origin = name};
	return fresh;
}

void given_mem(u64 size)
{
	machine.options.mem[machine.options.nr_mem++] = (struct mem_arg){.size = size};
}

void given_mem_at(u64 size, phys_addr_t start)
{
	machine.options.mem[machine.options.nr_mem++] =
		(struct mem_arg){.size = size, .start = start, .has_start = true};
}

void given_image(phys_addr_t text)
{
	image = (struct arch_image){text, text + IMAGE_TEXT_BYTES, text + IMAGE_FIXED_BYTES,
				    text + IMAGE_BYTES};
}

void given_dtb(phys_addr_t at)
{
	dtb = at;
}

void given_virt(u64 ram)
{
	given_bank(VIRT_BASE, ram);
	given_reserved(OWNER_FIRMWARE, VIRT_BASE, VIRT_FIRMWARE, "firmware");
	given_image(VIRT_IMAGE);
}

u32 warned(const char *name)
{
	const char *seen;
	u32 count;

	for (u32 i = 0; log_warning_count(i, &seen, &count); i++)
		if (strcmp(seen, name) == 0)
			return count;
	return 0;
}

u32 warned_total(void)
{
	const char *seen;
	u32 total = 0;
	u32 count;

	for (u32 i = 0; log_warning_count(i, &seen, &count); i++)
		total += strcmp(seen, "vmemmap-base-pages") == 0 ? 0 : count;
	return total;
}

u64 dropped_bytes(const char *why)
{
	u64 bytes = 0;

	for (u32 i = 0; i < banks.nr_dropped; i++)
		if (strcmp(bank_drop_text(banks.dropped[i].why), why) == 0)
			bytes += range_size(banks.dropped[i].range);
	return bytes;
}

u64 bank_bytes(void)
{
	u64 bytes = 0;

	for (u32 i = 0; i < banks.nr; i++)
		bytes += range_size(banks.bank[i].range);
	return bytes;
}

bool is_model(const char *name)
{
	return strcmp(name, memmodel_name) == 0;
}

bool has_sections(void)
{
	return memmodel_has_sections;
}

void expect_sound(const char *file, int line)
{
	struct ledger ledger;
	struct audit audit;

	audit_run(&audit);
	unit_check(audit.ok, false, file, line,
		   "audit: free %lu, expected %lu, duplicate %lu, hole %lu, missing %lu, "
		   "writable_exec %lu, nomap_leaf %lu",
		   audit.free, audit.expected, audit.duplicate, audit.hole, audit.missing,
		   audit.writable_exec, audit.nomap_leaf);
	ledger_make(&ledger);
	unit_check(ledger_adds_up(&ledger), false, file, line, "the ledger does not add up");
	unit_check(ledger.bytes[OWN_FREE] == (audit.free + audit.held) * PAGE_SIZE, false, file,
		   line, "ledger has %lu bytes free, the lists %lu pages", ledger.bytes[OWN_FREE],
		   audit.free);
}

void expect_banks(const char *file, int line, const struct range *want, u32 nr)
{
	u64 dropped = 0;

	unit_check(banks.nr == nr, false, file, line, "%u banks, not %u", banks.nr, nr);
	for (u32 i = 0; i < banks.nr; i++) {
		const struct range have = banks.bank[i].range;

		unit_check(i < nr && have.start == want[i].start && have.end == want[i].end, false,
			   file, line, "bank %u is [%#lx, %#lx)", i, have.start, have.end);
	}
	for (u32 i = 0; i < banks.nr_dropped; i++)
		dropped += range_size(banks.dropped[i].range);
	unit_check(banks.ram == bank_bytes() + dropped, false, file, line,
		   "ram %lu is not banks %lu + dropped %lu", banks.ram, bank_bytes(), dropped);
}
