/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests of the section tables: they are compiled for every memory model, but FLAT and DISCONTIG
 * have no such tables. There the names are weak and never used: has_sections() says so first.
 */
#pragma once

#include "boot_fixture.h"
#include "mm/sparse.h"

#pragma weak mem_section
#pragma weak section_base
#pragma weak section_validity
#pragma weak sparse_figures
#pragma weak sections_init
#pragma weak memory_present
#pragma weak next_present_section
#pragma weak section_home_nid
#pragma weak section_set_word
#pragma weak sparse_buffer_alloc

#define SECTION (1UL << SECTION_SIZE_BITS)

/* For the tests: where RAM starts, the first byte of a section whatever its size. */
#define BASE    0x80000000UL
#define S(n)    (BASE + (n)*SECTION)
#define BASE_NR (BASE / SECTION)

/* This file's tests need sections: others have nothing to say about them. */
#define NEEDS_SECTIONS()             \
	do {                         \
		if (!has_sections()) \
			return;      \
	} while (0)
