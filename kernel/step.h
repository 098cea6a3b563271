/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot in slow motion: with the boot argument step, every stage ends with what it made, under
 * the names that the articles of 2011 and 2019 and Linux 6.12 have for it, and a person at the
 * console is asked to go on.
 */
#pragma once

/** step_before - a stage is about to run: if the one before was shown, wait until Enter is typed. */
void step_before(void);

/** step_after - show what the stage of that name has made. Does nothing without the argument step. */
void step_after(const char *stage);
