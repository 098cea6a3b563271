#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
tests/fuzz/run.py [--seconds=N] [TARGET...] - run the fuzz targets, tests/fuzz/fuzz_TARGET.c.

Without --seconds, as a test: every kept input once, then the seeds and a fixed number of inputs made from
them with a fixed seed, so that neither the clock nor the machine's load decides the verdict.
One line a target: "ok fuzz NAME: N executions", "not ok fuzz NAME: why" or "skip fuzz NAME: why".

With --seconds (make fuzz) each target runs for that long, with progress, and goes on where the
last run ended: build/fuzz/corpus/MODEL/TARGET. Crashes are kept in build/fuzz/crashes.

  tests/fuzz/kept/TARGET   inputs that once were a finding; replayed in every run
  build/fuzz/seeds/TARGET  dts/maps and dts/boards through dtc; their boot arguments; golden records;
                           the examples of docs/monitor.md

One input by hand: FUZZ_SHOW=1 build/fuzz/vmemmap/fuzz_TARGET FILE shows what the kernel printed.
MODEL=NAME chooses the memory model; without it vmemmap.
"""
import argparse
import glob
import os
import random
import re
import shutil
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OUT = "build/fuzz"
# Executions in make test, and the size of an input in bytes.
TARGETS = {
    "dtb": (250, 12288),
    "memblock": (5000, 1024),
    "buddy": (500, 768),
    "cmdline": (30000, 1024),
    "monitor": (1500, 512),
    "record": (1000, 8192),
}
ENVIRONMENT = {
    **os.environ,
    # Frames of the pretended machine are shared memory, the kernel never frees: leaks are no question.
    "ASAN_OPTIONS": "detect_leaks=0:handle_abort=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
}


def quiet(command, **more):
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        **more,
    )
    return done.returncode, done.stdout.decode(errors="replace")


def build(model):
    """The directory of the programs, or None and why."""
    status, text = quiet(["python3", "scripts/kconf.py", "prepare", f"--model={model}"])
    if status != 0:
        return None, text
    config = text.split()[-1]
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    command = ["make", f"-j{os.cpu_count() or 1}", "-f", "scripts/build.mk", f"CONFIG={config}", "ARCH=host"]
    status, text = quiet([*command, "FLAVOUR=fuzz", "HOSTCC=clang", "fuzz-targets"], env=environment)
    return (f"{OUT}/{os.path.basename(config)}", "") if status == 0 else (None, text)


def seed_trees():
    """Every tree of dts/ as a blob, and its boot arguments as a text."""
    for target in TARGETS:
        os.makedirs(f"{OUT}/seeds/{target}", exist_ok=True)
    for source in sorted(glob.glob("dts/maps/*.dts") + glob.glob("dts/boards/*.dts")):
        name = os.path.basename(source)[: -len(".dts")]
        blob = f"{OUT}/seeds/dtb/{name}"
        if not os.path.exists(blob) or os.path.getmtime(blob) < os.path.getmtime(source):
            status, text = quiet(
                ["dtc", "-q", "-I", "dts", "-O", "dtb", "-i", "dts/maps", "-o", blob, source]
            )
            if status != 0:
                sys.exit(f"not ok fuzz: dtc cannot compile {source}: {text}")
        with open(source, encoding="utf-8") as file:
            arguments = re.findall(r'bootargs\s*=\s*"((?:[^"\\]|\\.)*)"', file.read())
        if arguments:
            with open(f"{OUT}/seeds/cmdline/{name}", "w", encoding="utf-8") as file:
                file.write(arguments[-1].replace('\\"', '"'))


def seed_records():
    """The golden records, and each kind of line by itself."""
    lines = {}
    for path in sorted(glob.glob("tests/boards/golden/*.record")):
        shutil.copyfile(path, f"{OUT}/seeds/record/{os.path.basename(path)}")
        with open(path, encoding="utf-8") as file:
            lines.update({line.split(maxsplit=1)[0]: line for line in file})
    for topic, line in lines.items():
        with open(f"{OUT}/seeds/record/{topic}", "w", encoding="utf-8") as file:
            file.write(line)


def seed_operations():
    """Programs of operations to begin with: from nothing it takes long to find one that gets anywhere."""
    for target in ("memblock", "buddy"):
        for i in range(40):
            with open(f"{OUT}/seeds/{target}/{i}", "wb") as file:
                file.write(random.Random(i).getrandbits(8 * 240).to_bytes(240, "little"))


def seed_commands():
    """Every example of docs/monitor.md, typed by a person and by a pipe; their words as a dictionary."""
    with open("docs/monitor.md", encoding="utf-8") as file:
        text = file.read()
    examples = sorted(set(re.findall(r"^pagewright> (.+)$", text, re.M)))
    for i, example in enumerate(examples):
        for kind in range(8):  # the bits of fuzz_monitor.c
            with open(f"{OUT}/seeds/monitor/{i}-{kind}", "wb") as file:
                file.write(bytes([kind]) + example.encode() + b"\n")
    usages = re.findall(r"^usage: (.*(?:\n {6}.*)*)", text, re.M)
    words = {word for line in [*examples, *usages] for word in re.findall(r"[a-z0-9_]+", line)}
    keys = r"\x1b[A \x1b[D \x1b[H \x1b[3~ \x1b[1;5D \x1bd \x12 \x19 \x09 \x0a".split()
    with open(f"{OUT}/seeds/monitor.dict", "w", encoding="utf-8") as file:
        file.writelines(f'"{entry}"\n' for entry in [*sorted(words), *keys])


def fuzz(target, programs, model, seconds):
    """Print the result of one target; True unless it failed."""
    runs, size = TARGETS[target]
    program = f"{programs}/fuzz_{target}"
    if not os.path.exists(program):  # the only one that is not always built
        print(f"skip fuzz {target}: no headers of Python here; make fuzz installs them", flush=True)
        return True
    crashes = f"{OUT}/crashes/{target}-"
    os.makedirs(f"{OUT}/crashes", exist_ok=True)
    common = ["-timeout=60", "-rss_limit_mb=4096", f"-max_len={size}", f"-artifact_prefix={crashes}"]
    for folder in ("tests/fuzz", f"{OUT}/seeds"):
        if os.path.exists(f"{folder}/{target}.dict"):
            common.append(f"-dict={folder}/{target}.dict")
    kept = sorted(glob.glob(f"tests/fuzz/kept/{target}/*"))
    if kept:
        status, text = quiet([program, *common, *kept], env=ENVIRONMENT)
        if status != 0:
            return failed(target, text, "a kept input is a finding again")
    corpus = f"{OUT}/corpus/{model}/{target}"
    if not seconds:  # nothing from earlier runs may decide
        corpus = f"{OUT}/test-corpus/{target}"
        shutil.rmtree(corpus, ignore_errors=True)
        common += [f"-runs={runs}", "-seed=1", "-verbosity=0"]
    else:
        common += [f"-max_total_time={seconds}"]
    os.makedirs(corpus, exist_ok=True)
    command = [program, *common, "-print_final_stats=1", corpus, f"{OUT}/seeds/{target}"]
    lines = []
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=ENVIRONMENT
    ) as process:
        for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip("\n")
            lines.append(line)
            if seconds and re.match(r"#\d+\s+(pulse|INITED|DONE)", line):
                print(f"# {target} {line}", flush=True)
    text = "\n".join(lines)
    executed = re.search(r"stat::number_of_executed_units: (\d+)", text)
    if process.returncode != 0 or not executed:
        return failed(target, text, f"exit status {process.returncode}")
    print(f"ok fuzz {target}: {executed.group(1)} executions, {len(kept)} kept inputs", flush=True)
    return True


def failed(target, text, why):
    """The finding's first line says why; the end of the output follows."""
    what = re.search(r"^FINDING: (.*)|^.*(runtime error: .*)|ERROR: (.*)", text, flags=re.M)
    where = re.search(r"Test unit written to (\S+)", text)
    reason = next((g for g in what.groups() if g), why) if what else why
    print(f"not ok fuzz {target}: {reason}" + (f"; input: {where.group(1)}" if where else ""))
    for line in text.splitlines()[-60:]:
        print(f"# {line}")
    sys.stdout.flush()
    return False


