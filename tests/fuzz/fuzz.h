/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the fuzz targets share. libFuzzer calls a target thousands of times in one process; the kernel
 * boots once in its life. So its static state, which the build collects in one section, is kept
 * before the first input and put back after each; what would leave the kernel comes back here.
 */
#pragma once

#include "lib/types.h"

/** fuzz_init - in the target: once, before the first input. */
void fuzz_init(void);

/* In the target: one input. libFuzzer's name. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/** fuzz_keep - from now on fuzz_restore() puts these bytes back as they are. */
void fuzz_keep(void *at, size_t size);

/** fuzz_keep_state - the same for the static state of the kernel. */
void fuzz_keep_state(void);

/** fuzz_restore - put everything back that was kept. */
void fuzz_restore(void);

/**
 * fuzz_run - call into the kernel. True: it returned or switched the machine off with a good verdict;
 * false: it stopped with a reason. A failed assertion of the kernel is a finding and does not come back.
 */
bool fuzz_run(void (*run)(void));

/** fuzz_type - what the console reads from now on, then its end; nothing without. by_person: it is a terminal. */
void fuzz_type(const u8 *data, size_t size, bool by_person);

/** fuzz_output - what the kernel printed since the last fuzz_run() began; the end of it, when it was long. */
#define FUZZ_OUTPUT_WHOLE (32 * KIB) /* up to here nothing is missing */
const char *fuzz_output(void);

/** fuzz_finding - end the process as a crash: libFuzzer keeps the input. */
_Noreturn void fuzz_finding(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The input as numbers; zeros behind its end. */
struct fuzz_bytes {
	const u8 *at, *end;
};

static inline u32 fuzz_u8(struct fuzz_bytes *bytes)
{
	return bytes->at < bytes->end ? *bytes->at++ : 0;
}

static inline u32 fuzz_u16(struct fuzz_bytes *bytes)
{
	u32 low = fuzz_u8(bytes);

	return low | fuzz_u8(bytes) << 8;
}
