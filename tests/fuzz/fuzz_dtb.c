/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a device tree, through the whole boot: kernel_main() with all stages, the report, the
 * self-test and the record. Good answers: a good verdict, or a stop with a reason before the check
 * stage. Findings: a sanitizer's, a fault in a window without rights, a failed assertion, a failed
 * audit, ledger or self-test, an input that takes too long, a boot without exactly one verdict.
 *
 * One process boots again and again: static state is put back by fuzz_restore(), and the memory
 * of the machine is a new memfd each time. Measured: 15 ms of CPU time for a whole boot
 * with sanitizers, 0.5 ms for one that stops early; most of it initialises struct pages and tests. A
 * process per input would add its fork with shadow memory, and libFuzzer would not see which code the
 * child reached.
 *
 * Banks are made smaller before the banks stage, or an input with much RAM would be a matter of
 * seconds; places, holes, nodes and odd edges at their starts stay.
 */
#include <string.h>

#include <sanitizer/asan_interface.h>

#include "arch/host/host.h"
#include "fuzz.h"
#include "handoff.h"
#include "kernel.h"
#include "machine.h"
#include "mm/bank.h"
#include "stage.h"
#include "unit.h"

#define FIRST_BANKS (16 * MIB) /* what each of the first banks keeps */
#define FIRST       4
#define LATER_BANKS (64 * KIB)

static const u8 *blob;
static size_t blob_size;
static const void *poisoned;

void __real_banks_init(void);
void __wrap_banks_init(void)
{
	for (u32 i = 0; i < machine.nr_banks; i++) {
		struct range *r = &machine.banks[i].range;
		u64 odd = r->end % PAGE_SIZE;
		u64 keep = i < FIRST ? FIRST_BANKS + odd : LATER_BANKS + odd;

		if (range_size(*r) > keep)
			r->end = r->start + keep;
	}
	for (u32 i = 0; i < machine.options.nr_mem; i++)
		machine.options.mem[i].size =
			min_u64(machine.options.mem[i].size, 2 * FIRST_BANKS + 1);
	machine.options.memtest = (u32)min_u64(machine.options.memtest, 2);
	__real_banks_init();
}

/* Behind the blob lies the rest of a large array: make it untouchable for the readers of the tree. */
const struct arch_handoff *__real_arch_handoff(void);
const struct arch_handoff *__wrap_arch_handoff(void)
{
	const struct arch_handoff *handoff = __real_arch_handoff();

	if (!poisoned && handoff->dtb_size + PAGE_SIZE < HANDOFF_BLOB_MAX) {
		poisoned = (const char *)handoff->dtb_bytes + handoff->dtb_size;
		ASAN_POISON_MEMORY_REGION(poisoned, PAGE_SIZE);
	}
	return handoff;
}

static void boot(void)
{
	struct arch_image image = host_default_image(blob, blob_size);

	host_prepend_cmdline(blob, blob_size, "record selftest");
	host_set_handoff(blob, blob_size, host_default_dtb(&image), &image);
	kernel_main();
}

void fuzz_init(void)
{
	fuzz_keep_state();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const char *verdict;
	bool good;

	blob = data;
	blob_size = size;
	good = fuzz_run(boot);
	if (!good && strcmp(stage_name(), "check") == 0)
		fuzz_finding("a boot that reached the check stage must end well");
	verdict = strstr(fuzz_output(), "\nmm.verdict ");
	ASSERT(machine.options.fault[0] || (verdict && !strstr(verdict + 1, "\nmm.verdict ")));
	if (poisoned)
		ASAN_UNPOISON_MEMORY_REGION(poisoned, PAGE_SIZE);
	poisoned = NULL;
	host_forget_memory();
	fuzz_restore();
	return 0;
}
