/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first C of a boot: judge what firmware handed over, then make .bss usable, in this order,
 * because the blob may lie where .bss will be. Until layout_clear_bss() only .data is used.
 *
 * In:  head.S: boot tables live, boot stack, one hart.
 * Out: kernel_main() with arch_handoff() ready.
 */
#include "handoff.h"

#include "arch/arch.h"
#include "console.h"
#include "counter.h"
#include "fixmap.h"
#include "kernel.h"
#include "layout.h"
#include "power.h"
#include "sbi.h"
#include "stage.h"

/** entry_main - called by head.S. */
_Noreturn void entry_main(u64 hart, phys_addr_t dtb, phys_addr_t image_pa, u64 instret);

static struct arch_handoff handoff;

void entry_main(u64 hart, phys_addr_t dtb, phys_addr_t image_pa, u64 instret)
{
	struct arch_image image;
	const void *blob;
	u32 size;

	counter_probe();
	layout_set_image(image_pa);
	image = layout_image();

	handoff_judge_address(dtb, &image);
	blob = fixmap_show_blob(dtb, HANDOFF_HEADER_BYTES);
	size = handoff_judge_header(dtb, blob, &image);
	blob = fixmap_show_blob(dtb, size);

	layout_clear_bss();

	handoff = (struct arch_handoff){
		.hart = hart,
		.dtb = dtb,
		.dtb_bytes = blob,
		.dtb_size = size,
		.image = image,
		.mode = "sv39",
		.sbi = sbi_name(),
	};
	sbi_version(handoff.sbi_version, sizeof(handoff.sbi_version));
	console_has_tree(blob, size);
	power_has_tree(blob, size);
	handoff.console = console_name();
	if (instret > 0)
		stage_entered(instret);
	kernel_main();
}

const struct arch_handoff *arch_handoff(void)
{
	if (!IS_ALIGNED((va_t)handoff.dtb_bytes, sizeof(u64))) {
		handoff.dtb_bytes =
			handoff_align(handoff.dtb, fixmap_blob_writable(), handoff.dtb_size);
		power_has_tree(handoff.dtb_bytes, handoff.dtb_size);
	}
	return &handoff;
}

const char *arch_cmdline(void)
{
	return NULL;
}
