/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two devices that the entry code may need before any stage has run: the UART that
 * /chosen/stdout-path names, when firmware has no console for us, and the test device of
 * QEMU's virt machine, which sets QEMU's exit status.
 *
 * A device below a bus has its address in the bus's own space; each bus on the way to the root
 * translates it with its `ranges` (devicetree specification 0.4, 2.3.8). A bus without
 * `ranges` cannot be reached from the processor.
 */

#include "dt/value.h"

#include "lib/range.h"
#include "lib/string.h"

#define MAX_ALIAS 32

static bool chain_push(struct dt_chain *chain, dt_node node)
{
	if (node == DT_NONE || chain->nr == ARRAY_SIZE(chain->node))
		return false;
	chain->node[chain->nr++] = node;
	return true;
}

static dt_node chain_last(const struct dt_chain *chain)
{
	return chain->node[chain->nr - 1];
}

/* Follow the components of path, which ends before end. */
static bool chain_follow(const struct dt *dt, struct dt_chain *chain, const char *path,
			 const char *end)
{
	const char *next;

	for (; path < end; path = next) {
		next = memchr(path, '/', (size_t)(end - path));
		if (!next)
			next = end;
		if (next != path && !chain_push(chain, dt_child(dt, chain_last(chain), path,
								(size_t)(next - path))))
			return false;
		if (next < end)
			next++;
	}
	return true;
}

/* stdout-path is a path or an alias, either with options after a ':'. */
static bool chain_stdout(const struct dt *dt, struct dt_chain *chain)
{
	dt_node chosen = dt_child(dt, DT_ROOT, "chosen", strlen("chosen"));
	dt_node aliases = dt_child(dt, DT_ROOT, "aliases", strlen("aliases"));
	const char *path, *end;
	char alias[MAX_ALIAS];

	*chain = (struct dt_chain){.nr = 1, .node = {DT_ROOT}};
	path = chosen == DT_NONE ? NULL : dt_string(dt, chosen, "stdout-path");
	if (!path)
		return false;
	end = strchr(path, ':');
	if (!end)
		end = path + strlen(path);
	if (*path != '/') {
		size_t length = (size_t)(end - path);

		if (aliases == DT_NONE || length >= sizeof(alias))
			return false;
		memcpy(alias, path, length);
		alias[length] = 0;
		path = dt_string(dt, aliases, alias);
		if (!path || *path != '/')
			return false;
		end = path + strlen(path);
	}
	return chain_follow(dt, chain, path, end);
}

/* One step towards the root: an address on `bus` becomes one on its parent. */
static bool translate(const struct dt *dt, dt_node bus, dt_node parent, u64 *address)
{
	struct dt_prop ranges = dt_prop(dt, bus, "ranges");
	struct dt_cells own, above, tuple;
	u64 from, to, size, skip;
	u32 i, nr, rest;

	if (!ranges.data)
		return false;
	if (!ranges.size)
		return true;
	if (!dt_cells(dt, bus, &own) || !dt_cells(dt, parent, &above))
		return false;
	/* (address on the bus), (address on the parent, size): read as two overlapping pairs */
	tuple = (struct dt_cells){.address = own.address, .size = above.address + own.size};
	nr = dt_reg_count(ranges, tuple, &rest);
	for (i = 0; i < nr; i++) {
		struct dt_prop part = {ranges.data, own.address * 4};

		part.data += i * (own.address + above.address + own.size) * 4;
		if (!dt_number(part, &from))
			continue;
		part = (struct dt_prop){part.data + part.size, (above.address + own.size) * 4};
		if (!dt_reg(part, (struct dt_cells){above.address, own.size, true}, 0, &to, &size))
			continue;
		skip = *address - from;
		if (*address >= from && skip < size)
			return !__builtin_add_overflow(to, skip, address);
	}
	return false;
}

/* The first address in reg of the chain's last node, as the processor sees it. */
static bool chain_base(const struct dt *dt, const struct dt_chain *chain, phys_addr_t *base)
{
	struct dt_prop reg = dt_prop(dt, chain_last(chain), "reg");
	struct dt_cells cells;
	u64 size;
	u32 i, rest;

	if (chain->nr < 2 || !reg.data)
		return false;
	if (!dt_cells(dt, chain->node[chain->nr - 2], &cells) ||
	    dt_reg_count(reg, cells, &rest) == 0 || !dt_reg(reg, cells, 0, base, &size))
		return false;
	for (i = chain->nr - 2; i > 0; i--)
		if (!translate(dt, chain->node[i], chain->node[i - 1], base))
			return false;
	return true;
}

bool dt_uart(const void *blob, u64 size, struct dt_uart *out)
{
	static const char *const compatible[] = {"ns16550a", "ns16550", "snps,dw-apb-uart"};
	char why[DT_MAX_REASON];
	const struct dt *dt = dt_open(blob, size, why);
	struct dt_chain chain;
	u32 i, offset = 0;

	if (!dt || !chain_stdout(dt, &chain) || !chain_base(dt, &chain, &out->base))
		return false;
	out->reg_shift = 0;
	out->reg_io_width = 1;
	(void)dt_u32(dt, chain_last(&chain), "reg-shift", &out->reg_shift);
	(void)dt_u32(dt, chain_last(&chain), "reg-io-width", &out->reg_io_width);
	(void)dt_u32(dt, chain_last(&chain), "reg-offset", &offset);
	if (out->reg_shift > 4 || __builtin_add_overflow(out->base, offset, &out->base))
		return false;
	for (i = 0; i < ARRAY_SIZE(compatible); i++)
		if (dt_is_compatible(dt, chain_last(&chain), compatible[i]))
			return true;
	return false;
}

bool dt_test_device(const void *blob, u64 size, phys_addr_t *base)
{
	char why[DT_MAX_REASON];
	const struct dt *dt = dt_open(blob, size, why);

	return dt && dt->test_device.nr && chain_base(dt, &dt->test_device, base);
}
