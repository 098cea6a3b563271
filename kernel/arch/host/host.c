/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rest of the contract on Linux: hand-over, clock, power.
 */
#include "arch/host/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dt/value.h"
#include "handoff.h"
#include "kernel.h"
#include "machine.h"

static struct arch_handoff handoff;
static const void *blob_bytes;
static u64 blob_bytes_size;

/* The image as it is built, rounded up: 2 MiB aligned text, then what is read only, then the rest. */
#define IMAGE_RODATA (96 * KIB)
#define IMAGE_DATA   (128 * KIB)
#define IMAGE_END    (512 * KIB)

void host_set_handoff(const void *blob, u64 blob_size, phys_addr_t dtb,
		      const struct arch_image *image)
{
	handoff = (struct arch_handoff){.dtb = dtb,
					.image = *image,
					.mode = "sv39",
					.console = "stdout",
					.sbi = "host",
					.sbi_version = "0"};
	blob_bytes = blob;
	blob_bytes_size = blob_size;
}

const struct arch_handoff *arch_handoff(void)
{
	static u64 copy[(HANDOFF_BLOB_MAX + 16) / sizeof(u64)];
	char header[HANDOFF_HEADER_BYTES] = {0};
	char *at = (char *)copy + handoff.dtb % 8;

	if (handoff.dtb_bytes)
		return &handoff;
	handoff_judge_address(handoff.dtb, &handoff.image);
	memcpy(header, blob_bytes, min_u64(blob_bytes_size, sizeof(header)));
	handoff.dtb_size = handoff_judge_header(handoff.dtb, header, &handoff.image);
	/* A file that is shorter than its header says reads as zeros behind its end, as RAM would. */
	memcpy(at, blob_bytes, min_u64(blob_bytes_size, handoff.dtb_size));
	handoff.dtb_bytes = handoff_align(handoff.dtb, at, handoff.dtb_size);
	return &handoff;
}

static const char *cmdline;

void host_set_cmdline(const char *text)
{
	cmdline = text;
}

void host_prepend_cmdline(const void *blob, u64 blob_size, const char *text)
{
	static char joined[2 * MACHINE_MAX_CMDLINE]; /* what is too long is the kernel's to judge */
	char why[DT_MAX_REASON];
	const struct dt *dt = dt_open(blob, blob_size, why);
	dt_node chosen = dt ? dt_child(dt, DT_ROOT, "chosen", strlen("chosen")) : DT_NONE;
	struct dt_prop args = {0};

	if (cmdline)
		args = (struct dt_prop){(const u8 *)cmdline, (u32)strlen(cmdline)};
	else if (chosen != DT_NONE)
		args = dt_prop(dt, chosen, "bootargs");
	if (!args.data || args.size == 0 || args.data[0] == '\0')
		args = (struct dt_prop){(const u8 *)DEFAULT_CMDLINE, (u32)strlen(DEFAULT_CMDLINE)};
	snprintf(joined, sizeof(joined), "%s%s%.*s", text, args.size > 0 ? " " : "", (int)args.size,
		 (const char *)args.data);
	dt_close();
	cmdline = joined;
}

u32 arch_harts_parked(void)
{
	return 0;
}

const char *arch_cmdline(void)
{
	return cmdline;
}

/* The same list as the target's under an SBI console: the image, and the test device of the tree. */
bool arch_fixed_mapping(u32 i, struct arch_mapping *out)
{
	const struct arch_image *image = &handoff.image;
	const struct arch_mapping all[] = {
		{KERNEL_START, image->text, image->rodata - image->text, MAP_RX},
		{KERNEL_START + (image->rodata - image->text), image->rodata,
		 image->data - image->rodata, MAP_R},
		{KERNEL_START + (image->data - image->text), image->data, image->end - image->data,
		 MAP_RW},
	};
	phys_addr_t device;

	if (i == ARRAY_SIZE(all) && dt_test_device(handoff.dtb_bytes, handoff.dtb_size, &device)) {
		*out = (struct arch_mapping){FIXMAP_START, ALIGN_DOWN(device, PAGE_SIZE), PAGE_SIZE,
					     MAP_RW};
		return true;
	}
	if (i >= ARRAY_SIZE(all))
		return false;
	*out = all[i];
	return true;
}

/* The lowest memory that is large enough for an image, as a first guess: no rule is checked here. */
static phys_addr_t lowest_memory(const struct dt *dt)
{
	phys_addr_t lowest = ~0UL;
	struct dt_cells cells;

	if (!dt_cells(dt, DT_ROOT, &cells))
		return lowest;
	for (u32 i = 0; i < dt->nr_children; i++) {
		struct dt_prop reg = dt_prop(dt, dt->child[i].node, "reg");
		u64 base, size;
		u32 rest;

		if (!dt->child[i].is_memory || !dt_is_enabled(dt, dt->child[i].node))
			continue;
		for (u32 n = 0; n < dt_reg_count(reg, cells, &rest); n++)
			if (dt_reg(reg, cells, n, &base, &size) && size >= 2 * MEGAPAGE_SIZE &&
			    base < lowest)
				lowest = base;
	}
	return lowest;
}

struct arch_image host_default_image(const void *blob, u64 blob_size)
{
	char why[DT_MAX_REASON];
	const struct dt *dt = dt_open(blob, blob_size, why);
	phys_addr_t lowest = dt ? lowest_memory(dt) : ~0UL;
	phys_addr_t text =
		lowest == ~0UL ? 0x80200000 : ALIGN_UP(lowest, MEGAPAGE_SIZE) + MEGAPAGE_SIZE;

	dt_close();
	return (struct arch_image){text, text + IMAGE_RODATA, text + IMAGE_DATA, text + IMAGE_END};
}

void host_set_hart(u64 id)
{
	handoff.hart = id;
}

u64 host_default_hart(const void *blob, u64 blob_size)
{
	char why[DT_MAX_REASON];
	const struct dt *dt = dt_open(blob, blob_size, why);
	u64 hart = dt ? dt_first_hart(dt) : 0;

	dt_close();
	return hart;
}

phys_addr_t host_default_dtb(const struct arch_image *image)
{
	return ALIGN_UP(image->end, MEGAPAGE_SIZE);
}

_Noreturn void arch_poweroff(bool ok)
{
	exit(ok ? 0 : 1);
}

void arch_set_stack_guard(u64 guard)
{
	(void)guard;
}

static char **program_words;

void host_set_words(char **words)
{
	program_words = words;
}

/* The same program from its first instruction on: nothing of this boot is left. */
void arch_reboot(void)
{
	fflush(NULL);
	host_restore_terminal();
	if (program_words)
		execv("/proc/self/exe", program_words);
}

u64 arch_instret(void)
{
	return 0;
}

u64 arch_time(void)
{
	return 0;
}
