/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Seeds the generator once. A tree without rng-seed is no error: the counters are all there is
 * then, and a line says so to those who asked for a guard.
 */
#include "randomness.h"

#include "arch/arch.h"
#include "lib/log.h"
#include "lib/random.h"
#include "lib/trace.h"
#include "machine.h"

void randomness_init(void)
{
	random_seed(machine.rng_seed, machine.rng_seed_bytes, arch_time() ^ arch_instret() << 32);
	if (!config_stack_protector)
		return;
	arch_set_stack_guard(random_u64());
	if (machine.rng_seed_bytes > 0)
		log_line("random", "stack guard from %u bytes of /chosen rng-seed",
			 machine.rng_seed_bytes);
	else
		log_line("random", "stack guard from the time alone: the tree has no rng-seed");
}
