#!/usr/bin/env python3
"""passes.py IRTOOL FILE... - text in, text out: what passes make of small regions. TAP.

A case in a FILE is
    # the rule it holds
    passes NAME,NAME
    the region's text
    =>
    the text after the passes
Places may be left out: p1 to p9 are i64 (i32 in a region of 32) unless a line `place N TYPE' says
otherwise. What the passes make is evaluated against the input too (irtool). UPDATE=1 writes
the files anew: read the difference.
"""
import os
import re
import subprocess
import sys


def cases(text):
    """(head lines, passes, input, expected) of each case."""
    for part in re.split(r"\n(?=# )", text.strip("\n") + "\n"):
        lines = part.rstrip("\n").split("\n")
        head = [line for line in lines if line.startswith("#")]
        rest = lines[len(head):]
        assert rest and rest[0].startswith("passes "), "no passes line behind: " + head[0]
        cut = rest.index("=>") if "=>" in rest else len(rest)
        yield head, rest[0].split()[1], rest[1:cut], [x for x in rest[cut + 1:] if x.strip()]


def whole(lines):
    """The input with its places."""
    lines = [line for line in lines if line.strip()]
    region = lines[0] if lines[0].startswith("region") else "region 64"
    lines = [line for line in lines if not line.startswith("region")]
    types = dict(re.match(r"place (\d+) (\w+)", x).groups() for x in lines if x.startswith("place"))
    lines = [line for line in lines if not line.startswith("place")]
    used = sorted(set(int(x) for x in re.findall(r"\bp(\d+)\b", "\n".join(lines))))
    word = "i" + region.split()[1]
    # Places are numbered from 1 without gaps.
    places = ["place %d %s +%d" % (n, types.get(str(n), word), 1024 + 16 * n)
              for n in range(1, max(used, default=0) + 1)]
    return "\n".join([region] + places + lines) + "\n"


def shown(text):
    return [x for x in text.split("\n") if x and not x.startswith("place ")]


def main():
    tool, files = sys.argv[1], sys.argv[2:]
    update = os.environ.get("UPDATE") == "1"
    count = failed = 0
    for name in files:
        made = []
        for head, passes, given, expected in cases(open(name).read()):
            count += 1
            run = subprocess.run([tool, passes], input=whole(given), stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, universal_newlines=True)
            got = shown(run.stdout)
            if not given[0].startswith("region"):
                got = [x for x in got if x != "region 64"]
            good = run.returncode == 0 and (update or got == expected)
            failed += not good
            print("%s %d - %s: %s" % ("ok" if good else "not ok", count,
                                      os.path.basename(name)[:-3], head[0][2:]))
            if not good:
                for line in ["wanted"] + expected + ["got"] + got + run.stderr.split("\n"):
                    print("# " + line)
            made.append("\n".join(head + ["passes " + passes] + given + ["=>"] + got))
        if update:
            open(name, "w").write("\n\n".join(made) + "\n")
    print("1..%d" % count)
    return 1 if failed else 0


sys.exit(main())
