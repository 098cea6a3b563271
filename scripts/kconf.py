#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The configuration: from Kconfig and .config to what the build reads.

    kconf.py prepare [--model=NAME] [--set="NAME=value ..."] [--variant=NAME] [--all-models]
        reads .config (made from configs/defconfig if there is none), applies the overrides
        without touching it, and writes into build/<directory>/
            .config                    the configuration that is really built
            include/config_values.h    every symbol, defined: bool 0 or 1, int, quoted string
            include/release.h          RELEASE, from the file VERSION
            config.mk                  MODEL, the directory's name, and CONFIG_ symbols that are y
        and prints build/<directory>. Files that do not change are not written.
        --all-models: the same overrides are for every model; one that a model lacks is no error
    kconf.py menuconfig | defconfig | olddefconfig | oldconfig | savedefconfig
    kconf.py models     prints the names of the memory models

Needs Kconfiglib, from the Debian package python3-kconfiglib. That belongs to the system's
python3; when another python3 comes first in PATH, the system's is tried too.
"""
import argparse
import hashlib
import os
import re
import sys

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODELS = {
    "flat": "FLATMEM",
    "discontig": "DISCONTIGMEM",
    "sparse": "SPARSEMEM",
    "vmemmap": "SPARSEMEM_VMEMMAP",
}
DEFCONFIG = "configs/defconfig"


def die(text):
    sys.exit(f"kconf: {text}")


def import_kconfiglib():
    """Import it here, or start again with an interpreter that can."""
    try:
        import kconfiglib

        return kconfiglib
    except ImportError:
        tried = os.environ.get("KCONF_TRIED", "").split(":")
        for python in ("/usr/bin/python3", "/usr/local/bin/python3"):
            if python not in tried and os.access(python, os.X_OK):
                os.environ["KCONF_TRIED"] = ":".join(tried + [python])
                os.execv(python, [python, os.path.abspath(__file__)] + sys.argv[1:])
        die("no python3 here can import kconfiglib; 'scripts/deps build' installs it")


def write_if_changed(path, text):
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    # Written aside and renamed: a build that runs at the same time never sees half a file.
    aside = f"{path}.{os.getpid()}"
    with open(aside, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(aside, path)


def load(kconfiglib, filename=".config"):
    kconf = kconfiglib.Kconfig("Kconfig", warn_to_stderr=True)
    if filename == ".config" and not os.path.exists(filename):
        filename = DEFCONFIG
        kconf.load_config(filename)
        write_if_changed(os.path.abspath(".config"), config_text(kconf))
    else:
        kconf.load_config(filename)
    return kconf


def config_text(kconf):
    """The text of a .config, through a file because Kconfiglib only writes files."""
    aside = f".config.{os.getpid()}"
    kconf.write_config(aside, save_old=False)
    with open(aside, encoding="utf-8") as file:
        text = file.read()
    os.remove(aside)
    return text


def apply(kconf, name, value, origin, hidden_is_fine=False):
    """
    Set one symbol and make sure that the value holds: a dependency may forbid it. hidden_is_fine:
    leave a symbol alone that this model does not have.
    """
    name = name.removeprefix("CONFIG_")
    symbol = kconf.syms.get(name)
    if symbol is None or not symbol.nodes:
        die(f"{origin} names {name}, which no Kconfig file defines")
    value = value.strip('"')
    if hidden_is_fine and not symbol.visibility:
        return
    if not symbol.set_value(value) or symbol.str_value != value:
        die(
            f"{origin}: {name}={value} has no effect (it is {symbol.str_value or 'not visible'}): "
            "see its dependencies and range in make menuconfig"
        )


def value_of(kconfiglib, symbol):
    """A symbol's value as C text. What dependencies hide is 0, or its first default."""
    if symbol.type in (kconfiglib.BOOL, kconfiglib.TRISTATE):
        return "1" if symbol.tri_value else "0"
    text = symbol.str_value
    if not text and symbol.type != kconfiglib.STRING:
        text = symbol.defaults[0][0].str_value if symbol.defaults else "0"
    if symbol.type == kconfiglib.STRING:
        return '"' + kconfiglib.escape(text) + '"'
    return text


