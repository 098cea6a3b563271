/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Harts on Linux: threads.
 */
#include "arch/arch.h"
#include "mm/percpu.h"

__thread struct arch_hart *host_hart = &boot_hart.arch;
