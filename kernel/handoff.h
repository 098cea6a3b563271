/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is what firmware handed over usable? Judged before anything outside the loaded file is
 * written, and without believing anything: the blob's own header says how large it is, and the
 * blob may lie on top of us. Both implementations of arch.h ask here, in this order.
 *
 *     image  [text | rodata | data | .bss )
 *     blob                      [========)      stop: clearing .bss would destroy the tree
 */
#pragma once

#include "arch/arch.h"

#define HANDOFF_HEADER_BYTES 40UL        /* struct fdt_header, devicetree-specification 0.4, 5.2 */
#define HANDOFF_BLOB_MAX     (2 * MIB)   /* what the fixmap can show */
#define HANDOFF_PHYS_END     (1UL << 56) /* Sv39: 44 bits of pfn, Privileged 1.12, 4.4.1 */

/**
 * handoff_judge_address - a1 alone, before it is read. Stops when it is zero, when not even a
 * header fits below 2^56, or when the header would lie in the image.
 */
void handoff_judge_address(phys_addr_t dtb, const struct arch_image *image);

/**
 * handoff_judge_header - the first HANDOFF_HEADER_BYTES of the blob, readable at header (any
 * alignment). Stops on a wrong magic, on a totalsize that is smaller than the header or larger
 * than HANDOFF_BLOB_MAX, and when the blob overlaps the image or ends above 2^56.
 * Result: totalsize, the bytes of the blob.
 */
u32 handoff_judge_header(phys_addr_t dtb, const void *header, const struct arch_image *image);

/**
 * handoff_align - libfdt wants the blob on an 8-byte boundary. Moves a misaligned blob down to
 * one, with a warning ("dtb-misaligned"); at most 7 bytes before it change, and they are in the
 * blob's own first page, which is reserved with it. Only after .bss is clear.
 * Result: where the blob is now.
 */
const void *handoff_align(phys_addr_t dtb, void *blob, u32 size);
