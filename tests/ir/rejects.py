#!/usr/bin/env python3
"""rejects.py IRTOOL FILE - regions that the reader or the verifier must refuse, and why. TAP.

A case in FILE is a line `# why', a region with one place p1 of i64, `=> words of the message'.
"""
import subprocess
import sys


HEAD = "region 64\nplace 1 i64 +1040\n"


def main():
    tool, file = sys.argv[1], sys.argv[2]
    count = failed = 0
    for part in open(file).read().strip().split("\n\n"):
        lines = part.split("\n")
        assert lines[0].startswith("# ") and lines[-1].startswith("=> "), part
        run = subprocess.run([tool, "none"], input=HEAD + "\n".join(lines[1:-1]) + "\n",
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             universal_newlines=True)
        count += 1
        message = run.stderr.strip().split("\n")[-1]
        good = run.returncode != 0 and lines[-1][3:] in message
        failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", count, lines[0][2:]))
        if not good:
            print("# wanted %s\n# got %s (status %d)" % (lines[-1][3:], message, run.returncode))
    print("1..%d" % count)
    return 1 if failed else 0


sys.exit(main())
