/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What hand-over gave, or will give when its struct pages are initialised: a table of pieces, highest
 * first, each of one zone. Neighbours of one zone are one piece.
 */
#include <stddef.h>

#include "lib/panic.h"
#include "lib/string.h"
#include "mm/handover.h"

/* Free ranges lie between what is taken: at most one more for each bank, reservation and early allocation. */
#define MAX_PIECES 1536

static u32 nr_pieces;
static struct handover_piece pieces[MAX_PIECES]; /* descending */

bool handover_range(u32 i, struct range *out)
{
	u32 at = nr_pieces;

	/* Pieces of two zones that touch are one range. */
	for (u32 n = 0; at > 0; n++) {
		u32 first = at;

		do
			at--;
		while (at > 0 && pieces[at - 1].start_pfn == pieces[at].end_pfn);
		if (n < i)
			continue;
		*out = (struct range){pfn_to_phys(pieces[first - 1].start_pfn),
				      pfn_to_phys(pieces[at].end_pfn)};
		return true;
	}
	return false;
}

u32 handover_find(pfn_t end_pfn)
{
	u32 low = 0;
	u32 high = nr_pieces;

	while (low < high) {
		u32 middle = (low + high) / 2;

		if (pieces[middle].start_pfn < end_pfn)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

bool handover_piece(u32 i, pfn_t start_pfn, pfn_t end_pfn, struct handover_piece *out)
{
	if (i >= nr_pieces)
		return false;
	*out = pieces[i];
	out->start_pfn = max_u64(out->start_pfn, start_pfn);
	out->end_pfn = min_u64(out->end_pfn, end_pfn);
	return out->start_pfn < out->end_pfn;
}

void handover_forget(void)
{
	nr_pieces = 0;
}

bool handover_has_room(void)
{
	return nr_pieces < MAX_PIECES;
}

/* Room for one more at index i. */
static struct handover_piece *make_room(u32 i)
{
	if (nr_pieces == MAX_PIECES)
		stop("more than %d free ranges: the memory map is in shreds", MAX_PIECES);
	memmove(&pieces[i + 1], &pieces[i], (nr_pieces - i) * sizeof(pieces[0]));
	nr_pieces++;
	return &pieces[i];
}

/* Piece i takes in the next lower one, if they touch. */
static void join_next(u32 i)
{
	if (i + 1 >= nr_pieces || pieces[i + 1].zone != pieces[i].zone ||
	    pieces[i + 1].end_pfn != pieces[i].start_pfn)
		return;
	pieces[i].start_pfn = pieces[i + 1].start_pfn;
	nr_pieces--;
	memmove(&pieces[i + 1], &pieces[i + 2], (nr_pieces - i - 1) * sizeof(pieces[0]));
}

void handover_note_given(const struct handover_piece *piece)
{
	*make_room(nr_pieces) = *piece;
	if (nr_pieces > 1)
		join_next(nr_pieces - 2);
}

void handover_note_released(const struct handover_piece *piece)
{
	u32 i = handover_find(piece->end_pfn);

	*make_room(i) = *piece;
	join_next(i);
	if (i > 0)
		join_next(i - 1);
}
