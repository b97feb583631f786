"""The rows of the API: what asking it does to the path of a message, in turn with not asking."""

import json
import pathlib
import subprocess
import sys

from api_hostile import FLOOD_RATE, HELD, KINDS as ENEMIES
from processes import BenchError, require_answers
from table import median, row

LOAD = pathlib.Path(__file__).resolve().parent / "api_load.py"
MESSAGES_RATE = 5_000
REQUESTS_RATE = 500
PROBES_RATE = 200
MINUTE = 60
# What asks ends by itself, and so long before its minute does: the next minute is another side's.
MARGIN = 5
# For so long the agent beside hears the same before the minutes begin.
SEEDED = 5
KINDS = {
    "requests": f"{MESSAGES_RATE:,} messages a second, {REQUESTS_RATE} API requests a second "
    "against none: p99 of verdicts",
    "hostile": f"{MESSAGES_RATE:,} messages a second, hostile connections against none: "
    "p99 of verdicts",
}
# In the last one the same is asked of another agent: what two cores with as much to do, and no more
# of it in the agent, make of a verdict.
SIDES = ["without", "with", "beside"]
BESIDE = {
    "requests": "the same requests against their being for another agent here: p99 of verdicts",
    "hostile": "the same hostile connections against their being another agent's: p99 of verdicts",
}
# Nobody is slowed down by the limits for one address: what is measured is the work.
UNLIMITED = {"rate": {"per_second": 10_000, "burst": 10_000}}


def measure(bench):
    """Minutes of all sides, in turn within the life of one agent; which comes first changes."""
    told = {kind: [] for kind in KINDS}
    for number in range(bench.runs):
        for kind in KINDS:
            told[kind].append(minutes(bench, kind, order(number)))
    rows = {}
    for kind, runs in told.items():
        rows[KINDS[kind]] = told_row(runs, "without", 1.25)
        rows[BESIDE[kind]] = told_row(runs, "beside")
    rows[KINDS["requests"]]["notes"] = [[note(told["requests"])]]
    return rows


def order(number):
    """The sides as a run has them: in six runs in every order, so that none always follows the
    same one, nor finds the log of the same length."""
    first = number % len(SIDES)
    sides = SIDES[first:] + SIDES[:first]
    return sides[::-1] if number % 2 else sides


def told_row(runs, against, target=None):
    with_api, baseline = (
        median([run[side]["verdicts"]["p99"] for run in runs]) for side in ("with", against))
    return row(
        f"{with_api / 1000:.2f} ms", f"{baseline / 1000:.2f} ms", with_api / baseline, target,
        runs=runs)


def note(runs):
    asked = [run["with"]["asked"] for run in runs]
    p50, p99 = (median([each[name] for each in asked]) / 1000 for name in ("p50", "p99"))
    return f"An API request took {p50:.2f} ms, p99 {p99:.2f} ms, counted from when it was due."


def minutes(bench, kind, sides):
    """One agent: under the same messages, a minute in which it is asked, one in which nobody is,
    and one in which another is, which hears no messages any longer."""
    folder, beside = bench.folder(), bench.folder()
    run = {}
    with (
        bench.prompt_broker(folder) as broker,
        bench.agent(folder, broker, 100, {"http": UNLIMITED}) as agent,
        bench.prompt_broker(beside) as quiet,
        bench.agent(beside, quiet, 100, {"http": UNLIMITED}) as other,
    ):
        askers = {"with": asker(agent, folder), "beside": asker(other, beside)}
        seed(bench, quiet, other)
        with background(bench, broker, len(SIDES) * MINUTE) as (load, probe):
            for side in sides:
                asking = askers[side](kind) if side in askers else None
                run[side] = heard(probe, MINUTE)
                if asking is not None:
                    run[side]["asked"] = finished(asking)
                    check(kind, run[side]["asked"])
            sent = json.loads(load.communicate(timeout=60)[0])
        agent.await_api(10)
        agent.await_processed(sent["count"], 120)
    return run


def seed(bench, broker, agent):
    """Some seconds of the same messages and probes, for what is asked there to be as much work: of
    an empty store every answer is short."""
    with background(bench, broker, SEEDED) as (load, probe):
        heard(probe, SEEDED)
        sent = json.loads(load.communicate(timeout=60)[0])
    agent.await_processed(sent["count"], 120)


def heard(probe, seconds):
    """What the probe says of the seconds that have just passed."""
    line = probe.stdout.readline()
    if not line:
        raise BenchError("the probe ended early")
    told = json.loads(line)
    require_answers(told, PROBES_RATE * seconds)
    return told


def asker(agent, folder):
    """What starts asking an agent, with a key made for it."""
    key = folder / "key"
    key.write_text(agent.api_key("operator"))
    return lambda kind: ask(kind, agent.api_port, key)


class background:
    """Messages and probes for so many seconds, told of by the minute; both are ended when it is
    over, whatever happened."""

    def __init__(self, bench, broker, seconds):
        self.program, self.port = str(bench.binaries / "jameysim"), str(broker.port)
        self.seconds = seconds

    def __enter__(self):
        self.processes = [
            self._start("load", "--count", MESSAGES_RATE * self.seconds, "--rate", MESSAGES_RATE),
            self._start(
                "probe", "--rate", PROBES_RATE, "--seconds", self.seconds,
                "--window", min(MINUTE, self.seconds)),
        ]
        return self.processes

    def __exit__(self, *_):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.stdout.close()

    def _start(self, kind, *options):
        return subprocess.Popen(
            [self.program, kind, "--port", self.port, *map(str, options)],
            stdout=subprocess.PIPE, text=True)


def ask(kind, port, key):
    """Starts what asks, which ends by itself within the minute."""
    # Whoever asks is elsewhere as a rule: here it gets what the others leave of the two cores.
    command = [
        "nice", "-n", "19", sys.executable, "-B", str(LOAD), kind, "--port", str(port),
        "--seconds", str(MINUTE - MARGIN),
    ]
    if kind == "requests":
        command += ["--key-file", str(key), "--rate", str(REQUESTS_RATE)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finished(asking):
    """What it says that asks. It has ended by now, or some of its work is in another's minute."""
    if asking.poll() is None:
        asking.kill()
        asking.wait()
        raise BenchError("what asks the API went on beyond its minute")
    if asking.returncode != 0:
        raise BenchError(f"what asks the API ended with {asking.returncode}")
    return json.loads(asking.stdout.read())


def check(kind, asked):
    """Every request was answered, with what was asked for; every kind of enemy got in."""
    if kind == "requests":
        if asked["statuses"] != {"200": asked["count"]} or asked["failures"]:
            raise BenchError(f"not every request was answered: {asked}")
    elif not all(enmity(asked)):
        raise BenchError(f"the enemies were not all there: {asked}")


def enmity(asked):
    """What makes a minute a hostile one, each as whether it was so. More than half of it counts: a
    server that is gone takes nothing, and one that is full reads no header."""
    tried = asked["tried"]
    yield from (asked[kind] > tried[kind] / 2 for kind in ENEMIES)
    yield tried["flood"] > FLOOD_RATE * asked["seconds"] / 2
    yield asked["headers_refused"] > asked["headers"] / 2
    # A server that lets them stay for good is not what is measured.
    yield asked["closed_by_server"] >= sum(HELD.values())
