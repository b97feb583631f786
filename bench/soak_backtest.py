"""`scripts/soak backtest`: what one changed threshold flips, by the command and by these lines.

Presses report and are told what to do, an agent judges with a few rules, and one threshold after the
other is changed. `jameyctl backtest` has to name exactly the proposals that the few lines of Python
below name, which know nothing but the exported log and what the rules say in words.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from processes import Agent, BenchError, Broker, await_condition

PROJECT = pathlib.Path(__file__).resolve().parent.parent

RULES = """routes:
  - name: telemetry
    topic: plant/{{line}}/{{device}}/telemetry
    entity: "{{device}}"
  - name: commands
    guard:
      propose: cmd/{{device}}/{{verb}}/proposed
      approved: cmd/{{device}}/{{verb}}
      denied: cmd/{{device}}/{{verb}}/denied
    entity: "{{device}}"
    threshold: {threshold}
    default: deny
rules:
  - {{ name: hot, on: telemetry, when: payload.temp > {hot} }}
  - {{ name: no-harm, weight: 10, stance: oppose, on: commands,
      when: 'has(payload.rpm) && payload.rpm > {rpm} && has(device.last.vib) && device.last.vib > {vib}' }}
  - {{ name: cool, weight: 3, stance: support, on: commands,
      when: 'has(device.last.temp) && device.last.temp < {cool}',
      strength: 'device.last.vib > 3.0 ? 0.5 : 1.0' }}
  - {{ name: slow, weight: 2, stance: oppose, on: commands,
      when: 'has(payload.rpm) && payload.rpm < 1000' }}
