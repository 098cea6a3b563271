/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine without a device tree: its tables are filled by hand, then the stages of the boot run
 * on it, as many as a test wants.
 *
 *	given_virt(256 * MIB);
 *	given_bank(0xa0000000, 16 * MIB);
 *	boot_to("paging");
 *	... look, or damage something ...
 *	boot_to("check");
 *
 * Everything is that of the host: a memfd behind windows without rights, so that a hole or a no-map
 * byte that is touched is a fault. Once per process; every test has one of its own. The memory is
 * shared with the process of an EXPECT_STOP: what that changes there is changed.
 */
#pragma once

#include "machine.h"
#include "mm/bank.h"
#include "mm/memmodel.h"
#include "mm/owner.h"
#include "unit.h"

/* What given_virt() makes, the addresses of QEMU's virt. */
#define VIRT_BASE     0x80000000UL
#define VIRT_FIRMWARE (512 * KIB)
#define VIRT_IMAGE    (VIRT_BASE + 2 * MIB)
#define VIRT_DTB      (VIRT_BASE + 4 * MIB)

/* The image, wherever it lies. */
#define IMAGE_TEXT_BYTES  (96 * KIB)
#define IMAGE_FIXED_BYTES (128 * KIB) /* text and rodata: what the direct map shows read only */
#define IMAGE_BYTES       (512 * KIB)

/** given_bank - one more bank, a memory node of its own without a node id. */
struct machine_bank *given_bank(phys_addr_t start, u64 size);

/** given_node_bank - one more bank of that numa-node-id. */
struct machine_bank *given_node_bank(u32 nid, phys_addr_t start, u64 size);

/** given_hart - one more hart that may be started, of that numa-node-id or NUMA_NO_NODE; 0 is the boot hart. */
void given_hart(u64 id, u32 nid);

/** given_reserved - one more static reservation; no-map when the owner is OWNER_FIRMWARE. */
struct machine_reservation *given_reserved(enum machine_owner owner, phys_addr_t start, u64 size,
					   const char *name);

/** given_mem, given_mem_at - one more mem=SIZE, mem=SIZE@START. */
void given_mem(u64 size);
void given_mem_at(u64 size, phys_addr_t start);

/**
 * given_image - where the image lies; 2 MiB aligned. Without it: 2 MiB above the first bank given.
 */
void given_image(phys_addr_t text);

/** given_dtb - where the blob lies; without it behind the image, 2 MiB aligned. */
void given_dtb(phys_addr_t dtb);

/** given_virt - a bank at VIRT_BASE, and firmware in its first 512 KiB. */
void given_virt(u64 ram);

/**
 * boot_to - run the stages that did not run yet, up to and with that one: "banks", "reservations",
 * "memblock", "paging", "memtest", "nodes", "memmap", "zones", "gigantic", "handover", "initrd",
 * "hugetlb", "check".
 */
void boot_to(const char *stage);

/** warned - how often a warning of that name was given; warned_total of all names. */
u32 warned(const char *name);
u32 warned_total(void); /* not vmemmap-base-pages: that depends on the section size */

/** dropped_bytes - bytes that are dropped for that reason. */
u64 dropped_bytes(const char *why);

/** bank_bytes - of all banks. */
u64 bank_bytes(void);

/** is_model - is this binary linked with that memory model? */
bool is_model(const char *name);

/** has_sections - sparse and vmemmap. */
bool has_sections(void);

/** expect_sound - after "check": audit again and ledger. */
void expect_sound(const char *file, int line);
#define EXPECT_SOUND() expect_sound(__FILE__, __LINE__)

/** expect_banks - the bank table holds exactly these ranges, and ram is banks and dropped. */
void expect_banks(const char *file, int line, const struct range *want, u32 nr);
#define EXPECT_BANKS(...)                                                     \
	expect_banks(__FILE__, __LINE__, (const struct range[]){__VA_ARGS__}, \
		     ARRAY_SIZE(((const struct range[]){__VA_ARGS__})))
