# SPDX-License-Identifier: BSD-2-Clause
"""
Random but legal machines, each from a seed: what the device tree says, where image and blob lie,
and the boot arguments. A machine is a plain dict, so that it can be written into a comment, taken
apart by shrink.py and read again:

    memory      [{tuples: [[base, size]], nid: number or None, hot: bool}]
    reserved    [{name, tuples, nomap}]                     static
    dynamic     [{name, size, align, ranges: [[base, size]], nomap}]
    memreserve  [[base, size]]
    initrd      [start, end] or None
    args        boot arguments
    cells       [address cells, size cells]
    image, dtb  physical addresses
    virt        true: for QEMU's virt machine, whose RAM begins at 0x80000000

dts() writes the tree. Nothing here knows what the kernel makes of it: that is oracle.py.
"""
import random

PAGE = 4096
KIB = 1 << 10
MIB = 1 << 20
GIB = 1 << 30
IMAGE_PARTS = (0, 96 * KIB, 128 * KIB, 512 * KIB)  # text, rodata, data, end
BASES = (0, 0x40000000, 0x80000000, 0x80000000, 0x80000000, 0xC0000000, 16 * GIB, 64 * GIB)
HOLES = (PAGE, 5 * PAGE, 64 * KIB, MIB, 3 * MIB, 33 * MIB, 128 * MIB, 700 * MIB, GIB)
VIRT_RAM = 0x80000000
FAR_HOLES = (3 * GIB, 7 * GIB, 20 * GIB, 61 * GIB)


def edge(rng, value, odd=0.15):
    """A page aligned value, sometimes one that is not."""
    value -= value % PAGE
    return value + rng.choice((1, 8, 512, 2048, 4095)) if rng.random() < odd else value


def small_size(rng):
    """From a few bytes to 64 MiB, all magnitudes alike."""
    size = int(2 ** rng.uniform(12, 26))
    return max(1, edge(rng, size)) if rng.random() < 0.9 else rng.randint(1, 2 * PAGE)


