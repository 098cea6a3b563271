/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trap report. This kernel expects no trap, so each is the end of the boot; the report is
 * what a person needs to find the reason without a second run.
 *
 *   trap        load page fault at 0xffffffc4fffff000 in phase banks
 *   address     below the vmemmap window: nothing is mapped there
 *   pc          0xffffffff80001234
 *   registers   ra ... and all others
 */
#include "trap.h"

#include "arch/arch.h"
#include "lib/panic.h"
#include "power.h"
#include "stage.h"

static_assert(offsetof(struct trap_frame, sepc) == TRAP_SEPC, "trap.S stores where C reads");
static_assert(offsetof(struct trap_frame, scause) == TRAP_SCAUSE, "trap.S stores where C reads");
static_assert(offsetof(struct trap_frame, stval) == TRAP_STVAL, "trap.S stores where C reads");
static_assert(offsetof(struct trap_frame, sstatus) == TRAP_SSTATUS, "trap.S stores where C reads");
static_assert(sizeof(struct trap_frame) == TRAP_FRAME_SIZE, "trap.S makes room for all of it");
static_assert(TRAP_FRAME_SIZE % 16 == 0, "the stack stays 16-byte aligned (RISC-V ELF psABI)");

#define CAUSE_INTERRUPT (1UL << 63)
#define WHERE_BYTES     256

enum { REG_SP = 2, NR_REGISTERS = 32, REGISTERS_PER_LINE = 4 };

/* Privileged 1.12, table 4.2 */
static const char *const causes[] = {
	[0] = "instruction address misaligned",
	[1] = "instruction access fault",
	[2] = "illegal instruction",
	[3] = "breakpoint",
	[4] = "load address misaligned",
	[5] = "load access fault",
	[6] = "store access fault",
	[7] = "store access fault",
	[8] = "environment call from U-mode",
	[9] = "environment call from S-mode",
	[12] = "instruction page fault",
	[13] = "load page fault",
	[15] = "store page fault",
};

static const char *const register_names[NR_REGISTERS] = {
	"zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
	"a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
	"s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
};

static const char *cause_name(u64 scause)
{
	if (scause & CAUSE_INTERRUPT)
		return "interrupt that was never enabled";
	if (scause < ARRAY_SIZE(causes) && causes[scause])
		return causes[scause];
	return "trap of an unknown cause";
}

/* Is stval an address for this cause? (For an illegal instruction it is the instruction.) */
static bool has_address(u64 scause)
{
	return scause != 2 && scause < ARRAY_SIZE(causes) && causes[scause];
}

static void print_registers(const struct trap_frame *frame)
{
	u32 i;

	for (i = 1; i < NR_REGISTERS; i++) {
		if (i % REGISTERS_PER_LINE == 1)
			print("%-11s", i == 1 ? "registers" : "");
		print(" %-3s %016lx", register_names[i], frame->x[i]);
		if (i % REGISTERS_PER_LINE == 0)
			print("\n");
	}
	print("\n");
}

/* For the reason: the boot hart is not worth a word. */
static const char *on_hart(void)
{
	static char text[32];

	if (arch_this_hart()->index == 0)
		return "";
	format_text(text, sizeof(text), " on hart %lu", arch_this_hart()->id);
	return text;
}

void trap_report(const struct trap_frame *frame)
{
	const char *cause = cause_name(frame->scause);
	char where[WHERE_BYTES];

	stop_claim();
	if (power_is_going_off())
		arch_poweroff(false);
	log_fresh_line();
	print("%-11s %s at 0x%016lx in phase %s on hart %lu (scause 0x%lx)\n", "trap", cause,
	      frame->stval, stage_name(), arch_this_hart()->id, frame->scause);
	trap_where(frame->sepc, where, sizeof(where));
	print("%-11s 0x%016lx: %s\n", "pc", frame->sepc, where);
	trap_where(frame->x[REG_SP], where, sizeof(where));
	print("%-11s 0x%016lx: %s\n", "stack", frame->x[REG_SP], where);
	print_registers(frame);
	print("%-11s 0x%016lx\n", "sstatus", frame->sstatus);

	if (has_address(frame->scause)) {
		trap_where(frame->stval, where, sizeof(where));
		print("%-11s 0x%016lx: %s\n", "address", frame->stval, where);
		stop("trap%s: %s at 0x%016lx: %s; pc 0x%016lx", on_hart(), cause, frame->stval,
		     where, frame->sepc);
	}
	stop("trap%s: %s 0x%lx at pc 0x%016lx", on_hart(), cause, frame->stval, frame->sepc);
}
