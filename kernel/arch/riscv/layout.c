/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The image's own addresses. The image is linked at KERNEL_START and mapped there as one piece,
 * so link address minus KERNEL_START is the offset from where it was loaded.
 */
#include "layout.h"

#include "boot.h"
#include "lib/panic.h"
#include "lib/string.h"

static_assert(BOOT_KERNEL_START == KERNEL_START, "head.S maps the image where arch.h says");
static_assert(BOOT_PAGE_SIZE == PAGE_SIZE, "head.S and types.h agree on the page");
static_assert(BOOT_MEGAPAGE_SIZE == MEGAPAGE_SIZE, "head.S and types.h agree on the megapage");

#define STACK_MARGIN_WORDS 32 /* zero in the file; a stack that reached them may have gone beyond */

/* kernel.ld and head.S; only their addresses have a meaning, but for the two counters */
extern char image_start[];
extern char image_rodata[];
extern char image_data[];
extern char image_bss[];
extern char image_end[];
extern u64 boot_stack[];
extern u32 boot_parked;

/* In .data: it is set before .bss is cleared. */
static phys_addr_t image_pa __attribute__((section(".data")));
static bool bss_is_clear __attribute__((section(".data")));

void layout_set_image(phys_addr_t pa)
{
	image_pa = pa;
	assert_kernel((va_t)image_start == KERNEL_START, image_start, KERNEL_START);
	assert_kernel(IS_ALIGNED(pa, MEGAPAGE_SIZE), pa, MEGAPAGE_SIZE);
}

bool layout_is_image(const void *p)
{
	return (va_t)p >= (va_t)image_start && (va_t)p < (va_t)image_end;
}

/* Also takes image_end, one past the last byte. */
static phys_addr_t to_phys(const void *p)
{
	return (va_t)p - KERNEL_START + image_pa;
}

phys_addr_t image_to_phys(const void *p)
{
	assert_kernel(layout_is_image(p), p, image_end);
	return to_phys(p);
}

struct arch_image layout_image(void)
{
	return (struct arch_image){
		.text = to_phys(image_start),
		.rodata = to_phys(image_rodata),
		.data = to_phys(image_data),
		.end = to_phys(image_end),
	};
}

void layout_clear_bss(void)
{
	memset(image_bss, 0, (size_t)(image_end - image_bss));
	bss_is_clear = true;
}

bool layout_bss_is_clear(void)
{
	return bss_is_clear;
}

bool layout_stack_is_whole(void)
{
	u64 used = 0;

	for (u32 i = 0; i < STACK_MARGIN_WORDS; i++)
		used |= boot_stack[i];
	return used == 0;
}

u32 arch_harts_parked(void)
{
	return __atomic_load_n(&boot_parked, __ATOMIC_RELAXED);
}
