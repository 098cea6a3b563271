# SPDX-License-Identifier: BSD-2-Clause
"""
Every tree of dts/, on the host and, where its header says so, in QEMU, for each memory model.
"""
import expectations
import host
import machine_test
import proof
from suite import Failure, Test
from trees import all_trees

SELFTEST_WARNINGS = {"bad-free"}  # the self-test frees wrongly on purpose


def stops(tree):
    return any(text.startswith("verdict stop") for text in tree.expect)


def other_warnings(tree):
    return SELFTEST_WARNINGS if "selftest" in tree.args.split() else ()


def on_host(tree, model):
    """The boot on the host: the header's expectations, and the record by itself."""
    boot = host.boot(tree.image(model), tree.blob(), tree.bootargs())
    expectations.check(tree.expect, boot, other_warnings(tree))
    if boot.record.is_ok():
        proof.judge_record(boot.record)


def models_agree(tree):
    """The same tree in all its models: the same memory is free."""
    records = {}
    for model in tree.models:
        boot = host.boot(tree.image(model), tree.blob(), tree.bootargs())
        if not boot.record.is_ok():
            raise Failure(f"{model}: verdict {boot.record.verdict}")
        if not boot.record.ranges("dropped", why="no memmap"):
            records[model] = boot.record
    proof.same_free(records)


def in_qemu(tree, model, directory):
    """The boot in QEMU: the same, and the page tables, and the record against the host's."""
    memory, words = tree.memory()
    args = [*words, "-dtb", tree.blob()]
    image = tree.image(model)
    if stops(tree):
        boot = machine_test.boot_that_stops(
            image, directory, tree.bootargs(), memory=memory, args=args
        )
    else:
        boot = machine_test.boot(image, directory, tree.bootargs(), memory=memory, args=args)
    expectations.check(tree.expect, boot, other_warnings(tree))


def tests():
    result = []
    for tree in all_trees():
        images = {model: tree.image(model) for model in tree.models}
        for model in tree.models if "host" in tree.run else ():
            result.append(Test(f"host {tree.name()} {model}",
                               lambda _, t=tree, m=model: on_host(t, m), [images[model]]))
        if "host" in tree.run and len(tree.models) > 1 and not stops(tree):
            result.append(Test(f"host {tree.name()} models agree",
                               lambda _, t=tree: models_agree(t), list(images.values())))
        for model in tree.models if "qemu" in tree.run else ():
            result.append(Test(f"qemu {tree.name()} {model}",
                               lambda d, t=tree, m=model: in_qemu(t, m, d), [images[model]]))
    return result
