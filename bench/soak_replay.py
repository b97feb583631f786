"""`scripts/soak replay`: a long recorded life, replayed from every checkpoint, twice.

A simulated fleet, recordings of a real pump rig and a bulk load are heard by an agent whose rules
are changed, whose souls are set by hand, whose clock steps back and forth, and which is killed and
started again. Then `jameyctl replay` folds the log from its beginning and from every checkpoint,
twice each: every decision must come out byte for byte, and every way must end with the same mind.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from processes import Agent, BenchError, Broker, await_condition

PROJECT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLES = PROJECT / "etc" / "jamey" / "rules.d.examples"
# A step of the clock: back for an hour, on for two, and what is lost between two corrections.
STEPS = (-3600, -61, -2, 0, 1, 90, 7200)

FLEET = """routes:
  - name: press-telemetry
    topic: plant/{{line}}/{{device}}/telemetry
    entity: "{{device}}"
  - name: press-commands
    guard:
      propose: cmd/{{device}}/{{verb}}/proposed
      approved: cmd/{{device}}/{{verb}}
      denied: cmd/{{device}}/{{verb}}/denied
    entity: "{{device}}"
    default: deny
soul: {{ half_life: 6h, auto_record: true }}
rules:
  - {{ name: hot, on: press-telemetry, when: payload.temp > {temp}, keep_firing_for: 2s }}
  - {{ name: held, on: press-telemetry, when: payload.vib > {vib}, for: 3s, severity: critical,
      actions: [ {{ feel: {{ emotion: anger }} }},
                 {{ remember: {{ layer: episodic, content: '"it shakes"' }} }} ] }}
  - {{ name: mean, on: press-telemetry, when: 'over.avg(payload.temp, "30s") > {temp} - 15.0' }}
  - {{ name: unusual, on: press-telemetry, when: 'baseline.zscore(payload.vib) > 4.0' }}
  - {{ name: silent, on: press-telemetry, absent: 20s }}
  - {{ name: no-harm, weight: 10, stance: oppose, on: press-commands,
      when: payload.rpm > 1500 && device.last.vib > {vib} }}
  - {{ name: calm, weight: 3, stance: support, on: press-commands,
      when: 'has(device.last.temp) && device.last.temp < {temp}' }}
  - {{ name: trusted, weight: 2, stance: support, on: press-commands, strength: device.trust,
      when: device.trust > 0.3 }}
  - {{ name: often, stance: veto, on: press-commands, when: 'over.count(1, "10s") > 40.0' }}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rate", type=int, default=4_000, help="of the bulk load, a second")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    parser.add_argument("--binaries", type=pathlib.Path, default=PROJECT / ".build" / "release")
    parser.add_argument(
        "--also", type=pathlib.Path, action="append", default=[],
        help="other builds, whose jameyctl must come to the same digests")
    parser.add_argument("--keep", type=pathlib.Path, help="leave a copy of the store there")
    options = parser.parse_args()
    print(f"soak: seed {options.seed}", flush=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix="soak-", dir=PROJECT / ".build"))
    try:
        live(work, options)
        if options.keep:
            shutil.copy(work / "jamey.db", options.keep)
        replay(work / "jamey.db", options)
    except BenchError as error:
        sys.exit(f"soak: {error}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


def rules(choice):
    files = {"fleet.yaml": FLEET.format(
        temp=choice.choice((78.0, 80.0, 82.5)), vib=choice.choice((6.5, 7.1, 8.0)))}
    for name in ("10-machine-guard.yaml", "pump-rig/10-pump.yaml"):
        files[name.replace("/", "-")] = (EXAMPLES / name).read_text()
    return files


class Clock:
    """The agent's wall clock, which a file moves (libfaketime); monotonic time is the machine's."""

    def __init__(self, work):
        self.path = work / "clock"
        self.library = next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
        self.step(0)

    def step(self, seconds):
        self.path.write_text(f"{seconds:+d}\n")

    def environment(self):
        if not self.library:
            raise BenchError("libfaketime is not installed: scripts/test installs it")
        return {
            "LD_PRELOAD": str(self.library), "FAKETIME_TIMESTAMP_FILE": str(self.path),
            "FAKETIME_CACHE_DURATION": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


class Devices:
    """What publishes: the fleet, the rigs one after the other, and the bulk."""

    def __init__(self, broker, options):
        self.broker, self.options = broker, options
        self.processes = {}
        shared = os.environ.get("JAMEY_SHARED")
        found = pathlib.Path(shared or "/nonexistent").glob("data/skab/valve1-*.csv")
        self.recordings = sorted(found)
        self.rig = 0
        if not self.recordings:
            print("soak: no recordings of the rig (JAMEY_SHARED): without it", flush=True)

    def keep_running(self):
        self._keep("devices", "--count", "40", "--interval", "100")
        self._keep(
            "load", "--rate", str(self.options.rate), "--devices", "200", "--window", "20000",
            "--count", "80000000")
        if self.recordings and self._keep(
                "rig", "--input", str(self.recordings[self.rig % len(self.recordings)]),
                "--speed", "200", "--propose-every", "20", "--quiet"):
            self.rig += 1

    def _keep(self, name, *arguments):
        """Whether it had to be started."""
        process = self.processes.get(name)
        if process and process.poll() is None:
            return False
        self.processes[name] = subprocess.Popen(
            [self.options.binaries / "jameysim", name, "--port", str(self.broker.port), *arguments],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return True

    def stop(self):
        for process in self.processes.values():
            process.kill()
            process.wait()


def live(work, options):
    choice = random.Random(options.seed)
    clock = Clock(work)
    os.environ.update(clock.environment())
    # So that many more are made than are kept.
    os.environ["JAMEY_CHECKPOINT_EVENTS"] = str(max(500, options.events // 50))
    preload = os.environ.pop("LD_PRELOAD")
    more = {"store": {"short_term": {"max_age": "365d", "max_bytes": "8GiB"}}}
    with Broker(work) as broker:
        devices = Devices(broker, options)
        try:
            for death in range(options.kills + 1):
                os.environ["LD_PRELOAD"] = preload
                agent = Agent(
                    options.binaries, work, broker, rules(choice), "plant/+/+/telemetry", more)
                # libfaketime changes the environment of the first program that it is loaded into,
                # by which Swift finds its arguments: let that be another.
                agent.command.insert(0, "env")
                agent.__enter__()
                os.environ.pop("LD_PRELOAD")
                target = options.events * (death + 1) // (options.kills + 1)
                spend(agent, devices, clock, target, choice, options)
                if death < options.kills:
                    agent.connection.close()
                    agent.process.kill()
                    agent.process.wait()
                else:
                    devices.stop()
                    agent.__exit__(None)
                print(f"life {death + 1}: {target} events", flush=True)
        finally:
            devices.stop()
            if agent.process.poll() is None:
                agent.process.kill()


def spend(agent, devices, clock, target, choice, options):
    """One life: until so many events are in the log."""
    control = options.binaries / "jameyctl"
    newest = "SELECT max(seq) FROM event"
    while (last := agent.query(newest)) < target:
        devices.keep_running()
        deed = choice.randrange(6)
        if deed == 0:
            for name, text in rules(choice).items():
                (agent.directory / "rules.d" / name).write_text(text)
            agent.process.send_signal(1)
        elif deed == 1:
            clock.step(choice.choice(STEPS))
        elif deed == 2:
            subprocess.run(
                [control, "soul", "set", f"press-{choice.randint(1, 40)}",
                 str(choice.randint(1, 9) / 10), "--database", agent.database],
                check=True, stdout=subprocess.DEVNULL)
        due = min(target, last + choice.randint(1, options.rate // 2))
        await_condition(
            f"event {due}", 120,
            lambda: agent.process.poll() is not None or agent.query(newest) >= due)
        if agent.process.poll() is not None:
            raise BenchError("jameyd ended: " + agent.log())


def replay(database, options):
    def run(binaries, *more):
        started = time.monotonic()
        process = subprocess.run(
            [binaries / "jameyctl", "replay", "--database", database, *more],
            capture_output=True, text=True)
        return process, time.monotonic() - started

    starts = run(options.binaries, "--starts")[0].stdout.split()
    if starts[:1] != ["0"] or len(starts) < 3:
        raise BenchError(f"a replay can begin at {starts} only")
    minds, first = set(), None
    for start in starts:
        digests = set()
        for _ in range(2):
            process, took = run(options.binaries, "--from", start, "--json")
            if process.returncode != 0:
                raise BenchError(f"from {start}: {process.stdout[:4000]}{process.stderr}")
            told = json.loads(process.stdout)
            digests.add(told["digest"])
            minds.add(told["mind"])
            first = first or told
        events = told["last_event"] - told["folded_from"]
        print(f"from {start}: {told['recorded']} decisions of {events} events agree, "
              f"{events / took:,.0f} events/s", flush=True)
        if len(digests) != 1:
            raise BenchError(f"two replays from {start} differ: {digests}")
    if len(minds) != 1:
        raise BenchError(f"the ways end with different minds: {minds}")
    for binaries in options.also:
        told = json.loads(run(binaries, "--from", "0", "--json")[0].stdout)
        if (told["digest"], told["mind"]) != (first["digest"], first["mind"]):
            raise BenchError(f"{binaries} comes to {told['digest']}, {told['mind']}")
        print(f"{binaries}: the same digests", flush=True)
    print(f"digest {first['digest']}\nmind   {first['mind']}\n"
          f"{first['recorded']} decisions, {first['rulesets']} rule sets, {len(starts)} starts, "
          f"{database.stat().st_size / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
