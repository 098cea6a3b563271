/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small typed reader of a flattened device tree (devicetree specification 0.4, chapter 5),
 * on top of libfdt. Open a blob first; after that no call can fail to terminate or read
 * outside the blob, whatever its bytes are. Strings and property bytes point into the blob
 * and live as long as it does. Nothing here prints or stops.
 */
#pragma once

#include "lib/types.h"

#define DT_ROOT         0
#define DT_NONE         (-1) /* no such node */
#define DT_MAX_DEPTH    64   /* levels of nodes; the root is level 0 */
#define DT_MAX_CHILDREN 1024 /* of the root */
#define DT_MAX_CPUS     64   /* children of /cpus that are looked at */
#define DT_MAX_CELLS    8    /* 32-bit cells in one address or one size */
#define DT_MAX_PATH     192  /* bytes of a path as we print it, NUL included */
#define DT_MAX_SIZE     (2 * MIB)
#define DT_MAX_REASON   192

typedef s32 dt_node; /* where a node begins in the structure block */

/* The nodes from the root down to one that matters; nr is 0 when there is none. */
struct dt_chain {
	u32 nr;
	dt_node node[8];
};

/* The opened tree, with what the check saw on its way so that nobody has to walk again. */
struct dt {
	const void *blob;
	u64 size;
	const char *nodes; /* the structure block */
	const char *names; /* the strings block: names of properties */
	u32 names_size;
	u32 nr_nodes;
	u32 nr_children; /* of the root */
	struct {
		dt_node node;
		bool is_memory; /* device_type is "memory" */
	} child[DT_MAX_CHILDREN];
	u32 nr_nested_memory;        /* nodes of that type further down */
	dt_node nested_memory;       /* the first of them */
	u32 nr_cpus;                 /* children of /cpus named cpu */
	dt_node cpu[DT_MAX_CPUS];    /* the first of them */
	struct dt_chain test_device; /* compatible with sifive,test0 or sifive,test1 */
};

/* A property's bytes; data is NULL when the node has no such property. */
struct dt_prop {
	const u8 *data;
	u32 size;
};

/**
 * dt_open - check a blob from its first to its last byte and prepare it for reading. One tree is
 * open at a time; to open the same again costs nothing, so its bytes must not change meanwhile.
 * Not before .bss is clear.
 * @blob: size bytes of it are readable; it must be 8-byte aligned
 * @why:  on failure (NULL), which field or rule is wrong, with the values read
 */
const struct dt *dt_open(const void *blob, u64 size, char why[DT_MAX_REASON]);
/** dt_close - forget the open tree: its bytes are going to change. */
void dt_close(void);

/** dt_memreserve - the i-th /memreserve/ entry; false past the last, and *terminated tells how. */
bool dt_memreserve(const struct dt *dt, u32 i, u64 *base, u64 *size, bool *terminated);

/** dt_first_child, dt_next_child - the children of a node other than the root, then DT_NONE. */
dt_node dt_first_child(const struct dt *dt, dt_node parent);
dt_node dt_next_child(const struct dt *dt, dt_node child);
/** dt_child - the first child with this name, its unit address left out when name has no "@". */
dt_node dt_child(const struct dt *dt, dt_node parent, const char *name, size_t length);

/** dt_name - a node's own name with its unit address, "memory@80000000"; "" for the root. In the blob, never NULL. */
const char *dt_name(const struct dt *dt, dt_node node);
/** dt_path - the full path; cut with "..." when longer than buf. Costs a walk from the root. */
void dt_path(const struct dt *dt, dt_node node, char buf[DT_MAX_PATH]);

/** dt_prop - one property by its name; dt_props - nr of them in one walk, out in names' order. */
struct dt_prop dt_prop(const struct dt *dt, dt_node node, const char *name);
void dt_props(const struct dt *dt, dt_node node, u32 nr, const char *const names[],
	      struct dt_prop out[]);

/* dt/device.c: for the entry code, which may need them before the stage has run. */

struct dt_uart {
	phys_addr_t base;
	u32 reg_shift;    /* register n is at base + (n << reg_shift) */
	u32 reg_io_width; /* bytes per access: 1, 2 or 4 */
};

/** dt_uart - the 16550 at /chosen/stdout-path. Any bytes do; false: there is none. */
bool dt_uart(const void *blob, u64 size, struct dt_uart *out);
/** dt_test_device - the registers of the "sifive,test1" or "sifive,test0" node. */
bool dt_test_device(const void *blob, u64 size, phys_addr_t *base);
