#!/usr/bin/env python3
"""build-random.py IRTOOL [SEED [COUNT [PASSES]]] - random graphs through the builder. TAP.

A region of blocks in any order, with any edges (also into loops), reads and writes places as ldcpu
and stcpu; `build' makes variables of them. irtool evaluates both. A place counts the blocks down,
so every run ends.
"""
import random
import subprocess
import sys

FUEL = 0x400
PLACES = [("i64", 0x408 + 8 * i) for i in range(4)] + [("i32", 0x440 + 4 * i) for i in range(3)]


class Region:
    def __init__(self, rng):
        self.rng, self.lines, self.last, self.pc = rng, [], 0, 0x1000

    def snap(self):
        self.pc += 4
        return "@0x%x{}" % self.pc

    def value(self, kind, text):
        self.last += 1
        self.lines.append("  %%%d:%s = %s" % (self.last, kind, text))
        return "%%%d" % self.last

    def operation(self, have):
        rng = self.rng
        kind = rng.choice(["i64", "i32"])
        a = rng.choice(have[kind])
        b = rng.choice(have[kind] + ["%d:%s" % (rng.choice([0, 1, 5, -1]), kind)])
        what = rng.randrange(10)
        if what < 6:
            op = rng.choice(["add", "sub", "and", "or", "xor"])
            have[kind].append(self.value(kind, "%s %s, %s" % (op, a, b)))
        elif what < 8:
            cond = self.value("i1", "%s %s, %s" % (rng.choice(["eq", "lt_u", "le_s"]), a, b))
            have["i1"].append(cond)
        elif kind == "i64":
            have["i32"].append(self.value("i32", "trunc " + a))
        else:
            have["i64"].append(self.value("i64", "sext " + a))

    def effect(self, have):
        rng = self.rng
        what = rng.randrange(5)
        if what == 0 and have["i1"]:
            self.lines.append("  %s %s %s" % (rng.choice(["guard", "exit_if"]),
                                              rng.choice(have["i1"]), self.snap()))
        elif what == 1:
            address = self.value("i64", "and %s, 0x3ff8" % rng.choice(have["i64"]))
            have["i64"].append(self.value("i64", "load %s %s" % (address, self.snap())))
        elif what == 2:
            self.lines.append("  store %s, %s %s" % (rng.choice(have["i64"]),
                                                     rng.choice(have["i32"]), self.snap()))
        else:
            kind, at = rng.choice(PLACES)
            self.lines.append("  stcpu %s aux=%d" % (rng.choice(have[kind]), at))

    def block(self, number, blocks):
        rng = self.rng
        self.lines.append("b%d:" % number)
        fuel = self.value("i64", "ldcpu aux=%d" % FUEL)
        fuel = self.value("i64", "add %s, -1" % fuel)
        self.lines.append("  stcpu %s aux=%d" % (fuel, FUEL))
        self.lines.append("  exit_if %s %s" % (self.value("i1", "eq %s, 0" % fuel), self.snap()))
        have = {"i1": [], "i64": ["7:i64"], "i32": ["9:i32"]}
        for kind, at in rng.sample(PLACES, rng.randrange(1, 5)):
            have[kind].append(self.value(kind, "ldcpu aux=%d" % at))
        for _ in range(rng.randrange(7)):
            rng.choice([self.operation, self.operation, self.effect])(have)
        to = rng.sample(range(2, blocks), 2)
        if rng.randrange(9) == 0:
            self.lines.append("  exit " + self.snap())
        elif have["i1"] and rng.randrange(4):
            self.lines.append("  branch %s, b%d, b%d" % (rng.choice(have["i1"]), to[0], to[1]))
        else:
            self.lines.append("  jump b%d" % to[0])

    def text(self):
        blocks = self.rng.randrange(5, 14)
        self.lines = ["region 64", "b0:", "  jump b1", "b1:", "  stcpu 24:i64 aux=%d" % FUEL,
                      "  jump b2"]
        for number in range(2, blocks):
            self.block(number, blocks)
        return "\n".join(self.lines) + "\n"


def main():
    tool = sys.argv[1]
    seed, count = (int(x) for x in (sys.argv[2:4] + ["1", "150"][len(sys.argv) - 2:]))
    passes = sys.argv[4] if len(sys.argv) > 4 else "build,fold,tidy"
    for i in range(seed, seed + count):
        text = Region(random.Random(i)).text()
        run = subprocess.run([tool, "-q", "-n", "20", passes], input=text, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, universal_newlines=True)
        if run.returncode:
            print("not ok 1 - seed %d" % i)
            print("\n".join("# " + x for x in (text + run.stdout).split("\n")))
            break
    else:
        print("ok 1 - %d random graphs from seed %d" % (count, seed))
    print("1..1")


main()
