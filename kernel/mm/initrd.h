/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The initrd: a file that the loader has put into RAM (/chosen linux,initrd-start and -end;
 * devicetree specification 0.4, 3.6). It is kept from use like every reservation, until whoever
 * wanted it says that it is done; then its pages become free like all others, once.
 *
 *   initrd         [.............................)          to the byte
 *   kept     |[....|.........|.........|.........|..)|      whole pages: page borders are |
 *   freed          ^ all of them, but an edge page that something else is reserved in, too
 */
#pragma once

#include "lib/range.h"

enum initrd_state {
	INITRD_NONE, /* the tree names none, or one that cannot be kept (initrd-range, initrd-dropped) */
	INITRD_KEPT,
	INITRD_FREED,
};

struct initrd {
	enum initrd_state state;
	struct range range; /* physical, to the byte; empty when there is none */
	u64 pages;          /* that went to the buddy allocator; 0 until freed */
};

/** initrd_init - the stage after hand-over: frees the initrd when initrd=free says so, else nothing. */
void initrd_init(void);

/** initrd_now - what has become of it. After the reservations stage. */
struct initrd initrd_now(void);

/**
 * initrd_free - nobody needs the initrd any more: its pages go to the buddy allocator, and its
 * reservation goes. So does a /memreserve/ entry for exactly its bytes, as U-Boot makes one. A page that
 * another reservation shares stays, and so does one without a struct page. Contents are left as they are.
 * False, and nothing happens, when there is no initrd or it has been freed before. After hand-over.
 */
bool initrd_free(void);