def banks(rng, virt):
    """
    [[base, size]], ascending; holes, touching and overlapping ones, one that is large: for QEMU the
    first, where QEMU puts the image.
    """
    count = rng.choice((1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 10, 12))
    main = 0 if virt else rng.randrange(count)
    at = VIRT_RAM if virt else rng.choice(BASES)
    if not virt and rng.random() < 0.3:
        at = edge(rng, at + rng.randrange(0, 40 * MIB))
    far = not virt and rng.random() < 0.25
    result = []
    for i in range(count):
        size = small_size(rng)
        if i == main:
            size = edge(rng, rng.randrange(24 * MIB, 640 * MIB))
            if rng.random() < 0.4:
                size = rng.choice((64, 128, 256, 512, 1024)) * MIB
            elif rng.random() < 0.01:
                size = rng.choice((4, 6)) * GIB
        result.append([at, size])
        kind = rng.random()
        if kind < 0.25:
            at += size  # touches
        elif kind < 0.35:
            at += rng.randrange(0, size + 1)  # overlaps
        else:
            hole = rng.choice(FAR_HOLES if far and rng.random() < 0.3 else HOLES)
            at = edge(rng, at + size + rng.randrange(hole // 2, 2 * hole))
    return result


def memory(rng, tuples):
    """The tuples put into nodes in any order, with node ids or without."""
    numa = rng.random() < 0.35
    tuples = list(tuples)
    if rng.random() < 0.3:
        rng.shuffle(tuples)
    nodes = []
    while tuples:
        take = rng.choice((1, 1, 2, 3))
        part, tuples = tuples[:take], tuples[take:]
        if rng.random() < 0.05:
            part.append([part[0][0], 0])  # empty: no RAM
        nid = rng.choice((0, 1, 2, 5)) if numa and rng.random() < 0.95 else None
        if numa and rng.random() < 0.01:
            nid = 99
        nodes.append({"tuples": part, "nid": nid, "hot": rng.random() < 0.05})
    return nodes


def somewhere(rng, tuples):
    """An address: in RAM, at an edge of a bank, or outside."""
    base, size = rng.choice(tuples)
    kind = rng.random()
    if kind < 0.75:
        return base + rng.randrange(0, size)
    if kind < 0.9:
        return max(0, base + rng.choice((0, size)) + rng.randrange(-4, 5) * PAGE)
    return base + size + rng.randrange(0, GIB)


def place(rng, tuples):
    """[base, size] of a reservation."""
    return [edge(rng, somewhere(rng, tuples)), small_size(rng) // rng.choice((1, 4, 64)) or 1]


def reservations(rng, machine, tuples):
    for i in range(rng.choice((0, 0, 1, 2, 3, 5, 8, 20))):
        many = [place(rng, tuples) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
        name = rng.choice(("mmode_resv", "opensbi")) if rng.random() < 0.06 else "region"
        machine["reserved"].append(
            {"name": f"{name}{i}", "tuples": many, "nomap": rng.random() < 0.35}
        )
    for i in range(rng.choice((0, 0, 0, 1, 2, 3))):
        ranges = [place(rng, tuples) for _ in range(rng.choice((0, 0, 1, 2)))]
        machine["dynamic"].append({
            "name": f"pool{i}",
            "size": small_size(rng) // rng.choice((1, 4, 64)) or 1,
            "align": rng.choice((0, PAGE, 64 * KIB, 2 * MIB, 4 * MIB)),
            "ranges": [[base, size * rng.choice((1, 2, 8))] for base, size in ranges],
            "nomap": rng.random() < 0.3,
        })
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        machine["memreserve"].append(place(rng, tuples))
    if rng.random() < 0.3:
        base, size = place(rng, tuples)
        machine["initrd"] = [base, base + size]
        if rng.random() < 0.2:
            machine["memreserve"].append([base, size])


def arguments(rng, tuples):
    args = []
    total = sum(size for _, size in tuples)
    if rng.random() < 0.15:
        for _ in range(rng.choice((1, 1, 2, 3))):
            size = rng.choice((max(1, total // 2), 64 * MIB, total + GIB, 100 * MIB + 5))
            text = f"{size // MIB}M" if size % MIB == 0 else f"0x{size:x}"
            if rng.random() < 0.6:
                text += f"@0x{edge(rng, rng.choice(tuples)[0] + rng.randrange(0, 8 * MIB)):x}"
            args.append(f"mem={text}")
        if rng.random() < 0.2:
            args.append("mem_force")
    if rng.random() < 0.05:
        args.append("numa=off")
    if rng.random() < 0.06:
        args.append(f"numa=fake={rng.choice((1, 2, 3, 4, 16))}")
    return args


def huge_arguments(seed):
    """Pools of huge pages, in any order; from numbers of their own, so that old seeds stay what they are."""
    rng = random.Random(seed * 2 + 1)
    if rng.random() < 0.7:
        return []
    args = []
    for _ in range(rng.choice((1, 1, 2, 3, 4))):
        kind = rng.random()
        if kind < 0.3:
            args.append(f"hugepagesz={rng.choice(('2M', '2M', '1G', '2048K', '3M', '64K'))}")
        elif kind < 0.4:
            args.append(f"default_hugepagesz={rng.choice(('2M', '1G', '1G', '4K'))}")
        number = rng.choice((0, 1, 2, 5, 17, 100, 1000))
        if rng.random() < 0.3:
            nodes = rng.sample((0, 1, 2, 5, 7), rng.choice((1, 2, 3)))
            args.append("hugepages=" + ",".join(f"{nid}:{number + nid}" for nid in nodes))
        elif rng.random() < 0.9:
            args.append(f"hugepages={number}")
    return args


def image_place(rng, tuples):
    """2 MiB aligned, in the largest bank, with room behind it if there is any."""
    base, size = max(tuples, key=lambda one: one[1])
    first = -(-base // (2 * MIB)) * 2 * MIB
    room = max(0, (base + size - first - 4 * MIB) // (2 * MIB))
    step = 1 if rng.random() < 0.5 else rng.randrange(0, room + 1)
    return first + min(step, room) * 2 * MIB


def dtb_place(rng, image, tuples):
    """A multiple of 8, not in the image."""
    if rng.random() < 0.6:
        return image + 2 * MIB
    at = somewhere(rng, tuples) // 8 * 8
    clear = at >= image + IMAGE_PARTS[-1] or at + 128 * KIB <= image
    return at if clear and at else image + 2 * MIB


def machine(seed, virt=False):
    """The machine of a seed: the same on every Python. virt: one that QEMU can be."""
    rng = random.Random(f"virt {seed}" if virt else seed)
    tuples = banks(rng, virt)
    result = {"memory": memory(rng, tuples), "reserved": [], "dynamic": [], "memreserve": [],
              "initrd": None, "args": arguments(rng, tuples)}
    reservations(rng, result, tuples)
    result["cells"] = [2, 2]
    if virt:  # virt.dtsi has the cells, QEMU decides about the places
        return {**result, "image": VIRT_RAM + 2 * MIB, "dtb": None, "virt": True}
    result["image"] = image_place(rng, tuples)
    result["dtb"] = dtb_place(rng, result["image"], tuples)
    result["args"] += huge_arguments(seed)
    pairs = [pair for node in result["memory"] + result["reserved"] for pair in node["tuples"]]
    pairs += [pair for node in result["dynamic"] for pair in node["ranges"]]
    sizes = [size for _, size in pairs] + [node["size"] for node in result["dynamic"]]
    for place_, numbers in enumerate(([base for base, _ in pairs], sizes)):
        if max(numbers) < 4 * GIB and rng.random() < 0.4:
            result["cells"][place_] = 1
    return result


def cells(value, count):
    words = [value >> 32 & 0xFFFFFFFF, value & 0xFFFFFFFF][-count:]
    return " ".join(f"0x{word:x}" for word in words)


def pairs_text(pairs, shape):
    return ", ".join(f"<{cells(base, shape[0])} {cells(size, shape[1])}>" for base, size in pairs)


def region_text(node, shape):
    lines = [f"\t\t{node['name']} {{"]
    if "tuples" in node:
        lines.append(f"\t\t\treg = {pairs_text(node['tuples'], shape)};")
    else:
        lines.append(f"\t\t\tsize = <{cells(node['size'], shape[1])}>;")
        if node["align"]:
            lines.append(f"\t\t\talignment = <{cells(node['align'], shape[1])}>;")
        if node["ranges"]:
            lines.append(f"\t\t\talloc-ranges = {pairs_text(node['ranges'], shape)};")
    return lines + ["\t\t\tno-map;"] * node["nomap"] + ["\t\t};"]


def dts(what):
    """The tree of a machine."""
    shape = what["cells"]
    lines = ["/dts-v1/;"]
    devices = ['/include/ "virt.dtsi"'] if what.get("virt") else []
    lines += [f"/memreserve/ 0x{base:x} 0x{size:x};" for base, size in what["memreserve"]]
    head = f"\t#address-cells = <{shape[0]}>;\n\t#size-cells = <{shape[1]}>;"
    lines += [*devices, "/ {", head, '\tcompatible = "riscv-virtio";', "\tchosen {"]
    if what["initrd"]:
        start, end = what["initrd"]
        lines.append(f"\t\tlinux,initrd-start = <{cells(start, 2)}>;")
        lines.append(f"\t\tlinux,initrd-end = <{cells(end, 2)}>;")
    lines.append("\t};")
    for i, node in enumerate(what["memory"]):
        lines += [f"\tmemory@{i} {{", '\t\tdevice_type = "memory";',
                  f"\t\treg = {pairs_text(node['tuples'], shape)};"]
        if node["nid"] is not None:
            lines.append(f"\t\tnuma-node-id = <{node['nid']}>;")
        lines += ["\t\thotpluggable;"] * node["hot"] + ["\t};"]
    if what["reserved"] or what["dynamic"]:
        lines += ["\treserved-memory {", head.replace("\t#", "\t\t#"), "\t\tranges;"]
        for node in what["reserved"] + what["dynamic"]:
            lines += region_text(node, shape)
        lines.append("\t};")
    return "\n".join(lines + ["};", ""])
