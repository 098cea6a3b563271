/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hugepagesz=, hugepages= and default_hugepagesz=, in the order of the command line. The rules are
 * those of Linux 6.12:
 *
 *   hugepages= belongs to the size named last; before any size, to the default size
 *   a size that is not 2M or 1G, or is named twice, is ignored together with its hugepages=
 *   a second hugepages= for the same size without another size between them is ignored
 *   default_hugepagesz= counts once; an earlier hugepages= without a size then means it
 *   without default_hugepagesz=, hugepages= without a size overrides that of hugepagesz=2M
 *   hugepages=NODE:N,NODE:N asks single nodes
 *
 * Different on purpose: trailing letters are an error, not ignored; a node that does not exist
 * fails alone, with its own line of asked and got, and the other nodes of the list count.
 */
#include "mm/hugetlb.h"

#include "lib/log.h"
#include "lib/string.h"
#include "lib/word.h"
#include "machine.h"

/* What one hugepages= asks for. */
struct request {
	u64 total;
	bool by_node;
	u64 node[MAX_NUMNODES];
};

static struct request requests[NR_HSTATES];
static struct request unsized; /* hugepages= before any size */

static struct {
	bool size_is_good;           /* the size named last, or none yet, takes a hugepages= */
	bool is_sized[NR_HSTATES];   /* named */
	bool is_default_named;       /* default_hugepagesz= was good once */
	struct request *of_size;     /* of the size named last; NULL before any */
	const struct request *asked; /* the last that a hugepages= went to */
} state;

/* "2M", "0x40000000": the pool, or NR_HSTATES. */
static u32 size_of(const char *text)
{
	struct word word = {text, text + strlen(text)};
	u64 bytes;

	if (!word_size(&word, &bytes) || word.start != word.end)
		return NR_HSTATES;
	for (u32 i = 0; i < NR_HSTATES; i++)
		if (bytes == hstate_bytes(&hstates[i]))
			return i;
	return NR_HSTATES;
}

/* A good size: what hugepages= belongs to from now on, unless it was named before. */
static void name_size(u32 size)
{
	state.size_is_good = true;
	if (state.is_sized[size])
		return;
	state.is_sized[size] = true;
	state.of_size = &requests[size];
}

static void apply_size(const char *text)
{
	u32 size = size_of(text);

	state.size_is_good = false;
	if (size == NR_HSTATES) {
		log_warn("hugepages-size",
			 "hugepagesz=%s is no size of a huge page, 2M and 1G are: it is ignored "
			 "with its hugepages=",
			 text);
		return;
	}
	/* Once more is allowed for the default size, as long as nothing was asked of it. */
	if (state.is_sized[size] &&
	    (!state.is_default_named || default_hstate != &hstates[size] || requests[size].total)) {
		log_warn("hugepages-order",
			 "hugepagesz=%s is given twice: the second is ignored with its hugepages=",
			 text);
		return;
	}
	state.of_size = &requests[size];
	name_size(size);
}

static void apply_default_size(const char *text)
{
	u32 size = size_of(text);

	state.size_is_good = false;
	if (state.is_default_named) {
		log_warn(
			"hugepages-order",
			"default_hugepagesz=%s is not the first: it is ignored with its hugepages=",
			text);
		return;
	}
	if (size == NR_HSTATES) {
		log_warn("hugepages-size",
			 "default_hugepagesz=%s is no size of a huge page, 2M and 1G are: it is "
			 "ignored with its hugepages=",
			 text);
		return;
	}
	name_size(size);
	state.is_default_named = true;
	default_hstate = &hstates[size];
	if (unsized.total == 0)
		return;
	requests[size] = unsized;
	unsized = (struct request){0};
}

/* "512", "0:2,1:3"; false leaves *out as it may be. */
static bool read_request(const char *text, struct request *out)
{
	struct word word = {text, text + strlen(text)};
	u64 number;

	*out = (struct request){0};
	if (!word_number(&word, &number))
		return false;
	if (word.start == word.end) {
		out->total = number;
		return true;
	}
	out->by_node = true;
	for (;;) {
		u64 nid = number;

		if (nid >= MAX_NUMNODES || *word.start++ != ':' || !word_number(&word, &number))
			return false;
		out->node[nid] = number;
		if (__builtin_add_overflow(out->total, number, &out->total))
			return false;
		if (word.start == word.end)
			return true;
		if (*word.start++ != ',' || !word_number(&word, &number) || word.start == word.end)
			return false;
	}
}

static void apply_pages(const char *text)
{
	struct request *target = state.of_size ? state.of_size : &unsized;
	struct request request;

	if (!state.size_is_good) {
		log_warn("hugepages-order",
			 "hugepages=%s does not follow a size that counts: it is ignored", text);
		state.size_is_good = true;
		return;
	}
	if (target == state.asked) {
		log_warn("hugepages-order",
			 "hugepages=%s is the second without a hugepagesz= between them: it is "
			 "ignored",
			 text);
		return;
	}
	if (!read_request(text, &request)) {
		log_warn("hugepages-value",
			 "hugepages=%s is neither a number nor a list NODE:NUMBER,... with nodes "
			 "below %d: it is ignored",
			 text, MAX_NUMNODES);
		return;
	}
	*target = request;
	state.asked = target;
}

/* hugepages= without a size and without default_hugepagesz=: it means 2M, and overrides it. */
static void settle_unsized(void)
{
	struct request *request = &requests[HSTATE_2M];

	if (state.is_default_named || unsized.total == 0)
		return;
	if (request->total > 0)
		log_warn("hugepages-order",
			 "hugepages=%lu without a size means 2M too: it overrides hugepages=%lu of "
			 "hugepagesz=2M",
			 unsized.total, request->total);
	*request = unsized;
}

void hugetlb_cmdline(void)
{
	state.size_is_good = true;
	for (u32 i = 0; i < machine.options.nr_huge; i++) {
		const struct huge_arg *arg = &machine.options.huge[i];

		if (arg->kind == HUGE_ARG_SIZE)
			apply_size(arg->text);
		else if (arg->kind == HUGE_ARG_DEFAULT_SIZE)
			apply_default_size(arg->text);
		else
			apply_pages(arg->text);
	}
	settle_unsized();
	for (u32 i = 0; i < NR_HSTATES; i++) {
		hstates[i].asked = requests[i].total;
		hstates[i].by_node = requests[i].by_node;
		for (u32 nid = 0; nid < MAX_NUMNODES; nid++)
			hstates[i].node[nid].asked = requests[i].node[nid];
	}
}
