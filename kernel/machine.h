/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine as the device tree and the command line describe it: plain tables, written by
 * dt/ and options.c, read by everything after. As read means: in the tree's order, not yet
 * rounded, merged or judged against each other; that is the work of mm/bank.c and mm/reserve.c.
 * Only entries that make no sense in themselves (empty, wrapping, disabled, beyond 56 bits)
 * are left out, each with its line in the log.
 */
#pragma once

#include "arch/arch.h"
#include "config.h"
#include "lib/range.h"

#define MACHINE_MAX_BANKS        512
#define MACHINE_MAX_RESERVATIONS 512
#define MACHINE_MAX_DYNAMIC      32
#define MACHINE_MAX_ALLOC_RANGES 8
#define MACHINE_MAX_MEM_ARGS     32
#define MACHINE_MAX_CMDLINE      2048
#define MACHINE_MAX_RNG_SEED     64
#define MACHINE_MAX_HARTS        64
#define MACHINE_MAX_HUGE_ARGS    16
#define MACHINE_MAX_DISTANCES    (MAX_NUMNODES * MAX_NUMNODES)

/* One (base, size) tuple of a memory node's reg. */
struct machine_bank {
	struct range range;
	u32 nid;            /* numa-node-id as read, any value; NUMA_NO_NODE when absent */
	u32 reg;            /* which tuple of reg (or of linux,usable-memory), from 0 */
	bool hotpluggable;  /* devicetree-specification 0.4, 3.4 and Linux's "hotpluggable" */
	const char *origin; /* full path of the tree node */
};

enum machine_owner {
	OWNER_FIRMWARE,   /* /reserved-memory child that is the firmware's by its name; no-map */
	OWNER_RESERVED,   /* any other /reserved-memory child, with or without no-map */
	OWNER_MEMRESERVE, /* /memreserve/ entry of the blob */
	OWNER_INITRD,     /* /chosen linux,initrd-start .. -end */
};

/* One static reservation. */
struct machine_reservation {
	struct range range;
	enum machine_owner owner;
	bool nomap; /* no leaf may touch it */
	bool reusable;
	u32 reg;
	const char *origin; /* full path; "memreserve", "initrd" for those */
};

/* A /reserved-memory child with size instead of reg: we choose the place. */
struct machine_dynamic {
	u64 size;
	u64 alignment; /* a power of two, at least PAGE_SIZE */
	u32 nr_ranges; /* 0: anywhere */
	struct range ranges[MACHINE_MAX_ALLOC_RANGES];
	bool nomap;
	bool reusable;
	const char *origin;
};

struct machine_hart {
	u64 id;          /* reg of a cpu node: mhartid, any number */
	u32 nid;         /* numa-node-id as read; NUMA_NO_NODE when absent */
	const char *why; /* why it must not be started; NULL: it may */
};

struct machine_distance {
	u32 from, to, distance;
};

/* mem=SIZE or mem=SIZE@START */
struct mem_arg {
	u64 size;
	phys_addr_t start;
	bool has_start;
};

/* hugepagesz=TEXT and its kin: what they mean depends on their order */
enum huge_arg_kind {
	HUGE_ARG_SIZE,
	HUGE_ARG_PAGES,
	HUGE_ARG_DEFAULT_SIZE,
};
struct huge_arg {
	enum huge_arg_kind kind;
	char text[60];
};

/* deferred=: when the struct pages are initialised that no early allocation needs. */
enum deferred {
	DEFERRED_OFF,    /* with all others, before hand-over */
	DEFERRED_ON,     /* on demand, and the rest in the stage deferred */
	DEFERRED_DEMAND, /* on demand only */
};

struct machine_options {
	u32 nr_mem;
	struct mem_arg mem[MACHINE_MAX_MEM_ARGS];
	bool mem_force; /* allow mem=SIZE@START outside the tree's banks */
	u32 memtest;    /* passes over free memory before use; 0 none */
	enum deferred deferred;
	bool numa_off;
	u32 numa_fake; /* number of faked nodes; 0 none */
	bool probe;    /* ask the RAM itself whether the banks are true */
	bool memblock_debug;
	u32 loglevel;
	bool record; /* print the record at the end */
	bool selftest;
	bool selftest_smp;     /* the allocator with all harts at once */
	bool selftest_hotplug; /* memory comes and goes meanwhile */
	bool bench;
	bool poweroff; /* do not stay in the monitor */
	bool monitor;  /* stay, even without a terminal */
	bool step;     /* show each stage's data under its names elsewhere; poison the memmap */
	bool hold_hotpluggable; /* hotpluggable banks are not used at boot: they can be added later */
	bool initrd_free;  /* nobody will read the initrd: its pages become free after hand-over */
	bool free_vmemmap; /* hugetlb_free_vmemmap= */
	u32 max_harts;     /* most harts to use, the boot hart included; 0 all */
	u32 fail_alloc;    /* the early allocation, counted from 1, that finds nothing; 0 none */
	u32 nr_huge;
	struct huge_arg huge[MACHINE_MAX_HUGE_ARGS]; /* in the order of the command line */
	char fault[16]; /* stage at whose end to touch an unmapped address; "" none */
};

struct machine {
	u32 nr_banks;
	struct machine_bank banks[MACHINE_MAX_BANKS];
	u32 nr_reservations;
	struct machine_reservation reservations[MACHINE_MAX_RESERVATIONS];
	u32 nr_dynamic;
	struct machine_dynamic dynamic[MACHINE_MAX_DYNAMIC];
	u32 nr_harts;
	struct machine_hart harts[MACHINE_MAX_HARTS];
	u32 nr_distances;
	struct machine_distance distances[MACHINE_MAX_DISTANCES];
	bool has_numa;                     /* at least one bank has a numa-node-id */
	bool has_cpu_nodes;                /* some cpu has a numa-node-id */
	u64 cpu_nodes;                     /* bit n: a cpu names node n < 64 */
	char cmdline[MACHINE_MAX_CMDLINE]; /* bootargs, or the configured default */
	struct machine_options options;
	const char *model; /* the root's model string, or "" */
	u32 rng_seed_bytes;
	u8 rng_seed[MACHINE_MAX_RNG_SEED]; /* the first bytes of /chosen rng-seed */
};

extern struct machine machine;

/** devicetree_init - the stage: read the blob of arch_handoff() into machine. Stops on an unusable tree. */
void devicetree_init(void);

/**
 * options_parse - read a command line into out. Unknown words are listed once in one warning
 * ("cmdline-unknown"); a value that cannot be read leaves its option as it was, with a warning
 * ("cmdline-value"); of duplicates the last wins, except that every mem= counts.
 * Sizes take K, M, G, T in either case and 0x. Pure: touches nothing but *out and the log.
 */
void options_parse(const char *cmdline, struct machine_options *out);

/** names_intern - a lasting copy of text; equal texts give the same pointer. Stops when the pool (24 KiB) is full. */
const char *names_intern(const char *text);
