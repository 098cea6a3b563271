# SPDX-License-Identifier: BSD-2-Clause
"""What the options ask for: boot, then show. Each function answers the exit status."""
import json
import os
import sys

import advise
import compare
import findings
import logfile
import monitor
import options
import programs
import release
import run
import tree
import view
from errors import Unusable
from paint import Paint


def perform(args, out):
    """Do what the arguments say, onto a text stream."""
    if args.log:
        return with_logs(args, out)
    asked = options.boot_options(args)
    if not (args.record or args.map or args.svg or args.step or args.monitor or args.command
            or args.section_size == "all"):
        findings.prepare(args.lint)
    with tree.opened(args.file, args.bank, args.include) as blob:
        if args.section_size == "all":
            return section_sizes(args, blob, asked, out)
        if args.map or args.svg:
            return picture(args, blob, asked, out)
        if args.step:
            return step(args, blob, asked, out)
        if args.monitor or args.command:
            return monitor.start(args, blob, asked, out)
        return show(args, blob, asked, out)


def status(records, found=()):
    """1 for a model that does not boot or a finding that matters."""
    return int(any(not r.is_ok() for r in records.values()) or findings.serious(found))


def say(lines, out):
    """Print lines."""
    out.write("".join(line + "\n" for line in lines))


def show(args, blob, asked, out):
    """The views of the whole: side by side, --record, --json, --lint."""
    models = (args.model,) if args.model else programs.MODELS
    records = run.boot_all(models, blob, asked)
    if args.record:
        say([records[model].text().rstrip("\n") for model in models], out)
        return status(records)
    found, why = findings.of_tree(blob, records, args.lint)
    paint = Paint(out)
    if args.json:
        json.dump(as_json(args, records, found), out, indent=1)
        out.write("\n")
    elif args.lint:
        say(findings.show(found, why, paint), out)
        return int(findings.serious(found))
    else:
        say(view.show(records, title(args), paint), out)
        say([""] + findings.show(found, why, paint), out)
    return status(records, found)


def title(args):
    """The first line of a view."""
    return f"mmview {release.text()}: {args.file}"


def as_json(args, records, found):
    """Everything that is known, for programs."""
    return {
        "mmview": {"release": release.text(), "file": args.file},
        "records": {model: record.as_dict() for model, record in records.items()},
        "findings": findings.as_dicts(found),
    }


def picture(args, blob, asked, out):
    """--map and --svg."""
    try:
        import picture as drawing  # pylint: disable=import-outside-toplevel
    except ModuleNotFoundError as error:
        if error.name != "picture":
            raise
        raise Unusable("pictures are not in this build") from None
    if args.map:
        model = args.model or "vmemmap"
        records = {model: run.boot(model, blob, asked)}
        text = drawing.text_map(records[model]) if records[model].bank else ""
        out.write(text)
        say(view.stop_lines(records, Paint(out)), out)
        return status(records)
    models = (args.model,) if args.model else programs.MODELS
    records = run.boot_all(models, blob, asked)
    model = args.model or next((m for m in reversed(models) if records[m].is_ok()), None)
    if not model or not records[model].bank:
        say(view.stop_lines(records, Paint(sys.stderr)), sys.stderr)
        return 1
    write(args.svg, drawing.svg(records[model], os.path.basename(args.file)), out)
    return status({model: records[model]})


def step(args, blob, asked, out):
    """--step: what the boot itself prints, slowly."""
    asked.words = ["step"]
    done = run.transcript(args.model or "vmemmap", blob, asked)
    out.write(done.stdout.decode(errors="replace"))
    if done.returncode not in (0, 1):
        raise Unusable(f"the boot broke off (status {done.returncode})")
    return done.returncode


def write(path, text, out):
    """A file of text; "-" is the output."""
    if path == "-":
        out.write(text)
        return
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from None


def section_sizes(args, blob, asked, out):
    """--section-size: all sizes, and advice."""
    models = (args.model,) if args.model else programs.SECTION_MODELS
    results = {}
    for size in programs.SECTION_SIZES:
        asked.section_size = size
        for model, record in run.boot_all(models, blob, asked).items():
            results[model, size] = record
    say([title(args), ""] + advise.show(results, Paint(out)), out)
    return status(results)


def with_logs(args, out):
    """--log: one log alone, two logs, or a log and a tree."""
    paint = Paint(out)
    boots = [read_log(path) for path in args.log]
    records = [boot.record for boot in boots]
    names = list(args.log)
    damaged = False
    for name, boot in zip(names, boots):
        for note in boot.damage():
            damaged = True
            print(f"mmview: {name}: {note}", file=sys.stderr)
    if args.file:
        records.append(boot_like(records[0], args))
        names.append(args.file)
    if len(records) == 2:
        lines, same = compare.show(*records, names, paint)
        say(lines, out)
        return int(damaged or not same)
    if args.record:
        out.write(records[0].text())
    elif args.json:
        json.dump({"log": names[0], "record": records[0].as_dict()}, out, indent=1)
        out.write("\n")
    else:
        column = {records[0].model or "log": records[0]}
        say(view.show(column, f"mmview {release.text()}: {names[0]}", paint), out)
    return int(damaged or not records[0].is_ok())


def read_log(path):
    """The boot of a log that is worth looking at."""
    boot = logfile.best(logfile.read(tree.read(path).decode(errors="replace")))
    if boot is None:
        raise Unusable(f"{path}: no line of a record in it (boot with the argument record)")
    return boot


def boot_like(record, args):
    """Boot the tree as the log's machine did: model, section size, addresses, boot arguments."""
    asked = options.boot_options(args)
    model = args.model or record.model or "vmemmap"
    if model not in programs.MODELS:
        raise Unusable(f"{os.path.basename(args.log[0])}: no memory model is called {model}")
    handoff = record.one("handoff")
    if handoff and not asked.image:
        keys = ("image", "image_rodata", "image_data", "image_end")
        asked.image = ":".join(f"{handoff[key]:#x}" for key in keys)
    if handoff and not asked.dtb_at:
        asked.dtb_at = f"{handoff['dtb']:#x}"
    if asked.bootargs is None:
        asked.bootargs = logfile.bootargs(record)
    with tree.opened(args.file, args.bank, args.include) as blob:
        booted = run.boot(model, blob, asked)
        wanted = record.one("build").get("section_bits")
        if wanted in (None, booted.one("build").get("section_bits")) or asked.section_size:
            return booted
        sizes = {26: "64M", 27: "128M", 28: "256M", 29: "512M", 30: "1G"}
        asked.section_size = sizes.get(wanted)
        return run.boot(model, blob, asked)
