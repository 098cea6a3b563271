# SPDX-License-Identifier: BSD-2-Clause
"""
Broken blobs: any bytes may come, and the answer is findings or Unusable, in finite time. Flipped
bytes and cells with extreme values, from a fixed seed.
"""
import random
import signal
import struct

import lint
import trees
from errors import Unusable

SOURCES = ("dts/maps/c107-memreserve.dts", "dts/maps/c85-distance-asymmetric.dts",
           "dts/boards/visionfive2-2g.dts", "dts/maps/c101-dynamic.dts")
ROUNDS = 400
EXTREME = (0, 1, 3, 9, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF4, 0xFFFFFFFF)
TIME_LIMIT = 240  # for all of them; a hang inside the library ends the whole program


def judged(blob):
    """True when findings() gave a result or said Unusable."""
    try:
        for one in lint.findings(blob):
            one.text().encode()
        return "findings"
    except Unusable:
        return "unusable"


def mutate(blob, rng):
    out = bytearray(blob)
    for _ in range(rng.randint(1, 4)):
        if rng.random() < 0.5:
            out[rng.randrange(len(out))] = rng.randrange(256)
        else:
            struct.pack_into(">I", out, 4 * rng.randrange(len(out) // 4), rng.choice(EXTREME))
    return bytes(out[: rng.randrange(len(out))] if rng.random() < 0.05 else out)


def cases():
    rng = random.Random(2011)
    for path in SOURCES:
        with open(trees.blob_of(trees.read(path)), "rb") as file:
            blob = file.read()
        for i in range(ROUNDS):
            yield f"{path} mutation {i}", mutate(blob, rng)


def endless():
    """The length with which libfdt 1.6.1 steps on the spot."""
    with open(trees.blob_of(trees.read(SOURCES[1])), "rb") as file:
        blob = bytearray(file.read())
    at = blob.find(b"\0\0\0\x03", struct.unpack(">I", blob[8:12])[0])
    struct.pack_into(">I", blob, at + 4, 0xFFFFFFF4)
    return bytes(blob)


def tests():
    seen = {"findings": 0, "unusable": 0}
    why = None
    signal.alarm(TIME_LIMIT)
    for name, blob in cases():
        try:
            seen[judged(blob)] += 1
        except Exception as error:  # any other exception is what this test looks for
            why = why or f"{name}: {type(error).__name__}: {error}"
    yield "broken blobs", why
    few = min(seen.values()) < 100
    yield "broken blobs reach both answers", f"{seen}" if few else None
    yield "endless property", None if judged(endless()) == "unusable" else "not refused"
    for what, blob in (("empty", b""), ("39 bytes", bytes(39)), ("zeros", bytes(4096))):
        yield f"broken: {what}", None if judged(blob) == "unusable" else "not refused"
    signal.alarm(0)
