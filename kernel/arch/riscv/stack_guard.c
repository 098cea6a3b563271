/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The far end of -fstack-protector-strong: a function with an array on its stack puts a copy of
 * __stack_chk_guard between the array and the saved registers, and looks at it before it
 * returns. Both names are fixed by the compiler (GCC 12 manual, RISC-V
 * Options, -mstack-protector-guard=global).
 */
#include "arch/arch.h"
#include "arch_address.h"
#include "lib/panic.h"
#include "trap.h"

#define WHERE_BYTES 192

extern u64 __stack_chk_guard;
_Noreturn void __stack_chk_fail(void);

/* Until the tree is read. The zero byte is what a runaway string copy cannot write. */
u64 __stack_chk_guard __attribute__((section(".data"))) = 0x5ac3e0719b2d4600UL;

void arch_set_stack_guard(u64 guard)
{
	__stack_chk_guard = guard & ~0xffUL;
}

void __stack_chk_fail(void)
{
	const u64 pc = arch_return_address();
	char where[WHERE_BYTES];

	trap_where(pc, where, sizeof(where));
	stop("the stack was overwritten in the function at 0x%lx (%s): it wrote beyond an array "
	     "of its own, or was given a pointer to one and a wrong size",
	     pc, where);
}
