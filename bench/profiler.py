"""Instructions and allocations of one evaluation, by valgrind: nothing of it depends on time.

Each is the difference of a run with twice the evaluations and one with so many, over their number.
What starting and warming up cost is the same in both, and gone.
"""

import os
import re
import shutil
import subprocess

from processes import BenchError
from table import aligned

OWN_COUNT = 10_000
# As many as take seconds under valgrind.
PEER_COUNTS = {"cel-python": 20}
PEER_COUNT = 1_000
# What the tables of hashes hold must not depend on the run.
ENVIRONMENT = {"SWIFT_DETERMINISTIC_HASHING": "1", "PYTHONHASHSEED": "0"}
# Python's own pools hide allocations.
HEAP = {**ENVIRONMENT, "PYTHONMALLOC": "malloc"}
COUNTING = re.compile(r"swift_(bridgeObject)?(nonatomic_)?(retain|release)", re.IGNORECASE)


def measure(folder, ours, peers):
    """By who and which case: instructions, allocations and, of ours, countings of references."""
    for tool in ("valgrind", "strip"):
        if not shutil.which(tool):
            return {"absent": f"{tool} is not installed"}
    # valgrind gives up on what Swift writes for debuggers.
    stripped = folder / "jameysim"
    subprocess.run(["strip", "--strip-debug", "-o", stripped, ours.program], check=True)
    told = {}
    for case in ("all", "first-false", "scan", "tree"):
        told[f"ours, {case}"] = difference(
            folder, lambda count: ([str(stripped), *ours.once(case, count)[1:]], None), OWN_COUNT)
    for peer in peers:
        count = PEER_COUNTS.get(peer.name, PEER_COUNT)
        each = {
            case: difference(folder, lambda many: peer.once(case, many), count)
            for case in ("all", "call")
        }
        told[f"{peer.name}, all, net"] = {
            what: each["all"][what] - each["call"][what] for what in ("instructions", "allocations")
        }
    return told


def difference(folder, command, count):
    """What one evaluation costs: `command` tells how to run so many."""
    once, twice = (run(folder, *command(times)) for times in (count, 2 * count))
    return {what: (twice[what] - once[what]) / count for what in once}


def run(folder, command, given):
    """One process, counted twice: by callgrind, and by memcheck without its checks."""
    profile, summary = folder / "callgrind", folder / "memcheck"
    valgrind(
        ["--tool=callgrind", f"--callgrind-out-file={profile}", *command], given, ENVIRONMENT)
    valgrind(
        ["--tool=memcheck", f"--log-file={summary}", "--leak-check=no", "--undef-value-errors=no",
         *command], given, HEAP)
    found = re.search(r"total heap usage: ([\d,]+) allocs", summary.read_text())
    if not found:
        raise BenchError("memcheck told no heap usage")
    with open(profile) as lines:
        counted = read(lines)
    return {**counted, "allocations": int(found[1].replace(",", ""))}


def valgrind(arguments, given, environment):
    done = subprocess.run(
        ["valgrind", *arguments], input=given, text=True, capture_output=True,
        env={**os.environ, **environment})
    if done.returncode != 0:
        raise BenchError(f"valgrind {' '.join(arguments)}: {done.stderr[-500:]}")


def read(lines):
    """Instructions, and calls that count references, of a file of callgrind's."""
    names, called, counting, instructions = {}, "", 0, None
    for line in lines:
        if line.startswith(("fn=", "cfn=")):
            number, _, name = line.split("=", 1)[1].strip().partition(" ")
            if name:
                names[number] = name
            if line.startswith("cfn="):
                called = names[number]
        elif line.startswith("calls=") and COUNTING.match(called):
            counting += int(line[6:].split()[0])
        elif line.startswith(("totals:", "summary:")):
            instructions = int(line.split()[1])
    if instructions is None:
        raise BenchError("callgrind told no totals")
    return {"instructions": instructions, "countings": counting}


def lines(told):
    if not told:
        return []
    if "absent" in told:
        return [f"no profile: {told['absent']}"]
    cells = [["an evaluation, by valgrind", "instructions", "allocations", "reference countings"]]
    for name, figures in told.items():
        countings = figures.get("countings")
        cells.append([
            name, f"{figures['instructions']:,.1f}", f"{figures['allocations']:,.2f}",
            "" if countings is None else f"{countings:,.2f}",
        ])
    return aligned(cells)
