# SPDX-License-Identifier: BSD-2-Clause
"""
Crowded parts of the map: many owners where the scale leaves hardly a place for each, such as the
first megabytes with firmware, kernel and tables. A crowd is one lettered block in the map, and is
drawn again, magnified, in a strip of its own.
"""
from picture_facts import HOLE, OUTSIDE
from picture_scale import Part, Scale, item_parts

MOST = 3  # strips side by side
SMALL = 6.0  # places: an item narrower than this can be part of a crowd
LEAST = 3.0  # places that every item gets
BLOCK = 15.0  # places that a crowd's block gets
OWNED = 3  # owners that make a crowd
HUGE = 0.5  # share of a strip from which on a free range is cut


def is_free(item):
    """Nobody's RAM, or no RAM."""
    return item.kind in ("free", HOLE)


def candidates(parts, scale):
    """Yield lists of neighbouring parts that are all small."""
    crowd = []
    for part in [*parts, None]:
        if part and part.size * scale < SMALL and part.kind not in (HOLE, OUTSIDE):
            crowd.append(part)
            continue
        if crowd:
            yield crowd
        crowd = []


def is_crowded(parts, scale):
    """Do they have several owners, and less room than they need to be seen?"""
    owned = sum(not is_free(part.items[0]) for part in parts)
    room = sum(part.size * scale for part in parts)
    needed = sum(max(part.size * scale, LEAST) for part in parts)
    return owned >= OWNED and needed > 1.5 * room


def find_crowds(items, width):
    """The crowds of a map, as lists of items, ascending; at most MOST."""
    parts = item_parts(items, width, LEAST)
    scale = Scale(parts, 0.0, width).scale
    crowds = []
    for parts in candidates(parts, scale):
        while parts and is_free(parts[-1].items[0]):  # a free range behind the last owner stays out
            parts = parts[:-1]
        if is_crowded(parts, scale):
            crowds.append([part.items[0] for part in parts])
    crowds.sort(key=lambda crowd: (-sum(not is_free(item) for item in crowd), crowd[0].base))
    return sorted(crowds[:MOST], key=lambda crowd: crowd[0].base)


def map_scale(items, crowds, x, width):
    """The scale of the whole map, with a block for each crowd."""
    parts = []
    inside = {item: crowd for crowd in crowds for item in crowd}
    for part in item_parts(items, width, LEAST):
        crowd = inside.get(part.items[0])
        if not crowd:
            parts.append(part)
        elif crowd[0] is part.items[0]:
            parts.append(Part(crowd[0].base, crowd[-1].end, BLOCK, float("inf"), crowd))
    return Scale(parts, x, width)


def strip_scale(crowd, x, width):
    """The scale of a crowd's magnified strip. A free range that would fill it is cut."""
    parts = item_parts(crowd, width, 7.0)
    whole = sum(part.size for part in parts)
    for part in parts:
        if is_free(part.items[0]) and part.size > HUGE * whole:
            part.high = max(width * HUGE / 2, part.low)
    return Scale(parts, x, width)


def strip_places(crowds, x, width, gap=26.0, least=260.0):
    """[(x, width), ...] of the strips: more owners, more room, but each has room for its title."""
    if not crowds:
        return []
    spare = width - gap * (len(crowds) - 1) - least * len(crowds)
    places = []
    for crowd in crowds:
        share = len(crowd) / sum(len(one) for one in crowds)
        places.append((x, least + spare * share))
        x += places[-1][1] + gap
    return places
