# SPDX-License-Identifier: BSD-2-Clause
"""
Nodes as QEMU's own -numa options make them, and what numa= does to them (C78, C85, C86).
"""
from cases import boot, expects, no_warnings, per_model
from ranges import GIB, MIB, size
from suite import expect, expect_equal

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
    return result
