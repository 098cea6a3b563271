/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The counters behind arch_instret() and arch_time().
 */
#pragma once

#include "lib/types.h"

/** counter_probe - find out which of them may be read. Once, before the first line is printed. */
void counter_probe(void);

/** counter_has_time - does the time CSR count? */
bool counter_has_time(void);