def main():
    os.chdir(TOP)
    parser = argparse.ArgumentParser(usage="tests/fuzz/run.py [--seconds=N] [TARGET...]")
    parser.add_argument("--seconds", type=int, default=0)
    parser.add_argument("target", nargs="*")
    arguments = parser.parse_args()
    for name in arguments.target:
        if name not in TARGETS:
            parser.error(f"no target {name}; there are {' '.join(TARGETS)}")
    wanted = arguments.target or list(TARGETS)
    runtime = "libclang_rt.fuzzer*.a"
    if shutil.which("clang"):
        where = subprocess.run(["clang", "-print-resource-dir"], stdout=subprocess.PIPE, check=True)
        runtime = f"{where.stdout.decode().strip()}/lib/*/{runtime}"
    if not glob.glob(runtime):
        for target in wanted:
            print(f"skip fuzz {target}: no clang with libFuzzer here; make fuzz installs it")
        return
    model = os.environ.get("MODEL") or "vmemmap"
    programs, text = build(model)
    if not programs:
        print("not ok fuzz build: the targets do not build")
        print("".join(f"# {line}\n" for line in text.splitlines()[-40:]))
        sys.exit(1)
    seed_trees()
    seed_operations()
    seed_records()
    seed_commands()
    results = [fuzz(target, programs, model, arguments.seconds) for target in wanted]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
