/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Judging the device tree blob before it is used: address, magic, size, place. Everything
 * deeper (structure and strings blocks) is for libfdt, once the blob is known to be readable
 * as a whole.
 */
#include "handoff.h"

#include "lib/panic.h"
#include "lib/string.h"

#define FDT_MAGIC_WORD 0xd00dfeedU
#define BLOB_ALIGN     8UL

/* Big endian, any alignment. */
static u32 read_be32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static struct range image_range(const struct arch_image *image)
{
	return (struct range){image->text, image->end};
}

static void judge_place(phys_addr_t dtb, u64 size, const struct arch_image *image)
{
	struct range blob;

	if (!range_make(dtb, size, &blob) || blob.end > HANDOFF_PHYS_END)
		stop("device tree at 0x%016lx: its %lu bytes end above 2^56, which no page table "
		     "reaches; "
		     "load it in RAM",
		     dtb, size);
	if (range_overlaps(blob, image_range(image)))
		stop("device tree 0x%016lx-0x%016lx overlaps the kernel 0x%016lx-0x%016lx (with "
		     ".bss); "
		     "load one of them elsewhere",
		     blob.start, blob.end, image->text, image->end);
}

void handoff_judge_address(phys_addr_t dtb, const struct arch_image *image)
{
	if (dtb == 0)
		stop("no device tree: a1 is 0; firmware must pass its physical address");
	judge_place(dtb, HANDOFF_HEADER_BYTES, image);
}

u32 handoff_judge_header(phys_addr_t dtb, const void *header, const struct arch_image *image)
{
	const u8 *bytes = header;
	u32 magic = read_be32(bytes);
	u32 totalsize = read_be32(bytes + 4);

	if (magic != FDT_MAGIC_WORD)
		stop("no device tree at 0x%016lx (a1): the first word is 0x%08x, not 0x%08x", dtb,
		     magic, FDT_MAGIC_WORD);
	if (totalsize < HANDOFF_HEADER_BYTES || totalsize > HANDOFF_BLOB_MAX)
		stop("device tree at 0x%016lx: totalsize is %u bytes, allowed are %lu to %lu", dtb,
		     totalsize, HANDOFF_HEADER_BYTES, HANDOFF_BLOB_MAX);
	judge_place(dtb, totalsize, image);
	return totalsize;
}

const void *handoff_align(phys_addr_t dtb, void *blob, u32 size)
{
	u64 off = dtb & (BLOB_ALIGN - 1);
	u8 *aligned = (u8 *)blob - off;

	if (off == 0)
		return blob;
	memmove(aligned, blob, size);
	log_warn("dtb-misaligned",
		 "device tree at 0x%016lx is not on an 8-byte boundary; moved down by %lu bytes; "
		 "load it aligned",
		 dtb, off);
	return aligned;
}