def prepare(kconfiglib, args):
    kconf = load(kconfiglib)
    if args.model:
        if args.model not in MODELS:
            die(f"MODEL={args.model} is not a memory model; the four are: {' '.join(MODELS)}")
        apply(kconf, MODELS[args.model], "y", "MODEL=")
    for word in args.set.split():
        name, equals, value = word.partition("=")
        if not equals:
            die(f'KCONFIG_OVERRIDES wants NAME=value words, not "{word}"')
        apply(kconf, name, value, "KCONFIG_OVERRIDES", args.all_models)
    model = next(m for m, name in MODELS.items() if kconf.syms[name].tri_value)

    variant = args.variant or re.sub(r"[^A-Za-z0-9]+", "-", args.set).strip("-")
    directory = model + (f"-{variant}" if variant else "")
    out = os.path.join("build", directory)
    values = {s.name: value_of(kconfiglib, s) for s in kconf.unique_defined_syms}
    digest = "\n".join(f"{name}={values[name]}" for name in sorted(values))
    short_hash = hashlib.sha256(digest.encode()).hexdigest()[:8]
    header = [
        "/* SPDX-License-Identifier: BSD-2-Clause */",
        "/* Written by scripts/kconf.py from .config: do not edit. */",
        "#pragma once",
        "",
    ]
    header += [f"#define CONFIG_{name} {value}" for name, value in values.items()]
    header.append(f'#define CONFIG_SHORT_HASH "{short_hash}"')
    with open("VERSION", encoding="utf-8") as file:
        release = file.read().strip()

    write_if_changed(f"{out}/.config", config_text(kconf))
    write_if_changed(f"{out}/include/config_values.h", "\n".join(header) + "\n")
    write_if_changed(
        f"{out}/include/release.h",
        "/* SPDX-License-Identifier: BSD-2-Clause */\n#pragma once\n\n"
        f'#define RELEASE "{release}"\n',
    )
    chosen = [f"CONFIG_{s.name} := y\n" for s in kconf.unique_defined_syms if values[s.name] == "1"]
    write_if_changed(
        f"{out}/config.mk", f"override MODEL := {model}\nDIRECTORY := {directory}\n" + "".join(chosen)
    )
    print(out)


def front_end(kconfiglib, verb):
    """The Kconfig front ends of Kconfiglib, on .config."""
    os.environ["KCONFIG_CONFIG"] = ".config"
    if verb == "defconfig":
        kconf = kconfiglib.Kconfig("Kconfig")
        print(kconf.load_config(DEFCONFIG))
        print(kconf.write_config(".config"))
        return
    kconf = load(kconfiglib)
    if verb == "menuconfig":
        import menuconfig

        menuconfig.menuconfig(kconf)
    elif verb == "oldconfig":
        import oldconfig

        sys.argv = ["oldconfig", "Kconfig"]
        oldconfig._main()
    elif verb == "olddefconfig":
        print(kconf.write_config(".config"))
    elif verb == "savedefconfig":
        os.makedirs("build", exist_ok=True)
        print(kconf.write_min_config("build/defconfig"))
        print(f"kconf: copy build/defconfig to {DEFCONFIG} to make it the default")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    verbs = ["menuconfig", "defconfig", "olddefconfig", "oldconfig", "savedefconfig"]
    parser.add_argument("verb", choices=["prepare", "models"] + verbs)
    parser.add_argument("--model", default="")
    parser.add_argument("--set", default="")
    parser.add_argument("--variant", default="")
    parser.add_argument("--all-models", action="store_true")
    args = parser.parse_args()
    os.chdir(TOP)
    if args.verb == "models":
        print(" ".join(MODELS))
        return
    kconfiglib = import_kconfiglib()
    if args.verb == "prepare":
        prepare(kconfiglib, args)
    else:
        front_end(kconfiglib, args.verb)


main()
