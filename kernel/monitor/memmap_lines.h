/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the commands about the memmap share, for models with sections and without.
 */
#pragma once

#include "mm/memmap_backing.h"

/** memmap_when - when the leaves of the vmemmap were made, and by which chain of calls, as recorded. */
void memmap_when(void);

/** memmap_arrays - struct pages that the direct map shows: one line a run of them. */
void memmap_arrays(void);
