# SPDX-License-Identifier: BSD-2-Clause
"""
Huge pages beyond what a tree says (dts/maps/c123 to c128): nodes of QEMU, the self-test with pools,
and the monitor's commands, which change them.
"""
import cases_numa
import host
import record
import trees
from cases import boot, expects, no_warnings, per_model
from images import Image
from ranges import GIB, PAGE, size
from suite import MODELS, Failure, Test, expect, expect_equal

TREE = "dts/maps/c157-3g.dts"


def on_nodes(image, directory):
    """C123: a request without nodes goes round; one with nodes is kept to."""
    args = cases_numa.machine([256, 512])
    result = boot(image, directory, "record hugepages=6", memory=None, args=args)
    nodes = {line["node"]: line.number("nr") for line in result.record.all("hugetlb_node")}
    flat = image.model == "flat"
    expect_equal("huge pages by node", nodes, {"0": 6} if flat else {"0": 3, "1": 3})
    no_warnings(result, "flat-numa-ignored")


def selftest(image, directory):
    """The self-test takes all but the pools, and gives it back."""
    result = boot(image, directory, "record selftest hugepages=8 hugepagesz=1G hugepages=1", "3G")
    pages = result.record.one("audit").number("free")
    lines = [line for line in result.output if line.startswith("selftest ")]
    proven = any(f"{pages} pages" in l and "same free lists" in l for l in lines)
    expect(proven, f"no line says that {pages} pages were allocated and freed", lines)
    expects(result, "record mm.hugetlb size=1073741824 got=1", "record mm.audit held=4096")
    no_warnings(result, "bad-free")


def shared_tails(image, directory):
    """HVO: the page tables in QEMU's memory show what the record says; other models say why not."""
    words = "record selftest hugepages=70 hugepagesz=1G hugepages=1 hugetlb_free_vmemmap=on"
    result = boot(image, directory, words, "3G")
    no_warnings(result, "bad-free")
    if image.model == "vmemmap":
        expects(result, "record mm.hvo pages_2m=70 pages_1g=1 released=19070976",
                'log "huge pages share their tail"')
    else:
        expect(not result.record.all("hvo"), "mm.hvo in a model without vmemmap")
        expects(result, 'log "this memory model has no vmemmap"')


def tails_by_default(image, directory):
    """HVO is the default of this build; hugetlb_free_vmemmap=off overrides it."""
    result = boot(image, directory, "record selftest hugepages=8", "512M")
    expects(result, "record mm.hvo pages_2m=8", 'log "huge pages share their tail"')
    result = boot(image, directory, "record selftest hugepages=8 hugetlb_free_vmemmap=off", "512M")
    expect(not result.record.all("hvo"), "mm.hvo in spite of hugetlb_free_vmemmap=off")
    expects(result, "record mm.hugetlb got=8")
    no_warnings(result, "bad-free")


# A command, and what its answer must have. The pool of 1 GiB begins with one page.
COMMANDS = [
    ("hugepages", "1 GiB  total 1, free 1, rsvd 0, surp 0"),
    ("hugepages 2M 8", "2 MiB  (default) total 8, free 8"),
    ("audit", "result                        ok"),
    ("hugepages 2M alloc", "of node 0; hugepages free 0x"),
    ("hugepages 2M", "total 8, free 7"),
    ("hugepages 2M reserve 7", "free 7, rsvd 7"),
    ("hugepages 2M alloc", "no page of the pool is free"),
    ("hugepages 2M 0", "total 8, free 7, rsvd 7, surp 8"),
    ("hugepages 2M reserve 0", "total 1, free 0, rsvd 0, surp 1"),
    ("hugepages 2M overcommit 2", "overcommit 2"),
    ("hugepages 2M alloc 0", "of node 0"),
    ("hugepages 2M alloc 0", "no page of the pool is free"),
    ("hugepages 1G 0", "1 GiB  total 0, free 0"),
    ("audit", "result                        ok"),
    ("hugepages 1G 2", "asked 2, got 1: the node has no free, aligned memory of that size"),
    ("audit", "result                        ok"),
    ("hugepages 1G 0 0", "1 GiB  total 0, free 0"),
    ("hugepages free 0x80200", "refused: it is no huge page in use"),
    ("hugepages free 0x1", "has no struct page of RAM"),
    ("hugepages 3M", "no size of a huge page"),
    ("hugepages 2M 1 9", "there is no node 9"),
    ("hugepages 2M many", "usage: hugepages"),
    ("hugepages 2M 1many", "is not a number"),
    ("record", "mm.ledger ram=3221225472"),
]


def session(image):
    """The commands of the monitor, on the host: each answer, and every audit in between."""
    answers, _ = host.session(image, trees.compile_tree(TREE), "hugepagesz=1G hugepages=1",
                                   [command for command, _ in COMMANDS])
    for (command, wanted), answer in zip(COMMANDS, answers):
        if wanted not in answer:
            raise Failure(f'"{command}" does not answer "{wanted}"', answer.splitlines())
    lines = [line for line in answers[-1].splitlines() if line.startswith("mm.")]
    after = record.parse([*lines, "mm.verdict ok"])
    expect_equal("the ledger's hugetlb", after.one("ledger")["hugetlb"], "0")
    pool = size(after.ranges("hugepage", size=str(2 << 20))) // PAGE
    expect_equal("pages in use", pool, 2 * 512)
    managed = sum(line.number("managed") for line in after.all("zone"))
    free = sum(line.number("blocks") << line.number("order") for line in after.all("buddy"))
    expect_equal("free pages", free, managed - pool)
    before = size(after.ranges("free")) // PAGE
    expect_equal("pages that came after hand-over", managed, before + GIB // PAGE)


def tests():
    result = per_model("c123 huge pages on two nodes", on_nodes)
    result += per_model("selftest with huge pages", selftest)
    result += per_model("hvo", shared_tails, ["vmemmap", "sparse"])
    result += per_model("hvo by default", tails_by_default, ["vmemmap"],
                        config="HUGETLB_PAGE_OPTIMIZE_VMEMMAP_DEFAULT_ON=y")
    for model in MODELS:
        image = Image(model)
        name = f"host the hugepages commands {model}"
        result.append(Test(name, lambda _, i=image: session(i), [image]))
    return result
