"""The row of one CEL condition: ours and what others have, in turn."""

import json
import subprocess

import peers
import profiler
from processes import BenchError
from table import aligned, median, row

OURS = ("all", "first-false", "scan", "tree")
# A round goes through the cases so often, for so long each; what comes of it are medians.
SLICES = 5
SLICE_SECONDS = 0.05
TRIAL_COUNT = 10_000
# The cases of a peer, and what is taken off each: the same call without the condition.
# From text nothing is taken off: reading the message is what that is about.
CALLS = {
    "all": "call", "repeated": "repeated-call", "first-false": "call",
    "repeated-false": "repeated-false-call",
}


class Ours:
    """`jameysim cel`, which checks its own answers."""

    def __init__(self, binaries):
        self.program = str(binaries / "jameysim")
        self.setup = json.loads(self._run("--show"))
        self.evaluator, self.counts = "", {}
        for case in OURS:
            took = max(self._figures(case, TRIAL_COUNT)["took_us"], 1) / 1e6
            self.counts[case] = max(2, int(TRIAL_COUNT * SLICE_SECONDS / took) // 2 * 2)

    def round(self):
        """Nanoseconds an evaluation, by case."""
        slices = [
            {case: self._figures(case, self.counts[case]) for case in OURS} for _ in range(SLICES)
        ]
        return {
            case: median([each[case]["took_us"] * 1000 / each[case]["count"] for each in slices])
            for case in OURS
        }

    def once(self, case, count):
        """The command of one case by itself."""
        return [self.program, "cel", "--case", case, "--count", str(count)]

    def _figures(self, case, count):
        figures = json.loads(self._run(*self.once(case, count)[2:]))
        expected = 0 if case == "first-false" else count
        if (figures["count"], figures["held"]) != (count, expected):
            raise BenchError(f"jameysim cel, {case}: {figures}")
        self.evaluator = figures["evaluator"]
        return figures

    def _run(self, *options):
        done = subprocess.run(
            [self.program, "cel", *options], capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            raise BenchError(f"jameysim cel: {done.stderr.strip()}")
        return done.stdout


def measure(bench):
    """The rows, the peers' own table among their notes."""
    ours = Ours(bench.binaries)
    others, absent = peers.gather(bench.binaries.parent / "bench-peers", ours.setup)
    own, theirs = [], {peer.name: [] for peer in others}
    profile = None
    try:
        for _ in range(bench.runs):
            own.append(ours.round())
            for peer in others:
                theirs[peer.name].append(peer.round())
        if bench.profile:
            profile = profiler.measure(bench.folder(), ours, others)
    finally:
        for peer in others:
            peer.end()
    told = {name: figures(rounds) for name, rounds in theirs.items()}
    rows = own_rows(ours, own, told)
    versions = {peer.name: peer.version for peer in others}
    first = next(iter(rows.values()))
    first["peers"] = {"figures": told, "versions": versions, "absent": absent, "runs": theirs}
    first["profile"] = profile
    first["notes"] = [peer_lines(told, versions, absent), profiler.lines(profile)]
    return rows


def figures(rounds):
    """Of a peer, in nanoseconds: as measured, and without what a call costs in the same round."""
    told = {
        case: {
            "raw": median([run[case] for run in rounds]),
            "net": median([run[case] - run[call] for run in rounds]),
        }
        for case, call in CALLS.items()
    }
    return {
        "call": median([run["call"] for run in rounds]), **told,
        "from-text": median([run["from-text"] for run in rounds]),
    }


def best(told, cases):
    """The lowest net figure of all peers, and whose it is."""
    found = [(figures[case]["net"], name) for name, figures in told.items() for case in cases]
    # On a busy machine a call without the condition can be the slower one: that tells nothing.
    return min((each for each in found if each[0] > 0), default=None)


def own_rows(ours, rounds, told):
    """Ours beside the fastest peer's."""
    own = {case: [run[case] for run in rounds] for case in OURS}
    name = f"CEL predicate, {ours.evaluator}"
    rows = {}
    # Both ways of taking off the call are right, so a peer gets the one that is better for it.
    for case, title, target, cases in (
        ("all", "every term", 100, ("all", "repeated")),
        ("first-false", "first term false", 20, ("first-false", "repeated-false")),
    ):
        figure, peer = median(own[case]), best(told, cases)
        baseline = f"{peer[0]:,.0f} ns {peer[1]}" if peer else "no peer at hand"
        measured = f"{figure:,.1f} ns"
        rows[f"{name}, {title}: ns"] = row(measured, baseline, figure, target, runs=own[case])
        if peer:
            rows[f"{name}, {title}: to the fastest peer"] = row(
                measured, baseline, figure / peer[0])
    for case, title in (("scan", "scan of the payload alone"), ("tree", "every term, on the tree")):
        figure = median(own[case])
        rows[f"CEL predicate, {title}: ns"] = row(f"{figure:,.1f} ns", "", figure, runs=own[case])
    return rows


def peer_lines(told, versions, absent):
    """The peers' table: what a call costs, each case raw and net, and from text."""
    cells = [["ns of the peers", "call"]]
    for case in CALLS:
        cells[0] += [f"{case}: raw", "net"]
    cells[0].append("from text")
    for name, figures in told.items():
        values = [figures["call"]]
        for case in CALLS:
            values += [figures[case]["raw"], figures[case]["net"]]
        language, _ = peers.PINNED[name]
        cells.append([
            f"{name} {versions[name]} ({language})",
            *(f"{value:,.0f}" for value in [*values, figures["from-text"]]),
        ])
    notes = [f"{name}: peer not at hand: {why}" for name, why in absent.items()]
    return (aligned(cells) if told else []) + notes
