/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole contract between the memory code and the machine. Two implementations:
 * riscv/ (the real one) and host/ (a Linux process whose physical memory is one memfd
 * behind a PROT_NONE window). Nothing else may start with arch_.
 *
 * The virtual map, the same on every boot and in both implementations (on the host these are
 * the addresses written into the tables; pointers come from phys_to_virt and vmemmap):
 *
 *   0xffffffc500000000  VMEMMAP_START      4 GiB   struct pages: 256 GiB of span
 *   0xffffffd600000000  DIRECT_MAP_START 128 GiB   banks of RAM, rw-, no no-map byte
 *   0xffffffff00000000  FIXMAP_START       1 GiB   registers of UART and test device; stacks of harts
 *   0xffffffff80000000  KERNEL_START       2 GiB   the image: text r-x, rodata r--, data rw-
 *
 * Sv39 (Privileged 1.12, 4.4) gives S-mode the top 256 GiB: 0xffffffc000000000 and up.
 */
#pragma once

#include "lib/range.h"

#define VMEMMAP_START    0xffffffc500000000UL
#define VMEMMAP_SIZE     (4 * GIB)
#define DIRECT_MAP_START 0xffffffd600000000UL
#define DIRECT_MAP_SIZE  (128 * GIB)
#define FIXMAP_START     0xffffffff00000000UL
#define FIXMAP_SIZE      (1 * GIB)
#define KERNEL_START     0xffffffff80000000UL

/*
 * The stacks of the harts other than the boot hart, one slot each, by index. What lies between
 * them is mapped nowhere: an overflow of a stack faults, and the report of it has its own.
 *
 *   slot  [ guard  | stack ......... | guard  | trap  | -  -  - )
 */
#define HART_STACKS_START    (FIXMAP_START + 512 * MIB)
#define HART_SLOT_SIZE       (32 * KIB)
#define HART_STACK_SIZE      (8 * KIB)
#define HART_TRAP_STACK_SIZE (4 * KIB)

/* Where the loaded image lies. Physical, page aligned; text < rodata < data < end. */
struct arch_image {
	phys_addr_t text;   /* first byte of the image, 2 MiB aligned; read and execute */
	phys_addr_t rodata; /* read only */
	phys_addr_t data;   /* read and write: data, boot tables, .bss, stacks */
	phys_addr_t end;    /* one past the last byte, .bss included */
};

/* What the entry code knows before any device tree is read. */
struct arch_handoff {
	u64 hart;              /* a0: the boot hart, any id */
	phys_addr_t dtb;       /* a1: the device tree blob */
	const void *dtb_bytes; /* the blob, readable for dtb_size bytes through its own map */
	u32 dtb_size;          /* totalsize of the blob's header, bytes */
	struct arch_image image;
	const char *mode;     /* "sv39" */
	const char *console;  /* "sbi dbcn", "sbi legacy", "uart", "stdout" */
	const char *sbi;      /* implementation name, "opensbi", or "none" */
	char sbi_version[16]; /* "1.1", or "0" */
};

/**
 * arch_handoff - judge what firmware gave us, before anything is overwritten.
 * Stops with a reason when there is no usable blob (a1 zero, bad magic, larger than 2 MiB) or
 * when the blob overlaps the image with its .bss. Warns of a misaligned blob. Called once, first.
 * Result: filled, constant for the rest of the boot.
 */
const struct arch_handoff *arch_handoff(void);

/** arch_harts_parked - other harts that have entered the image until now; each was sent to sleep. */
u32 arch_harts_parked(void);

/** arch_cmdline - boot arguments that replace the tree's, or NULL: the host's --bootargs. */
const char *arch_cmdline(void);

/** arch_set_phys_base - fix phys_to_virt(): base is a multiple of 1 GiB, lowest RAM is at or above it. Once. */
void arch_set_phys_base(phys_addr_t base);

/**
 * arch_boot_window - make the 2 MiB at pa (2 MiB aligned) touchable through phys_to_virt() under
 * the boot tables, at its final direct-map address. False when the boot tables have no room for
 * another GiB of window. Only between arch_set_phys_base() and arch_tables_activate().
 */
bool arch_boot_window(phys_addr_t pa);

/**
 * arch_probe_read, arch_probe_write - the 8-byte word at pa (a multiple of 8, below 2^56), through a
 * leaf of 4 KiB that shows its page and nothing beside it. False when the machine answers with a
 * trap: nothing is there, or it is not for S-mode. A store that did not trap may be in a cache and
 * in no cell: that is the caller's question. Only before arch_tables_activate(), after
 * arch_set_phys_base(); for bank_probe().
 */
