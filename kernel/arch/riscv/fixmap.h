/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fixmap: a few physical pages that code must reach although no direct map shows them yet,
 * or ever will: the device tree blob wherever firmware put it, and the registers of the UART
 * and of the test device. Filled under the boot tables; paging.c puts the registers at the same
 * addresses into the final tables (arch_fixed_mapping()), the blob not.
 *
 *   FIXMAP_START  [ blob, at most 513 pages ...   | probe | uart | test ]   4 MiB: two tables
 */
#pragma once

#include "arch/arch.h"

enum fixmap_device {
	FIXMAP_UART,
	FIXMAP_TEST,
	NR_FIXMAP_DEVICES,
};

/**
 * fixmap_show_blob - make [pa, pa + size) readable: exactly the pages that hold a byte of it.
 * size <= HANDOFF_BLOB_MAX, pa + size <= HANDOFF_PHYS_END. A second call for the same pa and a
 * larger size extends it. Callable before .bss is clear. Result: the byte at pa.
 */
const void *fixmap_show_blob(phys_addr_t pa, u64 size);

/**
 * fixmap_blob_writable - the same bytes, and they may be written from now on under the boot
 * tables.
 */
void *fixmap_blob_writable(void);

/**
 * fixmap_show_device - make the page of registers at pa readable and writable. Result: the byte
 * at pa.
 */
void *fixmap_show_device(enum fixmap_device device, phys_addr_t pa);

/**
 * fixmap_show_probe - make the page at pa readable and writable, in place of the one of the call
 * before. The final tables do not show it. Result: the byte at pa.
 */
void *fixmap_show_probe(phys_addr_t pa);

/** fixmap_close - the boot tables are not live any more: nothing can be added. */
void fixmap_close(void);

/**
 * fixmap_what - what the fixmap shows at va, and where it is; NULL for nothing. va in the
 * window.
 */
const char *fixmap_what(va_t va, phys_addr_t *pa);
