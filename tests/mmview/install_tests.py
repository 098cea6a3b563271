# SPDX-License-Identifier: BSD-2-Clause
"""make install: everything in its place, and working from there."""
import os
import shutil
import subprocess

from suite import CLEAN, SCRATCH, TOP, a_tree, expect, expect_equal, run, scratch, test

GIB = 1 << 30
PREFIX = "/opt/page wright"
FILES = ["bin/mmview", "share/man/man1/mmview.1", "share/bash-completion/completions/mmview"] + [
    f"libexec/pagewright/{name}" for name in (
        "flat", "discontig", "sparse", "vmemmap", *(
            f"{model}-{size}" for model in ("sparse", "vmemmap")
            for size in ("64M", "128M", "256M", "512M", "1G")))]


def installed():
    """The directory of an installation; made once."""
    root = os.path.join(SCRATCH.name, "root")
    if not os.path.exists(root):
        done = subprocess.run(["make", "-s", "-C", TOP, "install", f"PREFIX={PREFIX}",
                               f"DESTDIR={root}"], stdin=subprocess.DEVNULL, env=CLEAN,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        expect(done.returncode == 0, "make install failed",
               done.stdout.decode(errors="replace").splitlines()[-30:])
    return root + PREFIX


@test
def all_files():
    """make install puts every file under DESTDIR and PREFIX, even with a blank in it"""
    place = installed()
    found = [os.path.relpath(os.path.join(at, name), place)
             for at, _, names in os.walk(place) for name in names]
    expect_equal("the files", sorted(set(found) - {"libexec/pagewright/bench.json"}), sorted(FILES))
    for name in found:
        with open(os.path.join(place, name), "rb") as file:
            expect(TOP.encode() + b"/" not in file.read(), f"{name} names a path of this machine")


@test
def works_installed():
    """the installed mmview runs from anywhere, also through a link, with its own programs"""
    place = installed()
    tree = a_tree("installed", [(0x80000000, GIB)])
    wanted = run("--record", tree).out
    link = scratch("link")
    if not os.path.islink(link):
        os.symlink(os.path.join(place, "bin/mmview"), link)
    for program in (os.path.join(place, "bin/mmview"), link):
        expect_equal(f"the record of {os.path.basename(program)}",
                     run("--record", tree, program=program, cwd="/").out, wanted)
    run("--section-size=1G", "--model=sparse", "--record", tree, program=link, cwd="/")
    other = scratch("without")
    shutil.copytree(place, other)
    os.remove(os.path.join(other, "libexec/pagewright/sparse"))
    result = run(tree, program=os.path.join(other, "bin/mmview"), status=2)
    expect("libexec/pagewright/sparse is missing" in result.err, "not explained", result.shown())


@test
def manual():
    """the manual page is clean"""
    if not shutil.which("mandoc"):
        return "mandoc is not installed"
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "style",
                           os.path.join(installed(), "share/man/man1/mmview.1")],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode()
    expect(done.returncode == 0 and not text, "mandoc complains", text.splitlines())
    return None


def completed(line, directory):
    """What bash offers for a command line."""
    script = f"""
        . "{installed()}/share/bash-completion/completions/mmview"
        cd "{directory}"
        COMP_LINE={line!r}
        COMP_WORDBREAKS=$' \\t\\n"\\'@><=;|&(:'
        read -ra words <<<"${{COMP_LINE//=/ = }}"
        [[ $COMP_LINE != *' ' ]] || words+=("")
        COMP_WORDS=("${{words[@]}}")
        COMP_CWORD=$((${{#words[@]}} - 1))
        _mmview
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-u", "-c", script], stdout=subprocess.PIPE, check=True)
    return sorted(done.stdout.decode().split())


@test
def completion():
    """bash completes options, models, sizes and trees"""
    directory = os.path.join(SCRATCH.name, "trees")
    os.makedirs(os.path.join(directory, "more"), exist_ok=True)
    for name in ("a.dtb", "b.dts", "c.txt"):
        with open(os.path.join(directory, name), "wb"):
            pass
    expect_equal("--re", completed("mmview --re", directory), ["--record"])
    expect_equal("--model ", completed("mmview --model ", directory),
                 ["discontig", "flat", "sparse", "vmemmap"])
    expect_equal("--model=v", completed("mmview --model=v", directory), ["vmemmap"])
    expect_equal("--model=", completed("mmview --model=", directory),
                 ["discontig", "flat", "sparse", "vmemmap"])
    expect_equal("--section-size=6", completed("mmview --section-size=6", directory), ["64M"])
    expect_equal("a tree", completed("mmview --section-size ", directory),
                 ["a.dtb", "b.dts", "more/"])
    expect_equal("a log", completed("mmview --log c", directory), ["c.txt"])


def prepared(model, *words):
    """kconf.py for one model: (exit status, what it says)."""
    done = subprocess.run(["python3", "scripts/kconf.py", "prepare", f"--model={model}",
                           "--variant=test", *words], cwd=TOP, stdin=subprocess.DEVNULL, env=CLEAN,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


@test
def model_of_the_caller():
    """make MODEL=flat for all models: each is still compiled as itself"""
    try:
        expect_equal("prepared", prepared("vmemmap")[0], 0)
        made = subprocess.run(["make", "-f", "scripts/build.mk", "CONFIG=build/vmemmap-test", "MODEL=flat",
                               "compile-commands"], cwd=TOP, stdin=subprocess.DEVNULL, env=CLEAN,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        text = made.stdout.decode(errors="replace")
        expect("kernel/mm/model/vmemmap" in text, "not compiled as vmemmap", text.splitlines()[:5])
        expect("kernel/mm/model/flat" not in text, "compiled as flat", text.splitlines()[:5])
    finally:
        shutil.rmtree(f"{TOP}/build/vmemmap-test", ignore_errors=True)


@test
def overrides_for_all_models():
    """KCONFIG_OVERRIDES with all models: a symbol that one of them lacks is no error, a wrong one is"""
    leaf = "--set=VMEMMAP_LEAF_BASE=y"
    try:
        expect(prepared("flat", leaf)[0] != 0, "FLAT takes a symbol of another model")
        expect_equal("FLAT among all", prepared("flat", leaf, "--all-models")[0], 0)
        expect_equal("vmemmap", prepared("vmemmap", leaf, "--all-models")[0], 0)
        with open(f"{TOP}/build/vmemmap-test/config.mk", encoding="utf-8") as file:
            expect("VMEMMAP_LEAF_BASE" in file.read(), "the override is not in the configuration")
        for wrong in ("--set=NO_SUCH_SYMBOL=y", "--set=VMEMMAP_LEAF_BASE"):
            status, text = prepared("flat", wrong, "--all-models")
            expect(status != 0 and "KCONFIG_OVERRIDES" in text, f"{wrong} is taken", [text])
    finally:
        for model in ("flat", "vmemmap"):
            shutil.rmtree(f"{TOP}/build/{model}-test", ignore_errors=True)