bool arch_probe_read(phys_addr_t pa, u64 *value);
bool arch_probe_write(phys_addr_t pa, u64 value);

/* What the final tables must show besides the direct map: image, UART, test device. */
enum map_rights {
	MAP_R,  /* read only */
	MAP_RX, /* read and execute: kernel text, nothing else */
	MAP_RW, /* read and write, never executable */
};

struct arch_mapping {
	va_t va;
	phys_addr_t pa;
	u64 size; /* bytes, whole pages */
	enum map_rights rights;
};

/** arch_fixed_mapping - the i-th of them; false past the last. After the devicetree stage. */
bool arch_fixed_mapping(u32 i, struct arch_mapping *out);

/** arch_tables_activate - the finished root table goes live (satp, then a full fence). */
void arch_tables_activate(phys_addr_t root);

/**
 * arch_leaf_added, _removed, _changed - size bytes at va, in the vmemmap window or the direct map, show pa,
 * rw-, or nothing, or other memory with these rights: this hart sees it (sfence.vma; the host maps).
 * arch_fence_harts - the others, too.
 */
void arch_leaf_added(va_t va, phys_addr_t pa, u64 size);
void arch_leaf_removed(va_t va, u64 size);
void arch_leaf_changed(va_t va, phys_addr_t pa, u64 size, enum map_rights rights);
void arch_fence_harts(void);
/** arch_vmemmap - the pointer at which code sees VMEMMAP_START. */
void *arch_vmemmap(void);
void arch_console_write(const char *text, size_t bytes);
/** arch_console_read - the next byte typed, waiting for it; -1 at end of input. */
int arch_console_read(void);

/** arch_console_is_interactive - is a person there? The target cannot tell and says true. */
bool arch_console_is_interactive(void);

/** arch_poweroff - off; ok decides the exit status. arch_reboot - cold start; returns when there is no way. */
_Noreturn void arch_poweroff(bool ok);
void arch_reboot(void);

/** arch_instret / arch_time - instructions retired by this hart; the time CSR's ticks. 0 on the host. */
u64 arch_instret(void);
u64 arch_time(void);

/**
 * arch_set_stack_guard - the word that functions compiled with STACK_PROTECTOR keep between their arrays
 * and their return address. The host has its C library's own. Not from a function that is
 * guarded itself and returns.
 */
void arch_set_stack_guard(u64 guard);

/** arch_can_read - does reading the word there, a multiple of 8, work on this hart, or trap? For the self-test. */
bool arch_can_read(const void *p);

/** arch_fault - read an address that no table maps, for the fault= boot argument. */
void arch_fault(void);

/* What the machine's own code must know of a hart; struct hart (mm/percpu.h) begins with it. */
struct arch_hart {
	u64 id;              /* as the tree and firmware count: any number */
	u64 index;           /* as we count: 0 is the boot hart */
	va_t stack_end;      /* one past the highest byte; 0 for the boot hart, which has its own */
	va_t trap_stack_end; /* likewise, for the report of a trap */
};

/**
 * arch_hart_start - let a sleeping hart run fn, which does not return, on its stack and under the final
 * tables. The hart's data lies in the direct map. Result: NULL, or why firmware will not; not that
 * the hart has come up, which only fn can tell.
 */
const char *arch_hart_start(struct arch_hart *hart, void (*fn)(void));

/** arch_hart_status - what firmware says of the hart: "started", "stopped", ... */
const char *arch_hart_status(const struct arch_hart *hart);

/** arch_hart_came_back - is a hart that was started stopped again: did firmware get it back? */
bool arch_hart_came_back(const struct arch_hart *hart);

/** arch_hart_wake - end the arch_hart_wait() of another hart, or the next one when it is not waiting. */
void arch_hart_wake(const struct arch_hart *hart);

/** arch_hart_wait - sleep until woken, or for so many ticks of the time CSR when not 0: then false. May end early with true. */
bool arch_hart_wait(u64 ticks);

/** arch_leaves_seen - leaves that another hart added are seen by this one from now on. */
void arch_leaves_seen(void);

/* phys_to_virt(pa), virt_to_phys(ptr): inline, one addition. pa must lie in the direct map. */
#include "arch_address.h"
/* arch_this_hart(): the hart that runs this; arch_lock(u32 *), arch_unlock(u32 *): lib/spinlock.h. */
#include "arch_hart.h"
