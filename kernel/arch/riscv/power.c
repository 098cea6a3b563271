/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ways to switch the machine off, best first.
 *
 * SiFive's test device, which QEMU's virt machine has (tree: "sifive,test1"): one word ends the
 * emulator, and decides its exit status. It comes before SBI because OpenSBI 1.1 passes no
 * reason of SRST on, so a failed boot would look like a good one. S-mode may write it.
 * Then SBI: SRST, the legacy call. A machine with none of these sleeps.
 *
 * A cold reboot goes the other way round: SRST first, since here it has a reason to pass on.
 *
 * The tree is searched only when it is needed, at the switch to the final tables or at a
 * stop before it: the search costs as much as a stage.
 */
#include "power.h"

#include "arch/arch.h"
#include "dt/fdt.h"
#include "fixmap.h"
#include "sbi.h"

enum {
	TEST_PASS = 0x5555,            /* exit status 0 */
	TEST_FAIL = 0x3333 | 1U << 16, /* exit status 1 */
	TEST_RESET = 0x7777,
};

static struct {
	const void *blob;
	u32 size;
	volatile u32 *test_device;
	bool going_off;
} power __attribute__((section(".data")));

void power_has_tree(const void *blob, u32 size)
{
	power.blob = blob;
	power.size = size;
}

void power_find_device(void)
{
	const void *blob = power.blob;
	phys_addr_t base;

	power.blob = NULL; /* once; and a trap in here does not come back */
	if (blob && dt_test_device(blob, power.size, &base) && IS_ALIGNED(base, sizeof(u32)))
		power.test_device = fixmap_show_device(FIXMAP_TEST, base);
}

bool power_is_going_off(void)
{
	return power.going_off;
}

void arch_poweroff(bool ok)
{
	volatile u32 *device;

	power.going_off = true;
	power_find_device();
	device = power.test_device;
	power.test_device = NULL; /* a trap at the write comes back here and finds the next way */
	if (device)
		*device = ok ? TEST_PASS : TEST_FAIL;
	sbi_shutdown(ok);
	for (;;)
		__asm__ volatile("wfi");
}

void arch_reboot(void)
{
	sbi_reboot();
	power_find_device();
	if (power.test_device)
		*power.test_device = TEST_RESET;
}
