# SPDX-License-Identifier: BSD-2-Clause
"""
NUMA ids of memory nodes, and the distance map (numa.txt of the Linux bindings), judged by the
rules of kernel/mm/numa.c and kernel/dt/numa.c. The rules for the map hold for the kernel: it is
used whole or not at all.
"""
from lint_board import MAX_NODES
from lint_ranges import numbers
from lint_tree import tuples

SELF, LAST = 10, 255


def check(board):
    for node in board.memory_nodes:
        value = board.tree.prop(node, "numa-node-id")
        if value is not None and len(value) != 4:
            board.add("L401", node.path, "numa-node-id",
                      f"It has {len(value)} bytes, not 4, and is taken as absent.",
                      "numa-node-id = <N>; one cell")
    cpus = cpu_ids(board)
    check_ids(board, cpus)
    map_node = board.tree.child(board.tree.root, "distance-map")
    if map_node:
        check_map(board, map_node, cpus)


def cpu_ids(board):
    cpus = board.tree.child(board.tree.root, "cpus")
    ids = [board.tree.cell(cpu, "numa-node-id") for cpu in (cpus.children if cpus else [])
           if cpu.is_called("cpu")]
    return {nid for nid in ids if nid is not None}


def check_ids(board, cpus):
    banks = sorted(board.banks, key=lambda bank: bank.range)
    order = list(dict.fromkeys(bank.nid for bank in banks if bank.nid is not None))
    if not order:
        return
    for bank in board.banks:
        if bank.nid is None:
            near = nearest(bank, banks)
            board.add("L403", bank.node, "numa-node-id",
                      "It has no id although other memory nodes have one: its RAM goes to node 0 "
                      "(Linux drops all NUMA information).",
                      f"numa-node-id = <{near.nid}>; if it belongs to {near.node}")
    too_high = [nid for nid in order if nid >= MAX_NODES]
    if too_high:
        for bank in board.banks:
            if bank.nid in too_high:
                board.add("L402", bank.node, "numa-node-id",
                          f"{bank.nid} is not below {MAX_NODES}: all memory goes to node 0, every "
                          "other id is lost too.",
                          f"ids from 0 to {len(order) - 1}, or MAX_NUMNODES in menuconfig")
        return
    check_order(board, banks, order, cpus)


def check_order(board, banks, order, cpus):
    known = set(order) | cpus
    missing = [nid for nid in range(max(known)) if nid not in known]
    highest = next((bank for bank in banks if bank.nid == max(order)), banks[0])
    if missing:
        dense = sorted(known)
        board.add("L404", highest.node, "numa-node-id",
                  f"The ids are {numbers(dense, 16)}: {numbers(missing)} {verb(missing)} missing. "
                  "Nothing is spent on them here; tools that count from 0 show empty nodes.",
                  f"number them 0 to {len(dense) - 1}: "
                  + ", ".join(f"{old} becomes {new}" for new, old in enumerate(dense)
                              if new != old))
    if order != sorted(order):
        board.add("L405", banks[0].node, "numa-node-id",
                  f"By address the nodes come as {numbers(order, 16)}: legal, but the first "
                  f"memory, where the image lies, is not on node {min(order)}.",
                  "ids that ascend with the addresses: " + ", ".join(
                      f"{old} becomes {new}" for old, new in zip(order, sorted(order))
                      if new != old))


def verb(values):
    return "is" if len(values) == 1 else "are"


def nearest(bank, banks):
    """The bank with an id that lies nearest."""
    having = [other for other in banks if other.nid is not None]
    return min(having, key=lambda other: max(other.range[0] - bank.range[1],
                                             bank.range[0] - other.range[1]))


def check_map(board, node, cpus):
    compatible = board.tree.strings(node, "compatible")
    if "numa-distance-map-v1" not in compatible:
        refuse(board, node, "compatible", 'it is not "numa-distance-map-v1"',
               'compatible = "numa-distance-map-v1";')
        return
    value = board.tree.prop(node, "distance-matrix") or b""
    found, rest = tuples(value, (1, 2))
    if not found or rest:
        refuse(board, node, "distance-matrix", f"it has {len(value)} bytes, no multiple of 12",
               "three cells for each entry: from, to, distance")
        return
    existing = cpus | {bank.nid for bank in board.banks if bank.nid is not None}
    faults = map_faults([(a, b >> 32, b & 0xFFFFFFFF) for a, b in found], existing)
    if faults:
        more = f" (and {len(faults) - 4} more)" if len(faults) > 4 else ""
        refuse(board, node, "distance-matrix", "; ".join(fault for fault, _ in faults[:4]) + more,
               ", ".join(dict.fromkeys(change for _, change in faults[:4])))


def refuse(board, node, prop, why, change):
    board.add("L406", node.path, prop,
              f"The map is ignored, distances are 10 and 20, because {why}.", change)


def map_faults(triples, existing):
    """[(what is wrong, what would be right)] of the entries."""
    faults, distance = [], {}
    for i, (a, b, value) in enumerate(triples):
        if max(a, b) >= MAX_NODES:
            faults.append((f"entry {i} names node {max(a, b)}, ids end at {MAX_NODES - 1}",
                           f"no entry with node {max(a, b)}"))
        elif (a == b) != (value == SELF) or not SELF <= value <= LAST:
            right = f"<{a} {b} 10>" if a == b else f"<{a} {b} 20> (11 to 255)"
            faults.append((f"entry {i} says {value} from node {a} to {b}", right))
        elif distance.setdefault((a, b), value) != value:
            faults.append((f"entry {i} says {value} from node {a} to {b}, an earlier one "
                           f"{distance[a, b]}", f"one entry for {a} to {b}"))
    ids = {nid for nid in existing if nid < MAX_NODES} | {nid for pair in distance for nid in pair}
    for a in sorted(ids):
        for b in sorted(nid for nid in ids if nid < a):
            there, back = distance.get((a, b)), distance.get((b, a))
            if there and back and there != back:
                faults.append((f"node {b} to {a} is {back} and back {there}",
                               f"<{b} {a} {back}>, <{a} {b} {back}>"))
            elif not there and not back and {a, b} <= existing:
                faults.append((f"nodes {b} and {a} have no distance", f"<{b} {a} 20>"))
    return faults
