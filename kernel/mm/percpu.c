/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data and stacks of the harts, one block each, allocated while memblock is open: whether a hart comes
 * up or not, the ledger has them.
 *
 *   pa  [ struct hart ... | stack   | trap stack )     near the hart's node
 *   va                    HART_STACKS_START + index * HART_SLOT_SIZE, with guards: arch.h
 *
 * The boot hart's data is part of the image, and of its file: tp points to it before .bss is clear.
 */
#include "mm/percpu.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "mm/early.h"
#include "mm/numa.h"
#include "mm/paging.h"

#define DATA_SIZE  ALIGN_UP(sizeof(struct hart), PAGE_SIZE)
#define BLOCK_SIZE (DATA_SIZE + HART_STACK_SIZE + HART_TRAP_STACK_SIZE)

static_assert(HART_STACK_SIZE + HART_TRAP_STACK_SIZE + 2 * PAGE_SIZE <= HART_SLOT_SIZE,
	      "two stacks and two guards must fit");
static_assert(offsetof(struct hart, arch) == 0, "tp is both");

struct hart boot_hart
	__attribute__((section(".data"))) = {.state = HART_UP, .pcp_high = PCP_HIGH, .at_work = 1};
struct hart *harts[MACHINE_MAX_HARTS] = {&boot_hart};
u32 nr_harts = 1;

struct range percpu_block(const struct hart *hart)
{
	const phys_addr_t pa = virt_to_phys(hart);

	assert_kernel(hart != &boot_hart, hart->arch.id, nr_harts);
	return (struct range){pa, pa + BLOCK_SIZE};
}

u32 percpu_node(const struct machine_hart *from)
{
	u32 nid;

	if (from->nid < MAX_NUMNODES && node_is_online(from->nid))
		return from->nid;
	for_each_online_node (nid)
		return nid;
	return 0;
}

static bool show_stacks(struct hart *hart, phys_addr_t pa)
{
	const va_t slot = HART_STACKS_START + hart->arch.index * HART_SLOT_SIZE;

	hart->arch.stack_end = slot + PAGE_SIZE + HART_STACK_SIZE;
	hart->arch.trap_stack_end = hart->arch.stack_end + PAGE_SIZE + HART_TRAP_STACK_SIZE;
	return paging_add_stack(hart->arch.stack_end - HART_STACK_SIZE, pa + DATA_SIZE,
				HART_STACK_SIZE) &&
	       paging_add_stack(hart->arch.trap_stack_end - HART_TRAP_STACK_SIZE,
				pa + DATA_SIZE + HART_STACK_SIZE, HART_TRAP_STACK_SIZE);
}

static void add_hart(const struct machine_hart *from)
{
	struct hart *hart;
	phys_addr_t pa;

	if (!early_alloc(OWN_HARTS, BLOCK_SIZE, percpu_node(from), &pa)) {
		log_warn("hart-memory", "no %s for the data and stacks of hart %lu: it is not used",
			 size_text(BLOCK_SIZE).s, from->id);
		return;
	}
	hart = phys_to_virt(pa);
	hart->arch.id = from->id;
	hart->arch.index = nr_harts;
	hart->nid = percpu_node(from);
	hart->pcp_high = PCP_HIGH;
	if (show_stacks(hart, pa)) {
		harts[nr_harts++] = hart;
		return;
	}
	early_free(OWN_HARTS, pa, BLOCK_SIZE);
	log_warn("hart-memory", "no page table for the stack of hart %lu: it is not used",
		 from->id);
}

void percpu_init(void)
{
	const u64 boot = arch_handoff()->hart;
	const u32 most = machine.options.max_harts;

	boot_hart.arch.id = boot;
	boot_hart.nid = percpu_node(&(struct machine_hart){.nid = boot_hart.nid});
	for (u32 i = 0; i < machine.nr_harts; i++) {
		const struct machine_hart *from = &machine.harts[i];

		if (from->id == boot)
			boot_hart.nid = percpu_node(from);
		else if (!from->why && nr_harts < MACHINE_MAX_HARTS && (!most || nr_harts < most))
			add_hart(from);
	}
}

struct hart *percpu_of(const struct machine_hart *from)
{
	for (const struct machine_hart *h = machine.harts; h < from; h++)
		if (h->id == from->id)
			return NULL;
	if (from->why && from->id != boot_hart.arch.id)
		return NULL;
	for (u32 i = 0; i < nr_harts; i++)
		if (harts[i]->arch.id == from->id)
			return harts[i];
	return NULL;
}

const char *percpu_why_not(const struct machine_hart *from)
{
	if (from->why)
		return from->why;
	return machine.options.max_harts && nr_harts >= machine.options.max_harts
		       ? "maxcpus= allows no more"
		       : "there was no memory for its data and stacks";
}

/* It was zero before the hart came up, and is entered from its top. */
u64 percpu_stack_used(const struct hart *hart)
{
	const u64 *word = phys_to_virt(percpu_block(hart).start + DATA_SIZE);
	u64 untouched = 0;

	while (untouched < HART_STACK_SIZE && *word++ == 0)
		untouched += sizeof(*word);
	return HART_STACK_SIZE - untouched;
}

const char *hart_state_name(const struct hart *hart)
{
	static const char *const names[] = {
		[HART_STOPPED] = "stopped",
		[HART_REFUSED] = "refused",
		[HART_STARTING] = "starting",
		[HART_LATE] = "late",
		[HART_UP] = "up",
	};

	return hart == &boot_hart ? "boot" : names[hart->state];
}
