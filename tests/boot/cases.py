# SPDX-License-Identifier: BSD-2-Clause
"""
What the modules cases_*.py share: how a case becomes a test of each memory model, and questions
that several of them ask of a boot.
"""
import expectations
import machine_test
from images import Image
from ranges import GIB, MIB, size, text
from suite import MODELS, Failure, Test, expect, expect_equal

RAM = 0x80000000  # where QEMU's virt machine has it


def per_model(name, run, models=None, also=(), config="", full=False, with_default=False):
    """
    Tests "qemu NAME MODEL" of a function run(image, directory). models: the ones that always
    run (default: all); also: those that run with --full. with_default: it boots Image(model), too.
    """
    models = MODELS if models is None else models
    result = []
    for model in [*models, *also]:
        image = Image(model, config)
        only_full = full or model in also
        images = [image, Image(model)] if with_default else [image]
        test = Test(f"qemu {name} {model}", lambda d, i=image: run(i, d), images, only_full)
        result.append(test)
    return result


REST = ["flat", "discontig", "sparse"]  # all but the default model


def no_warnings(boot, *allowed):
    """The boot gave no warning but these."""
    extra = set(boot.record.warnings()) - set(allowed) - {"vmemmap-base-pages"}
    expect(not extra, f"warnings: {' '.join(sorted(extra))}", boot.output)


def expects(boot, *lines):
    """expect: lines as in a tree's header, for a boot."""
    expectations.check(lines, boot, set(boot.record.warnings()))


def one_bank_of(memory, boot):
    """All RAM that QEMU was told to have, and nothing else, is in the banks."""
    banks = boot.record.ranges("bank")
    expect_equal("the machine's banks", text(banks), text([(RAM, RAM + memory)]))


def bytes_of(memory):
    """16M, 3G as QEMU reads them."""
    return int(memory[:-1]) * {"M": MIB, "G": GIB}[memory[-1]]


def reason_of(boot):
    """The reason of a boot that stopped."""
    return boot.record.verdict


def stops_with(boot, *parts):
    """The reason has all these parts."""
    for part in parts:
        if part not in reason_of(boot):
            raise Failure(f'the reason lacks "{part}": {reason_of(boot)}', boot.output[-20:])


def same_ledger(one, two, *but):
    """Two boots' ledgers agree in every column but these."""
    first, second = one.record.one("ledger"), two.record.one("ledger")
    for key in first:
        if key not in but:
            expect_equal(f"the ledger's {key}, on the other way,", second[key], first[key])
    if not but:
        free, wanted = (size(result.record.ranges("free")) for result in (two, one))
        expect_equal("free memory", free, wanted)


boot = machine_test.boot
boot_that_stops = machine_test.boot_that_stops
