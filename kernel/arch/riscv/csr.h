/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access to control and status registers, and the address translation fence.
 *
 *   satp   63  60 59    44 43                 0
 *         | MODE |  ASID  |        PPN         |      Privileged 1.12, 4.1.11; MODE 8 is Sv39
 */
#pragma once

#include "boot.h"
#include "lib/types.h"

#define csr_read(csr)                                              \
	({                                                         \
		u64 value_;                                        \
		__asm__ volatile("csrr %0, " #csr : "=r"(value_)); \
		value_;                                            \
	})

#define csr_write(csr, value)                                                     \
	({                                                                        \
		u64 value_ = (value);                                             \
		__asm__ volatile("csrw " #csr ", %0" : : "r"(value_) : "memory"); \
	})

#define csr_set(csr, bits)                                                       \
	({                                                                       \
		u64 bits_ = (bits);                                              \
		__asm__ volatile("csrs " #csr ", %0" : : "r"(bits_) : "memory"); \
	})

#define csr_clear(csr, bits)                                                     \
	({                                                                       \
		u64 bits_ = (bits);                                              \
		__asm__ volatile("csrc " #csr ", %0" : : "r"(bits_) : "memory"); \
	})

/* sie and sip, Privileged 1.12, 4.1.3 */
#define SIE_SSIE (1UL << 1) /* software: another hart */
#define SIE_STIE (1UL << 5) /* timer */

/** satp_sv39 - the value that makes the table in frame root_pfn the live root; ASID 0. */
static inline u64 satp_sv39(pfn_t root_pfn)
{
	return (u64)SATP_MODE_SV39 << SATP_MODE_SHIFT | root_pfn;
}

/**
 * tlb_fence - earlier writes to page tables are seen by later translations of this hart
 * (Privileged 1.12, 4.2.1). Always the form for all addresses and spaces: some U74 (SiFive
 * errata CIP-1200) do not honour the narrower ones for every cached entry, and bring-up adds
 * leaves rarely.
 */
static inline void tlb_fence(void)
{
	__asm__ volatile("sfence.vma zero, zero" : : : "memory");
}
