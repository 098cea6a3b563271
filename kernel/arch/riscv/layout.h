/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the image lies: the linker's symbols (kernel.ld) at link addresses, and the one number
 * that turns them into physical addresses. Only this file and the assembly see those symbols.
 */
#pragma once

#include "arch/arch.h"

/**
 * layout_set_image - the physical address the image was loaded at, found by the entry. Once,
 * first.
 */
void layout_set_image(phys_addr_t pa);

/** layout_image - the image in physical addresses. After layout_set_image(). */
struct arch_image layout_image(void);

/** layout_is_image - is p an address inside the image (any part of it)? */
bool layout_is_image(const void *p);

/** image_to_phys - where a byte of the image lies. layout_is_image(p). */
phys_addr_t image_to_phys(const void *p);

/** layout_clear_bss - .bss becomes zero. Once, after the blob is known not to lie there. */
void layout_clear_bss(void);
bool layout_bss_is_clear(void);

/**
 * layout_stack_is_whole - has the stack kept out of its lowest words so far? The boot tables have no
 * guard below the stack; the final ones have .rodata there, which cannot be written.
 */
bool layout_stack_is_whole(void);
