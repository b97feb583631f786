"""`scripts/soak memory`: an hour of load with retention, and whether anything grows.

Load, agent and broker run as in scripts/bench. Every ten seconds the size of the files, the
resident memory and the delay of verdicts are written down. They must be flat once the log has
filled its retention time: the last quarter may be above the quarter after the warm-up by a tenth.
"""

import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import rulesets
from processes import PROMPT, Agent, BenchError, Broker, await_condition

PROJECT = pathlib.Path(__file__).resolve().parent.parent
SAMPLE_SECONDS = 10
# What a quarter may be above the one that it is held against.
TOLERANCE = 0.10
# Below this a delay is within what the machine's scheduler does to it.
DELAY_FLOOR_US = 10_000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=3600)
    parser.add_argument("--rate", type=int, default=2000, help="messages a second")
    parser.add_argument("--devices", type=int, default=100)
    parser.add_argument("--max-age", default="5m", help="how long the log is kept")
    parser.add_argument("--warm-up", type=int, default=600, help="seconds that are not judged")
    options = parser.parse_args()
    if options.seconds < options.warm_up + 8 * SAMPLE_SECONDS:
        parser.error("--seconds must leave some time after --warm-up")
    binaries = PROJECT / ".build" / "release"
    # On the project's own file system: a temporary one may be memory.
    work = pathlib.Path(tempfile.mkdtemp(prefix="soak-", dir=PROJECT / ".build"))
    try:
        samples = run(binaries, work, options)
    except BenchError as error:
        sys.exit(f"soak: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    (PROJECT / ".build" / "soak-memory.json").write_text(json.dumps(samples))
    sys.exit(judge(samples, options))


def run(binaries, work, options):
    files = rulesets.thresholds(100)
    files["probe.yaml"] = rulesets.PROBE
    with Broker(work, settings=PROMPT) as broker:
        more = {"store": {"short_term": {"max_age": options.max_age}}}
        with Agent(binaries, work, broker, files, "plant/+/+/telemetry", more) as agent:
            load, probe = start(binaries, broker, options)
            try:
                samples = observe(agent, load, probe, options)
                told = json.loads(load.communicate(timeout=60)[0])
            finally:
                for process in (load, probe):
                    if process.poll() is None:
                        process.kill()
                    process.wait()
            check(agent, told, options)
    return samples


def start(binaries, broker, options):
    port = ["--port", str(broker.port)]
    load = subprocess.Popen(
        [binaries / "jameysim", "load", *port, "--count", str(options.rate * options.seconds),
         "--rate", str(options.rate), "--devices", str(options.devices)],
        stdout=subprocess.PIPE, text=True)
    probe = subprocess.Popen(
        [binaries / "jameysim", "probe", *port, "--rate", "20", "--seconds",
         str(options.seconds), "--window", str(SAMPLE_SECONDS)],
        stdout=subprocess.PIPE, text=True)
    return load, probe


def observe(agent, load, probe, options):
    """One sample for each line of the probe, which come at the wanted pace."""
    samples = []
    started = time.monotonic()
    for line in probe.stdout:
        delays = json.loads(line)
        if agent.process.poll() is not None:
            raise BenchError("jameyd ended: " + agent.log())
        if load.poll() not in (None, 0):
            raise BenchError(f"the load ended with {load.returncode}")
        rss, private = agent.memory()
        first, last = agent.connection.execute(
            "SELECT min(seq), max(seq) FROM event").fetchone()
        sample = {
            "seconds": round(time.monotonic() - started),
            "file": agent.database.stat().st_size,
            "wal": pathlib.Path(f"{agent.database}-wal").stat().st_size,
            "rss": rss, "private": private, "events": last - first + 1, "last": last,
            "cpu": agent.cpu(), "p50": delays["verdicts"]["p50"], "p99": delays["verdicts"]["p99"],
            "echo": delays["echoes"]["p99"], "unanswered": delays["unanswered"],
        }
        samples.append(sample)
        if len(samples) % 6 == 0:
            print(describe(sample), flush=True)
    return samples


def describe(sample):
    return (
        f"{sample['seconds']:5} s  file {sample['file'] / 2**20:7.1f} MiB  "
        f"wal {sample['wal'] / 2**20:5.1f} MiB  rss {sample['rss']:5.1f} MiB  "
        f"events {sample['events']:8,}  verdict p50 {sample['p50'] / 1000:6.2f} ms  "
        f"p99 {sample['p99'] / 1000:7.2f} ms  echo p99 {sample['echo'] / 1000:6.2f} ms"
    )


def check(agent, told, options):
    """Everything that was sent is in the log, or was in it."""
    if told["count"] != options.rate * options.seconds:
        raise BenchError(f"the load did not send all: {told}")
    await_condition(
        "an empty outbox", 30, lambda: agent.query("SELECT count(*) FROM outbox") == 0)
    recorded = agent.query("SELECT max(seq) FROM event") - agent.first_event
    if recorded < told["count"]:
        raise BenchError(f"{recorded} events for {told['count']} messages")


def judge(samples, options):
    """Holds the last quarter after the warm-up against the first one. Returns the exit code."""
    judged = [sample for sample in samples if sample["seconds"] > options.warm_up]
    quarter = max(1, len(judged) // 4)
    code = 0
    for name, unit, scale, floor in (
        ("file", "MiB", 2**20, 0), ("wal", "MiB", 2**20, 2**20), ("rss", "MiB", 1, 0),
        ("events", "", 1, 0), ("p99", "ms", 1000, DELAY_FLOOR_US),
    ):
        first = statistics.median(sample[name] for sample in judged[:quarter])
        last = statistics.median(sample[name] for sample in judged[-quarter:])
        is_flat = last <= max(floor, first * (1 + TOLERANCE))
        code = code if is_flat else 1
        print(f"{name:8} first quarter {first / scale:12,.1f} {unit:4} "
              f"last {last / scale:12,.1f} {unit:4} {'flat' if is_flat else 'GROWS'}")
    cpu = (samples[-1]["cpu"] - samples[0]["cpu"]) / max(
        1, samples[-1]["last"] - samples[0]["last"])
    print(f"CPU {cpu * 1e6:.1f} us a recorded event; "
          f"unanswered at the end {samples[-1]['unanswered']}")
    return code


if __name__ == "__main__":
    main()
