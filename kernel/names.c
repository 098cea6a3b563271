/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lasting copies of texts from the device tree: paths of nodes, mostly. They are needed as long
 * as the machine runs, the blob only until its memory is given away. Equal texts are kept
 * once, so that a pointer can stand for a name.
 *
 * The pool is a row of NUL-terminated texts; nothing is ever removed.
 */

#include "machine.h"

#include "lib/panic.h"
#include "lib/string.h"

#define POOL_BYTES (24 * KIB)

static char pool[POOL_BYTES];
static size_t used;

const char *names_intern(const char *text)
{
	size_t at, length, bytes = strlen(text) + 1;
	char *name;

	for (at = 0; at < used; at += length) {
		length = strlen(pool + at) + 1;
		if (length == bytes && memcmp(pool + at, text, bytes) == 0)
			return pool + at;
	}
	if (bytes > POOL_BYTES - used)
		stop("no room for the name \"%.64s\": %lu of %lu bytes are in use; the tree names "
		     "more nodes than fit, raise POOL_BYTES in names.c",
		     text, used, POOL_BYTES);
	name = memcpy(pool + used, text, bytes);
	used += bytes;
	return name;
}
