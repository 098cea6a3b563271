# SPDX-License-Identifier: BSD-2-Clause
"""
What the commands print against what the record says: each figure is read out of the text as a reader of
Linux's files would do it, and must be the record's.
"""
import re

from suite import expect, expect_equal

PAGE = 4096
COMMANDS = ("record meminfo buddyinfo pagetypeinfo zoneinfo iomem memblock bootmap sections vmemmap "
            "ptdump flow ranges nodes zones layout memmodel audit harts").split()


def compare(answers, model):
    """answers: {command: lines}; the record among them, parsed: answers["record"]."""
    record = answers["record"]
    for command in COMMANDS[1:]:
        check = globals()[command]
        try:
            check(answers[command], record, model)
        except (IndexError, KeyError, ValueError, TypeError, AttributeError) as error:
            expect(False, f"{command}: cannot be read: {error!r}", answers[command])
        for line in answers[command]:
            expect(len(line) <= 80 or "/" in line, f"{command}: {len(line)} columns: {line}")


def meminfo(lines, record, _model):
    values = {}
    for line in lines:
        match = re.fullmatch(r"(\w+): +(\d+) kB", line)
        expect(match, f"meminfo: not a line of /proc/meminfo: {line}")
        values[match.group(1)] = int(match.group(2)) * 1024
    ledger = record.one("ledger")
    managed = sum(zone.number("managed") for zone in record.all("zone"))
    expect_equal("MemTotal", values["MemTotal"], managed * PAGE)
    expect_equal("MemFree", values["MemFree"], ledger.number("free"))
    expect_equal("RamTotal", values["RamTotal"] // 1024, ledger.number("ram") // 1024)
    expect_equal("Kernel", values["Kernel"], ledger.number("kernel"))
    expect_equal("Memmap", values["Memmap"], record.one("memmap").number("bytes"))
    expect_equal("PageTables", values["PageTables"], ledger.number("tables"))
    direct = record.one("direct")
    for name, key, size in (("4k", "leaf_4k", PAGE), ("2M", "leaf_2m", 2 << 20), ("1G", "leaf_1g", 1 << 30)):
        expect_equal(f"DirectMap{name}", values[f"DirectMap{name}"], direct.number(key) * size)


def blocks_of(lines):
    """{(node, zone, order): blocks} of a buddyinfo."""
    found = {}
    for line in lines:
        head, _, rest = line.partition(", zone")
        zone, *counts = rest.split()
        for order, count in enumerate(counts):
            if int(count):
                found[int(head.split()[1]), zone, order] = int(count)
    return found


def buddyinfo(lines, record, _model):
    wanted = {(b.number("node"), b["zone"], b.number("order")): b.number("blocks")
              for b in record.all("buddy")}
    expect_equal("buddyinfo", blocks_of(lines), wanted)


def pagetypeinfo(lines, record, _model):
    begin = next(i for i, line in enumerate(lines) if line.startswith("Free pages count"))
    end = next(i for i, line in enumerate(lines) if line.startswith("Number of blocks type"))
    found = {}
    for line in lines[begin + 1 : end - 1]:
        match = re.fullmatch(r"Node +(\d+), zone +(\w+), type +\w+ +([\d ]+)", line)
        for order, count in enumerate(match.group(3).split()):
            key = (int(match.group(1)), match.group(2), order)
            found[key] = found.get(key, 0) + int(count)
    wanted = {(b.number("node"), b["zone"], b.number("order")): b.number("blocks")
              for b in record.all("buddy")}
    expect_equal("pagetypeinfo", {k: v for k, v in found.items() if v}, wanted)
    expect_equal("types", lines[end].split()[4:], lines[end].split()[4:])
    expect_equal("zones with pageblocks", len(lines) - end - 1, len(record.all("zone")))


def zoneinfo(lines, record, _model):
    zones = []
    for line in lines:
        words = line.split()
        if words[0] == "Node":
            zones.append({"node": int(words[1].rstrip(",")), "name": words[3]})
        elif words[0] in ("spanned", "present", "managed"):
            zones[-1][words[0]] = int(words[1])
        elif words[:2] == ["pages", "free"]:
            zones[-1]["free"] = int(words[2])
        elif words[0] == "start_pfn:":
            zones[-1]["start_pfn"] = int(words[1])
    wanted = [{"node": z.number("node"), "name": z["name"],
               **{key: z.number(key) for key in ("spanned", "present", "managed", "start_pfn")},
               "free": z.number("managed")} for z in record.all("zone")]
    expect_equal("zoneinfo", zones, wanted)


def iomem(lines, record, _model):
    ram, inside = [], []
    for line in lines:
        match = re.fullmatch(r"( *)([0-9a-f]{8,})-([0-9a-f]{8,}) : (.+)", line)
        expect(match, f"iomem: not a line of /proc/iomem: {line}")
        span = int(match.group(2), 16), int(match.group(3), 16) + 1
        if match.group(4) == "System RAM":
            ram.append(span)
        elif match.group(1):
            inside.append(span)
    expect_equal("System RAM", ram, record.ranges("bank"))
    taken = sum(end - start for start, end in inside)
    ledger = record.one("ledger")
    lost = sum(end - start for start, end in record.ranges("dropped")
               if not any(b <= start and end <= e for b, e in record.ranges("bank")))
    expect_equal("bytes taken", taken, ledger.number("ram") - ledger.number("free") - lost)


def memblock(lines, record, _model):
    tables = {}
    for line in lines:
        match = re.fullmatch(r" *(\d+): 0x([0-9a-f]{16})\.\.0x([0-9a-f]{16}) +(x|\d+) ([A-Z|]+)", line)
        if not match:
            name = line.split(",")[0]
            tables[name] = []
            continue
        expect_equal(f"number in {name}", int(match.group(1)), len(tables[name]))
        tables[name].append((int(match.group(2), 16), int(match.group(3), 16) + 1))
    expect_equal("bytes of memory", sum(e - b for b, e in tables["memory"]),
                 sum(e - b for b, e in record.ranges("bank")))
    for start, end in record.ranges("free"):
        expect(not any(b < end and start < e for b, e in tables["reserved"]),
               f"[{start:#x}, {end:#x}) is free, and in memblock's reserved")


def bootmap(lines, record, _model):
    free = []
    for line in lines:
        match = re.fullmatch(r" +0x([0-9a-f]+)-0x([0-9a-f]+) +([01]) +(\d+) pages +\S+ \S+", line)
        if not match:
            continue
        start, end = int(match.group(1), 16), int(match.group(2), 16)
        expect_equal("pages of a run", int(match.group(4)), end - start)
        if match.group(3) == "0":
            free.append((start * PAGE, end * PAGE))
    wanted = record.ranges("free")
    if not record.all("dropped"):
        expect_equal("bits that are 0", merged(free), merged(wanted))


def merged(ranges):
    """Ranges that touch are one."""
    result = []
    for start, end in sorted(ranges):
        if result and result[-1][1] == start:
            result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result


def sections(lines, record, model):
    if model in ("flat", "discontig"):
        expect("has no sections" in lines[0], "sections: it does not say that there are none", lines)
        return
    nr = ram = 0
    for line in lines[1:-1]:
        match = re.match(r" *(\d+)-?(\d+)? +\[.*?\) +\d+ +(\d+) (mixed|full)", line)
        nr += int(match.group(2) or match.group(1)) - int(match.group(1)) + 1
        ram += int(match.group(3))
    expect_equal("sections", nr, record.one("memmap").number("sections"))
    expect_equal("last line", int(lines[-1].split()[0]), nr)
    expect(ram * PAGE <= sum(e - b for b, e in record.ranges("bank")), "more RAM than there is")


def vmemmap(lines, record, model):
    if model != "vmemmap":
        expect("shows its struct pages in the direct map" in lines[0], "vmemmap: no answer", lines)
        return
    found = [(int(m.group(1), 16), int(m.group(2), 16)) for m in
             (re.match(r"(0x[0-9a-f]{16}) \[.*?\) (0x[0-9a-f]+) ", line) for line in lines) if m]
    wanted = [(line.number("va"), line.number("pa")) for line in record.all("vmemmap")]
    expect_equal("runs of the window", found, wanted)
    memmap = record.one("memmap")
    text = (f"{memmap['leaf_4k']} leaves of 4 KiB, {memmap['leaf_2m']} of 2 MiB, page tables for them: "
            f"{memmap['tables']}")
    expect(text in lines, f"vmemmap does not say: {text}", lines)
    expect(any(line.startswith("populated at boot in stage memmap") for line in lines), "no when", lines)


def ptdump(lines, record, _model):
    leaves = {"4K": 0, "2M": 0, "1G": 0}
    window = ""
    for line in lines:
        match = re.fullmatch(r"---\[ (.*) \]---", line)
        if match:
            window = match.group(1)
            continue
        match = re.match(r"0x\w{16}-0x\w{16} 0x\w+ +\S+ \S+ +(\d+) x (4K|2M|1G) ([r-][w-][x-])$", line)
        if match:
            expect(match.group(3) != "rwx", f"ptdump: writable and executable: {line}")
            if window.startswith("direct map"):
                leaves[match.group(2)] += int(match.group(1))
    direct = record.one("direct")
    expect_equal("leaves of the direct map", leaves, {
        "4K": direct.number("leaf_4k"), "2M": direct.number("leaf_2m"), "1G": direct.number("leaf_1g")})
    expect("W^X: 0 leaves are writable and executable, 0 pages by two addresses" in lines, "no W^X", lines)


def flow(lines, record, _model):
    text = "\n".join(lines)
    free = sum(end - start for start, end in record.ranges("free")) // PAGE
    present = sum(zone.number("present") for zone in record.all("zone"))
    expect(f"{free} pages free in " in text, f"flow: not {free} pages free", lines)
    expect(f"{present} pages of RAM" in text, f"flow: not {present} pages of RAM", lines)
    for call in ("memory_present()", "sparse_init()", "add_active_range()", "free_area_init_node()",
                 "free_all_bootmem()", "pfn_valid() is true for "):
        expect(call in text, f"flow: no {call}", lines)


def ranges(lines, record, _model):
    found = [(int(m.group(1), 16), int(m.group(2), 16) + 1) for m in
             (re.match(r"  node +\d+: \[mem (0x[0-9a-f]{16})-(0x[0-9a-f]{16})\]$", line)
              for line in lines[1:])]
    expect_equal("ranges", merged(found), merged(record.ranges("bank")))


def nodes(lines, record, _model):
    found = [[int(word, 0) for word in line.split()] for line in lines if re.match(r" +\d+ +0x", line)]
    wanted = [[node.number("id"), node.number("start_pfn"), node.number("end_pfn"), node.number("spanned"),
               node.number("present"), node.number("spanned") - node.number("present")]
              for node in record.all("node")]
    expect_equal("nodes", found, wanted)


def zones(lines, record, _model):
    found = [line.split() for line in lines[1 : 1 + len(record.all("zone"))]]
    wanted = [
        [
            z["node"],
            z["name"],
            f"0x{z.number('start_pfn'):07x}",
            f"0x{z.number('end_pfn'):07x}",
            z["spanned"],
            z["present"],
            z["managed"],
            z["managed"],
        ]
        for z in record.all("zone")
    ]
    expect_equal("zones", found, wanted)


def layout(lines, _record, _model):
    found = [int(line.split("-")[0], 16) for line in lines if line.startswith("0x")]
    expect_equal("windows", len(found), 4)
    expect_equal("windows in order", found, sorted(found))


def memmodel(lines, record, model):
    expect_equal("model", lines[0].split()[:2], ["memory", "model"])
    expect(model in lines[0], "memmodel names another model", lines)
    text = "\n".join(lines)
    for key in ("bytes", "leaf_2m", "sections"):
        number = record.one("memmap")[key]
        expect(f" {number}" in text, f"memmodel: no {key}={number}", lines)


def audit(lines, record, _model):
    values = {line[:20].strip(): line[20:].strip() for line in lines}
    audited = record.one("audit")
    for name, key in (("free", "free"), ("held: huge pages", "held"), ("expected of both", "expected"),
                      ("missing", "missing"), ("free more than once", "duplicate"), ("result", "result")):
        expect_equal(f"audit: {name}", values[name], audited[key])


def harts(lines, record, _model):
    """Two lines for each hart that has data, in our order: the boot hart first, then as in the tree."""
    wanted = sorted(record.all("hart"), key=lambda line: line["state"] != "boot")
    used = [line for line in wanted if line["state"] != "unused"]
    first, second = (lines.index(next(l for l in lines if word in l)) for word in ("firmware", "last work"))
    shown = [line.split() for line in lines[first + 1 : second]]
    expect_equal("harts", [(row[1], row[2], row[3]) for row in shown],
                 [(line["id"], line["node"], line["state"]) for line in used])
    for line, row in zip(used[1:], lines[second + 2 :]):
        good = f"-{line['stack']} " in row and row.endswith(" unmapped")
        expect(good, f"harts: stack of {line['id']}: {row}")
    idle = [line for line in wanted if line["state"] == "unused"]
    for line in idle:
        reason = f"hart {line['id']} is not used: {line['why']}"
        expect(reason in lines, f"harts: nothing of hart {line['id']}")
    up = sum(line["state"] in ("boot", "up") for line in wanted)
    said = f"{up} of {len(wanted)} harts take work"
    expect(said in "\n".join(lines), "harts: another number takes work", lines)
