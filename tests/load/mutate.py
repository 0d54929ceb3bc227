#!/usr/bin/env python3
"""mutate.py ELF DIR COUNT - writes COUNT damaged copies of an ELF file to DIR, the same each time.

Truncations, single fields of the headers set to awkward values, swapped and overlapping
segments, random bytes in the headers."""
import os
import random
import struct
import sys


class Elf:
    """Where the fields of a file's headers stand: name -> (offset, bytes)."""

    def __init__(self, data):
        self.big = data[5] == 2
        wide = data[4] == 2
        word = 8 if wide else 4
        at = 16
        self.fields = {"magic": (0, 4), "class": (4, 1), "data": (5, 1), "version": (6, 1)}
        for name, size in (("type", 2), ("machine", 2), ("version2", 4), ("entry", word),
                           ("phoff", word), ("shoff", word), ("flags", 4), ("ehsize", 2),
                           ("phentsize", 2), ("phnum", 2)):
            self.fields[name] = (at, size)
            at += size
        phoff, phnum = self.get(data, "phoff"), self.get(data, "phnum")
        size = self.get(data, "phentsize")
        if wide:
            layout = (("type", 4), ("flags", 4), ("offset", 8), ("vaddr", 8), ("paddr", 8),
                      ("filesz", 8), ("memsz", 8), ("align", 8))
        else:
            layout = (("type", 4), ("offset", 4), ("vaddr", 4), ("paddr", 4), ("filesz", 4),
                      ("memsz", 4), ("flags", 4), ("align", 4))
        self.segments = []
        for i in range(phnum):
            at = phoff + i * size
            names = {}
            for name, n in layout:
                names[name] = (at, n)
                self.fields["p%d.%s" % (i, name)] = (at, n)
                at += n
            self.segments.append(names)

    def get(self, data, name):
        at, size = self.fields[name]
        return int.from_bytes(data[at:at + size], "big" if self.big else "little")

    def put(self, data, place, value):
        at, size = place
        value &= (1 << 8 * size) - 1
        data[at:at + size] = value.to_bytes(size, "big" if self.big else "little")


def awkward(size, old, rng):
    top = 1 << 8 * size
    return rng.choice([0, 1, top - 1, top // 2, top // 2 - 1, old + 1, old - 1, old ^ (top // 2),
                       4096, top - 4096, 0x80000000, 0xfffff000, old * 2, old + 4096,
                       rng.randrange(top)])


def mutate(elf, original, rng):
    data = bytearray(original)
    kind = rng.randrange(8)
    if kind == 0:
        return data[:rng.choice([0, 1, 4, 15, 16, 51, 52, 63, 64, 100, len(data) // 2,
                                 len(data) - 1, rng.randrange(len(data))])]
    if kind in (1, 2, 3):
        for _ in range(kind):
            name = rng.choice(sorted(elf.fields))
            elf.put(data, elf.fields[name],
                    awkward(elf.fields[name][1], elf.get(data, name), rng))
        return data
    if kind == 4:
        a, b = rng.choice(elf.segments), rng.choice(elf.segments)
        for name in rng.sample(sorted(a), 3):
            at, size = b[name]
            elf.put(data, a[name], int.from_bytes(original[at:at + size],
                                                  "big" if elf.big else "little"))
        return data
    if kind == 5:
        for _ in range(rng.randrange(1, 20)):
            data[rng.randrange(min(len(data), 512))] = rng.randrange(256)
        return data
    if kind == 6:
        for _ in range(rng.randrange(1, 200)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        return data
    name = rng.choice([n for n in elf.fields if n.endswith(("type", "flags", "filesz", "memsz"))])
    elf.put(data, elf.fields[name], rng.choice([0, 1, 2, 3, 6, 7, 0x6474e551, 0xffffffff]))
    return data


def main():
    path, out, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(path, "rb") as f:
        original = f.read()
    elf = Elf(original)
    rng = random.Random(20)
    for i in range(count):
        with open(os.path.join(out, "%03d" % i), "wb") as f:
            f.write(mutate(elf, original, rng))


if __name__ == "__main__":
    main()
