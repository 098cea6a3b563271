/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other harts: started through SBI's HSM, woken by a software interrupt. Interrupts are never taken
 * (sstatus.SIE is 0): wfi ends when one is pending and enabled in sie (Privileged 1.12, 3.3.3), and
 * it stays pending until it is cleared here. So a wake that comes before the sleep is not lost.
 */
#include "arch/arch.h"
#include "counter.h"
#include "csr.h"
#include "layout.h"
#include "lib/panic.h"
#include "sbi.h"

#define POLLS_WITHOUT_TIME 100000U

static_assert(offsetof(struct arch_hart, stack_end) == ARCH_HART_STACK_END,
	      "secondary.S reads where C writes");
static_assert(offsetof(struct arch_hart, trap_stack_end) == ARCH_HART_TRAP_STACK_END,
	      "secondary.S reads where C writes");

extern char secondary_entry[]; /* secondary.S */
extern u64 final_satp;         /* mmu.c */

void (*hart_main)(void); /* what secondary.S calls */

const char *arch_hart_start(struct arch_hart *hart, void (*fn)(void))
{
	s64 error;

	assert_kernel(final_satp != 0, hart->id, final_satp);
	if (!sbi_has_extension(SBI_HSM) || !sbi_has_extension(SBI_IPI) ||
	    !sbi_has_extension(SBI_RFENCE))
		return "firmware lacks one of the extensions HSM, IPI and RFENCE";
	hart_main = fn;
	/* Its data and all tables are in memory before it can run. */
	__asm__ volatile("fence rw, rw" : : : "memory");
	error = sbi_hart_start(hart->id, image_to_phys(secondary_entry), virt_to_phys(hart));
	return error == 0 ? NULL : sbi_error_name(error);
}

const char *arch_hart_status(const struct arch_hart *hart)
{
	return sbi_hart_status(hart->id);
}

bool arch_hart_came_back(const struct arch_hart *hart)
{
	return sbi_hart_is_stopped(hart->id);
}

void arch_hart_wake(const struct arch_hart *hart)
{
	/* What it shall find is written before it can look. */
	__asm__ volatile("fence rw, rw" : : : "memory");
	sbi_send_ipi(hart->id);
}

static bool software_pending(void)
{
	return (csr_read(sip) & SIE_SSIE) != 0;
}

/* Where S-mode cannot read the time it cannot say how long to sleep: then it looks, and counts. */
static void wait_without_time(void)
{
	for (u32 i = 0; i < POLLS_WITHOUT_TIME && !software_pending(); i++)
		arch_relax();
}

bool arch_hart_wait(u64 ticks)
{
	const u64 until = arch_time() + ticks;
	const bool timed = ticks > 0 && counter_has_time() && sbi_has_extension(SBI_TIME);
	bool woken;

	csr_set(sie, SIE_SSIE);
	if (timed) {
		csr_set(sie, SIE_STIE);
		sbi_set_timer(until);
	}
	if (ticks > 0 && !timed)
		wait_without_time();
	else
		__asm__ volatile("wfi" : : : "memory");
	woken = ticks == 0 || software_pending() || (timed && arch_time() < until);
	if (timed) {
		sbi_set_timer(SBI_TIMER_NEVER);
		csr_clear(sie, SIE_STIE);
	}
	csr_clear(sie, SIE_SSIE);
	csr_clear(sip, SIE_SSIE);
	/* Cleared first, then looked: a wake after this is pending again. */
	__asm__ volatile("fence iorw, iorw" : : : "memory");
	return woken;
}
