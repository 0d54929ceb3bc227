"""examples.py DOCUMENT DIRECTORY - run a document's marked blocks in DIRECTORY.

A line of its own before a fenced block marks it:

  <!-- run -->             a session: "$ COMMAND" lines, each with what it prints below it.
                           Without lines below, any output will do. "..." stands for any
                           lines, an ellipsis (…) within a line for any text.
                           "# exit N" at a command's end: the status wanted, otherwise 0. The
                           output is standard output and standard error together.
  <!-- run NAME... -->     the same, if all of these programs exist (in DIRECTORY or in PATH)
  <!-- file PATH -->       the block is what PATH holds
  <!-- append PATH -->     it is added to PATH

Prints a line per command: "ok FILE TEXT", "not-ok FILE TEXT" or "skip FILE TEXT"; FILE says more.
"cd" and exported variables hold for the commands that follow in the document.
"""
import os
import re
import shutil
import subprocess
import sys

MARK = re.compile(r"<!-- (run|file|append)((?: \S+)*) -->\s*$")
TIMEOUT = 600


def blocks(text):
    """Yield (kind, arguments, line number, lines) of the marked blocks."""
    lines = text.split("\n")
    i = 0
    while i < len(lines):
        mark = MARK.match(lines[i])
        i += 1
        if not mark:
            continue
        if not lines[i].startswith("```"):
            sys.exit("line %d: a mark without a block" % i)
        start = i + 1
        end = start
        while lines[end] != "```":
            end += 1
        yield mark.group(1), mark.group(2).split(), start + 1, lines[start:end]
        i = end + 1


def commands(lines, number):
    """Yield (command, status, expected lines, line number) of a session."""
    current = None
    for offset, line in enumerate(lines):
        if line.startswith("$ "):
            if current:
                yield current
            command = line[2:]
            status = 0
            wanted = re.search(r"\s+# exit (\d+)$", command)
            if wanted:
                status = int(wanted.group(1))
                command = command[: wanted.start()]
            current = (command, status, [], number + offset)
        elif current:
            current[2].append(line)
        else:
            sys.exit("line %d: output before a command" % (number + offset))
    if current:
        yield current


def matches(expected, got):
    """Whether GOT is EXPECTED, in which "..." is any number of lines, "…" any text."""
    if not expected:
        return not got
    if expected[0].strip() == "...":
        return any(matches(expected[1:], got[i:]) for i in range(len(got) + 1))
    if not got:
        return False
    line = ".*".join(re.escape(part) for part in expected[0].rstrip().split("…"))
    return bool(re.fullmatch(line, got[0].rstrip())) and matches(expected[1:], got[1:])


class Session:
    """What carries over from one command to the next."""

    def __init__(self, directory):
        self.base = self.directory = os.path.abspath(directory)
        self.environment = dict(os.environ)

    def run(self, command):
        """The status and the output of COMMAND."""
        end = "\ns=$?; { pwd; env -0; } >&9; exit $s"
        saved = os.path.join(self.base, "..", "example.state")
        shell = "exec 9>%s\n%s%s" % (saved, command, end)
        done = subprocess.run(["sh", "-c", shell], cwd=self.directory, env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=TIMEOUT)
        with open(saved, "rb") as state:
            where, _, variables = state.read().partition(b"\n")
        if where:
            self.directory = where.decode()
            self.environment = dict(v.split("=", 1) for v in
                                    variables.decode(errors="replace").split("\0") if "=" in v)
        return done.returncode, done.stdout.decode(errors="replace")

    def has(self, name):
        return shutil.which(name) or os.path.exists(os.path.join(self.directory, name))


def main():
    document, directory = sys.argv[1:]
    session = Session(directory)
    count = 0
    with open(document) as f:
        text = f.read()
    for kind, arguments, number, lines in blocks(text):
        if kind != "run":
            path = os.path.join(session.directory, arguments[0])
            with open(path, "w" if kind == "file" else "a") as f:
                f.write("\n".join(lines) + "\n")
            continue
        missing = [name for name in arguments if not session.has(name)]
        if missing:
            print("skip - line %d needs %s" % (number, ", ".join(missing)))
            continue
        for command, status, expected, line in commands(lines, number):
            count += 1
            more = os.path.join(os.path.dirname(session.base), "example-%d" % count)
            got_status, output = session.run(command)
            got = output.rstrip("\n").split("\n") if output.strip() else []
            good = got_status == status and (not expected or matches(expected, got))
            with open(more, "w") as f:
                f.write("status %d, wanted %d\n--- printed\n%s\n--- wanted\n%s\n" %
                        (got_status, status, output, "\n".join(expected)))
            print("%s %s line %d: %s" % ("ok" if good else "not-ok", more, line, command))


main()