"""

GIVEN = {"threshold": 0.0, "hot": 80.0, "rpm": 1500, "vib": 7.1, "cool": 60.0}
CHANGED = ({"cool": 54.5}, {"cool": 66.0}, {"vib": 9.5}, {"rpm": 2000}, {"threshold": 0.25},
           {"hot": 90.0}, {})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--binaries", type=pathlib.Path, default=PROJECT / ".build" / "release")
    options = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="soak-", dir=PROJECT / ".build"))
    try:
        record(work, options)
        compare(work, options)
    except BenchError as error:
        sys.exit(f"soak: {error}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


def record(work, options):
    more = {"store": {"short_term": {"max_age": "365d", "max_bytes": "8GiB"}}}
    rules = {"rules.yaml": RULES.format(**GIVEN)}
    newest = "SELECT max(seq) FROM event"
    with Broker(work) as broker:
        with Agent(options.binaries, work, broker, rules, "plant/+/+/telemetry", more) as agent:
            devices = subprocess.Popen(
                [options.binaries / "jameysim", "devices", "--port", str(broker.port),
                 "--count", "50", "--interval", "10"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                # Seconds enough for a thousand events each.
                await_condition(
                    f"event {options.events}", 60 + options.events // 1000,
                    lambda: agent.query(newest) >= options.events, pause=0.2)
            finally:
                devices.terminate()
                devices.wait()


def exported(work, options):
    """The messages of the log: what a line says of its event, and the payload."""
    export = subprocess.Popen(
        [options.binaries / "jameyctl", "log", "export", "--database", work / "jamey.db"],
        stdout=subprocess.PIPE)
    for line in export.stdout:
        event = json.loads(line)
        if "topic" in event:
            yield event["seq"], event["topic"].split("/"), json.loads(event["payload"])
    if export.wait() != 0:
        raise BenchError("the log cannot be exported")


class Judge:
    """What the rules say, in Python."""

    def __init__(self, numbers):
        self.numbers = numbers
        self.last, self.hot, self.verdicts, self.raised = {}, {}, {}, 0

    def hear(self, sequence, levels, payload):
        if levels[0] == "plant":
            device = levels[2]
            self.last.setdefault(device, {}).update(payload)
            is_hot = payload["temp"] > self.numbers["hot"]
            self.raised += is_hot and not self.hot.get(device, False)
            self.hot[device] = is_hot
        elif levels[0] == "cmd" and levels[-1] == "proposed":
            self.verdicts[sequence] = self.judge(self.last.get(levels[1], {}), payload)

    def judge(self, last, proposal):
        parts = []
        rpm = proposal.get("rpm")
        if rpm is not None and rpm > self.numbers["rpm"] and "vib" in last \
                and last["vib"] > self.numbers["vib"]:
            parts.append((-1, 10.0))
        if "temp" in last and last["temp"] < self.numbers["cool"]:
            parts.append((1, 3.0 * (0.5 if last["vib"] > 3.0 else 1.0)))
        if rpm is not None and rpm < 1000:
            parts.append((-1, 2.0))
        if not parts:
            return False
        score = sum(sign * weight for sign, weight in parts) / sum(weight for _, weight in parts)
        return score >= self.numbers["threshold"]


def compare(work, options):
    judges = [Judge(GIVEN)] + [Judge({**GIVEN, **change}) for change in CHANGED]
    events = 0
    for event in exported(work, options):
        events += 1
        for judge in judges:
            judge.hear(*event)
    given = judges[0]
    if len(given.verdicts) < events // 20 or given.raised < 10:
        raise BenchError(f"{len(given.verdicts)} proposals and {given.raised} alerts: too few")
    for change, judge in zip(CHANGED, judges[1:]):
        wanted = {"deny_to_allow": [], "allow_to_deny": []}
        for sequence, approved in given.verdicts.items():
            if judge.verdicts[sequence] != approved:
                wanted["allow_to_deny" if approved else "deny_to_allow"].append(sequence)
        for jobs in ("1", "2"):
            told = backtest(work, options, {**GIVEN, **change}, jobs)
            check(change, told, wanted, given, judge)
        flips = {name: len(found) for name, found in wanted.items()}
        print(f"{change or 'nothing changed'}: of {len(given.verdicts)} proposals {flips}, alerts "
              f"{given.raised} then {judge.raised}: the same by the command", flush=True)
    if not any(given.verdicts != judge.verdicts for judge in judges):
        raise BenchError("no change flipped anything")
    print(f"{events} messages, {len(CHANGED)} changes, with one job and with two")


def backtest(work, options, numbers, jobs):
    rules = work / "other.d"
    shutil.rmtree(rules, ignore_errors=True)
    rules.mkdir()
    (rules / "rules.yaml").write_text(RULES.format(**numbers))
    process = subprocess.run(
        [options.binaries / "jameyctl", "backtest", "--database", work / "jamey.db",
         "--rules", rules, "--jobs", jobs, "--json"], capture_output=True, text=True)
    if process.returncode != 0:
        raise BenchError(f"backtest ended with {process.returncode}: {process.stderr}")
    return json.loads(process.stdout)


def check(change, told, wanted, given, judge):
    verdicts = told["verdicts"]
    if verdicts["recorded"] != len(given.verdicts) or verdicts["supposed"] != len(given.verdicts):
        raise BenchError(f"{change}: {verdicts['recorded']} and {verdicts['supposed']} verdicts, "
                         f"not {len(given.verdicts)}")
    for name, sequences in wanted.items():
        found = verdicts[name]
        listed = [flip["event_seq"] for flip in found["flips"]]
        if found["count"] != len(sequences):
            raise BenchError(f"{change}: {found['count']} {name}, not {len(sequences)}")
        # So many are listed at most.
        if sorted(listed) != sorted(sequences)[:len(listed)] or len(listed) < min(
                len(sequences), 20_000):
            raise BenchError(f"{change}: other {name} than these: {sorted(sequences)[:20]}")
    alerts = told["alerts"]
    if (alerts["recorded"], alerts["supposed"]) != (given.raised, judge.raised):
        raise BenchError(f"{change}: {alerts['recorded']} and {alerts['supposed']} alerts, not "
                         f"{given.raised} and {judge.raised}")


if __name__ == "__main__":
    main()
