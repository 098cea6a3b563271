/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The formatter's inner interface: where formatted text goes. A sink is a buffer that is
 * either cut at its end (format_text) or written out whenever it is full (the console).
 * Only lib/ includes this; everybody else uses lib/log.h.
 */
#pragma once

#include <stdarg.h>

#include "lib/types.h"

struct format_sink {
	char *buf;
	size_t size;                             /* bytes of buf */
	size_t used;                             /* bytes of buf that hold text */
	size_t total;                            /* length of the whole text so far, cut or not */
	void (*flush)(struct format_sink *sink); /* empties buf; NULL: cut what does not fit */
};

/** format_put - append n bytes as they are. */
void format_put(struct format_sink *sink, const char *text, size_t n);

/** format_to - append formatted text. No final NUL. */
void format_to(struct format_sink *sink, const char *fmt, va_list ap);
