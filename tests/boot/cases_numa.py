# SPDX-License-Identifier: BSD-2-Clause
"""
Nodes as QEMU's own -numa options make them, and what numa= does to them (C78, C85, C86).
"""
import random
import re

import host
import qemu
import trees
from cases_hotplug import Prompt, audit_holds
from cases import boot, expects, no_warnings, per_model
from images import Image
from ranges import GIB, MIB, size
from suite import Test, expect, expect_equal

NODES = ["discontig", "sparse", "vmemmap"]  # the models that have any


def machine(sizes, distances=()):
    """QEMU's words for a machine with these nodes: MiB of each, (from, to, distance)."""
    # QEMU 7.2's PLIC breaks with more than two sockets; the other interrupt controller does not.
    words = ["-machine", "aia=aplic"] if len(sizes) > 2 else []
    words += ["-m", f"{sum(sizes)}M", "-smp", str(len(sizes))]
    for nid, mib in enumerate(sizes):
        words += ["-object", f"memory-backend-ram,id=m{nid},size={mib}M"]
        words += ["-numa", f"node,nodeid={nid},memdev=m{nid},cpus={nid}"]
    for source, target, value in distances:
        words += ["-numa", f"dist,src={source},dst={target},val={value}"]
    return words


def nodes_of(result):
    """{node: MiB of it} as the banks say."""
    record = result.record
    nodes = [line["id"] for line in record.all("node")]
    return {int(n): size(record.ranges("bank", node=n)) // MIB for n in nodes}


def as_given(sizes, distances=()):
    """Every node has the memory that QEMU gave it; FLAT has one node, and says so."""

    def run(image, directory):
        result = boot(image, directory, memory=None, args=machine(sizes, distances))
        if image.model == "flat":
            expect_equal("the nodes", nodes_of(result), {0: sum(sizes)})
            expects(result, "warn flat-numa-ignored 1")
        else:
            expect_equal("the nodes", nodes_of(result), dict(enumerate(sizes)))
            no_warnings(result)

    return run


def numa_off(image, directory):
    """numa=off: one node; DISCONTIG falls back to a node per bank."""
    args = machine([256, 256, 512])
    result = boot(image, directory, "record numa=off", None, args)
    whole = {0: 256, 1: 256, 2: 512} if image.model == "discontig" else {0: 1024}
    expect_equal("the nodes", nodes_of(result), whole)


def numa_fake(number, memory):
    """numa=fake=N: N nodes of about the same size, cut at sections, nothing lost."""

    def run(image, directory):
        result = boot(image, directory, f"record numa=fake={number}", f"{memory // MIB}M")
        nodes = nodes_of(result)
        share = memory // MIB // number
        expect_equal("RAM of all nodes", sum(nodes.values()), memory // MIB)
        expect_equal("the number of nodes", len(nodes), number)
        expect(all(abs(s - share) <= 128 for s in nodes.values()), f"uneven nodes: {nodes}")
        no_warnings(result)

    return run


MAX_NODES = 16  # MAX_NUMNODES


def distances_of(rng, nodes):
    """A full, symmetric table: {(from, to): distance}, with many ties."""
    table = {(a, a): 10 for a in nodes}
    for a in nodes:
        for b in nodes:
            if a < b:
                table[a, b] = table[b, a] = rng.choice((15, 20, 20, 20, 30))
    return table


def zonelists_of(table, memory, cpus):
    """
    Linux 6.12's build_zonelists() over find_next_best_node(): the node itself, then the nearest; of
    equally near ones the next above, without cpus, and then the one that was seldom the first so far.
    """
    load = dict.fromkeys(memory, 0)
    result = {}
    for node in sorted({n for n, _ in table}):
        order, before = [], node
        while len(order) < len(memory):
            if node in memory and not order:
                best = node
            else:
                best = min((n for n in sorted(memory) if n not in order), key=lambda n: (
                    (table[node, n] + (n < node) + (n in cpus)) * MAX_NODES + load[n]))
            if table[node, best] != table[node, before]:
                load[best] += 1
            before = best
            order.append(best)
        result[node] = order
    return result


def fallback_order(image):
    """The command zonelists, for random distances, against the other implementation above."""
    for seed in range(12):
        rng = random.Random(seed)
        nodes = sorted(rng.sample(range(MAX_NODES), rng.randint(2, 7)))
        empty = set(rng.sample(nodes[1:], rng.randint(0, len(nodes) // 3)))
        memory = set(nodes) - empty
        cpus = empty | set(rng.sample(nodes, rng.randint(0, len(nodes))))
        table = distances_of(rng, nodes)
        text = "/ { "
        for i, nid in enumerate(sorted(memory)):
            text += (f'memory@{i} {{ device_type = "memory"; numa-node-id = <{nid}>; '
                     f"reg = <0 {0x80000000 + i * 64 * MIB:#x} 0 {64 * MIB:#x}>; }}; ")
        rows = ", ".join(f"<{a} {b} {d}>" for (a, b), d in sorted(table.items()))
        text += 'distance-map { compatible = "numa-distance-map-v1"; '
        text += f"distance-matrix = {rows}; }}; cpus {{ #address-cells = <1>; #size-cells = <0>; "
        for nid in sorted(cpus):
            text += (f'cpu@{nid + 8} {{ device_type = "cpu"; reg = <{nid + 8}>; '
                     f"numa-node-id = <{nid}>; }}; ")
        tree = trees.write_tree(f"zonelists-{seed}", text + "}; };")
        answers, _ = host.session(image, tree, "", ["zonelists"])
        found = {int(n): [int(z) for z in re.findall(r"(\d+) (?:DMA32|Normal)", rest)]
                 for n, rest in re.findall(r"(?m)^node (\d+):(.*)$", answers[0])}
        online = {n for n in nodes if n in memory or n in cpus}
        wanted = zonelists_of({k: d for k, d in table.items() if set(k) <= online}, memory, cpus)
        expect_equal(f"the zonelists of seed {seed}", found, wanted)


def statistics(image):
    """numastat: what the pools and the monitor allocate is counted where it came from."""
    text = "/ { "
    for nid, (start, mib) in enumerate(((0x80000000, 128), (0x90000000, 8), (0xA0000000, 64))):
        text += (f'memory@{nid} {{ device_type = "memory"; numa-node-id = <{nid}>; '
                 f"reg = <0 {start:#x} 0 {mib * MIB:#x}>; }}; ")
    tree = trees.write_tree("numastat", text + "};")
    answers, _ = host.session(image, tree, "hugepages=0:2,2:3", [
        "numastat", "hugepages 2M 4 2", "numastat", "hugepages 2M 9 1", "numastat",
        "alloc interleave 12", "alloc interleave 4 1 0 2", "numastat"])
    seen = []
    for answer in (answers[0], answers[2], answers[4], answers[7]):
        rows = re.findall(r"(?m)^(\w+) +(\d+) +(\d+) +(\d+)", answer)
        seen.append({name: [int(n) for n in numbers] for name, *numbers in rows})
    expect_equal("numa_hit at first", seen[0]["numa_hit"], [2, 0, 3])
    expect_equal("numa_hit after one more of node 2", seen[1]["numa_hit"], [2, 0, 4])
    hit = seen[2]["numa_hit"]
    expect(hit[0] == 2 and hit[2] == 4 and 1 <= hit[1] <= 4, f"numa_hit in the end: {hit}")
    expect_equal("interleave_hit before", seen[2]["interleave_hit"], [0, 0, 0])
    expect_equal("interleave_hit", seen[3]["interleave_hit"], [6, 4, 6])
    expect_equal("numa_hit with them", seen[3]["numa_hit"], [hit[0] + 6, hit[1] + 4, hit[2] + 6])
    expect("4 blocks of order 0" in answers[5], "no line about node 1", [answers[5]])
    for row in seen:
        expect_equal("numa_miss", row["numa_miss"], [0, 0, 0])
        expect_equal("numa_foreign", row["numa_foreign"], [0, 0, 0])
        expect_equal("local_node", row["local_node"], [row["numa_hit"][0], 0, 0])
        expect_equal("other_node", row["other_node"], [0, *row["numa_hit"][1:]])


def interleaved(image, directory):
    """alloc interleave on a machine of QEMU with three nodes: each has its turn, and the audit holds."""
    words = qemu.command(image.target(), append="record monitor", memory=None,
                         args=machine([256, 128, 128]))
    with Prompt(words, directory) as prompt:
        prompt.start()
        for command in ("alloc interleave 30", "alloc interleave 7 4 1 2"):
            answer = prompt.type(command)
            expect(any("node 1" in line for line in answer), f"{command}: no node 1", answer)
        rows = [re.findall(r"(\w+) +(\d+) +(\d+) +(\d+)", l) for l in prompt.type("numastat")]
        row = {r[0][0]: [int(n) for n in r[0][1:]] for r in rows if r}
        expect_equal("interleave_hit", row["interleave_hit"], [10, 14, 13])
        expect_equal("numa_miss", row["numa_miss"], [0, 0, 0])
        prompt.type("free all")
        audit_holds(prompt)


def tests():
    two_far = [(0, 1, 30), (1, 0, 30)]
    four = [(a, b, 10 + 10 * abs(a - b)) for a in range(4) for b in range(4) if a != b]
    result = per_model("numa 2 nodes", as_given([512, 512]))
    result += per_model("numa 2 nodes with distances", as_given([768, 256], two_far))
    result += per_model("numa 4 nodes with distances", as_given([256, 512, 128, 128], four))
    result += per_model("numa 2 nodes in one section", as_given([64, 192]))
    result += per_model("c86 numa=off", numa_off, NODES)
    result += per_model("c86 numa=fake=2", numa_fake(2, GIB), NODES)
    result += per_model("c86 numa=fake=3", numa_fake(3, 3 * GIB), NODES)
    result += per_model("c86 numa=fake=8", numa_fake(8, GIB), NODES)
    result += per_model("numa interleave", interleaved, NODES)
    for model in NODES:
        image = Image(model)
        result.append(Test(f"host numa fallback order {model}",
                           lambda _, i=image: fallback_order(i), [image]))
        result.append(Test(f"host numastat {model}", lambda _, i=image: statistics(i), [image]))
    return result
