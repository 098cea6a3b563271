/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where unforeseeable numbers come from at boot: /chosen rng-seed, which firmware fills with bytes of
 * its own (chosen.yaml of the devicetree schema), and the two counters of the hart.
 */
#pragma once

/**
 * randomness_init - seed lib/random.h and, with STACK_PROTECTOR, replace the stack guard that was
 * linked in. Once, after the devicetree stage, by a function that never returns: a frame that was entered with
 * the old guard would find another one at its end.
 */
void randomness_init(void);
