/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SBI calls that are about other harts: hart state management and interrupts between harts
 * (SBI 1.0, chapters 7 and 9).
 */
#include "lib/types.h"
#include "sbi.h"

static const char *const errors[] = {
	"done",
	"it failed",
	"not supported",
	"firmware knows no such hart",
	"firmware denies it",
	"firmware cannot start a hart at that address",
	"it runs already",
	"it has been started already",
	"it has been stopped already",
};

#define STATE_STOPPED 1

static const char *const states[] = {
	"started",   "stopped",         "start pending",  "stop pending",
	"suspended", "suspend pending", "resume pending",
};

s64 sbi_hart_start(u64 id, phys_addr_t start, u64 argument)
{
	return sbi_call(SBI_HSM, SBI_HSM_START, id, start, argument).error;
}

const char *sbi_hart_status(u64 id)
{
	struct sbi_result state = sbi_call(SBI_HSM, SBI_HSM_STATUS, id, 0, 0);

	return state.error == 0 && state.value < ARRAY_SIZE(states) ? states[state.value]
								    : "unknown";
}

bool sbi_hart_is_stopped(u64 id)
{
	struct sbi_result state = sbi_call(SBI_HSM, SBI_HSM_STATUS, id, 0, 0);

	return state.error == 0 && state.value == STATE_STOPPED;
}

const char *sbi_error_name(s64 error)
{
	return error <= 0 && -error < (s64)ARRAY_SIZE(errors) ? errors[-error]
							      : "an error without a name";
}

/* A mask of one hart that begins at the hart: any id will do. */
void sbi_send_ipi(u64 id)
{
	sbi_call(SBI_IPI, 0, 1, id, 0);
}
