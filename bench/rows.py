"""The rows of the table: each returns name -> measured, baseline, figure and target."""

import json
import os
import subprocess
import threading
import time

import api
import predicate
import rulesets
from processes import (
    PROMPT, Agent, Baseline, BenchError, Broker, await_condition, publish_load, require_answers,
    simulate,
)
from table import median, row

TELEMETRY = "plant/+/+/telemetry"
PATIENCE = 300


class Bench:
    """What all rows share."""

    def __init__(self, binaries, work, options):
        self.binaries, self.work = binaries, work
        self.runs, self.count, self.stored = options.runs, options.count, options.stored
        self.max_inflight, self.profile = options.max_inflight, options.profile
        self.folders = 0

    def broker(self, folder):
        return Broker(folder, self.max_inflight)

    def prompt_broker(self, folder):
        """For measuring delays."""
        return Broker(folder, self.max_inflight, PROMPT)

    def folder(self):
        """A fresh directory: no run meets what another left."""
        self.folders += 1
        path = self.work / str(self.folders)
        path.mkdir()
        return path

    def load(self, broker, count, qos, **more):
        return publish_load(self.binaries, broker, count, qos, **more)

    def agent(self, folder, broker, count, more=None):
        files = {**rulesets.thresholds(count), "probe.yaml": rulesets.PROBE}
        return Agent(self.binaries, folder, broker, files, TELEMETRY, more)

    def baseline_run(self, qos):
        """One run of mosquitto_sub: CPU microseconds a message, messages a second."""
        with self.broker(self.folder()) as broker, Baseline(broker, qos, self.count) as subscriber:
            load = self.load(broker, self.count, qos)
            ended, cpu = subscriber.finish(PATIENCE)
            return per_message(cpu, load), rate(ended, load)

    def agent_run(self, qos, rules, **more):
        """One run of the agent under the same load, checked."""
        folder = self.folder()
        with self.broker(folder) as broker, self.agent(folder, broker, rules) as agent:
            before = agent.cpu()
            load = self.load(broker, self.count, qos, **more)
            ended = agent.await_processed(load["count"], PATIENCE)
            cpu = agent.cpu() - before
            agent.check(load)
            return per_message(cpu, load), rate(ended, load)


def per_message(cpu, load):
    return cpu * 1e6 / load["count"]


def rate(ended, load):
    # Both clocks are CLOCK_MONOTONIC.
    return load["count"] / (ended - load["started_us"] / 1e6)


def interleaved(bench, first, second):
    """Runs both in turn and returns the results of each."""
    firsts, seconds = [], []
    for _ in range(bench.runs):
        firsts.append(first())
        seconds.append(second())
    return firsts, seconds


def against_baseline(bench, qos):
    baseline, agent = interleaved(
        bench, lambda: bench.baseline_run(qos), lambda: bench.agent_run(qos, 100)
    )
    cpu = [median([run[0] for run in runs]) for runs in (agent, baseline)]
    speed = [median([run[1] for run in runs]) for runs in (agent, baseline)]
    return cpu, speed, {"agent": agent, "baseline": baseline}


def qos1(bench):
    cpu, speed, runs = against_baseline(bench, 1)
    return {
        "QoS 1, fsync, 100 rules: CPU a message": row(
            f"{cpu[0]:.2f} µs", f"{cpu[1]:.2f} µs", cpu[0] / cpu[1], 0.65, runs=runs),
        "QoS 1, fsync, 100 rules: messages a second": row(
            f"{speed[0]:,.0f}", f"{speed[1]:,.0f}", speed[0] / speed[1], 1.3, "more", runs),
    }


def qos0(bench):
    cpu, _, runs = against_baseline(bench, 0)
    return {
        "QoS 0, 100 rules: CPU a message": row(
            f"{cpu[0]:.2f} µs", f"{cpu[1]:.2f} µs", cpu[0] / cpu[1], 0.9, runs=runs)
    }


def rules(bench):
    few, many = interleaved(
        bench,
        lambda: bench.agent_run(1, 10, fire_percent=1),
        lambda: bench.agent_run(1, 10_000, fire_percent=1),
    )
    cpu = [median([run[0] for run in runs]) for runs in (many, few)]
    runs = {"10,000": many, "10": few}
    return {
        "10,000 rules against 10: CPU a message": row(
            f"{cpu[0]:.2f} µs", f"{cpu[1]:.2f} µs", cpu[0] / cpu[1], 1.5, runs=runs)
    }


def memory(bench):
    # Pages of a program that was linked just now and not written yet would count as its own.
    os.sync()
    folder = bench.folder()
    with bench.broker(folder) as broker, Agent(bench.binaries, folder, broker, {}) as agent:
        await_condition("a quiet second", 30, quiet(agent))
        idle, idle_private = agent.memory()
    loaded = loaded_memory(bench)
    return {
        "memory, idle, default rules": row(f"{idle:.1f} MiB", "", idle, 30),
        "memory, idle, private part": row(f"{idle_private:.1f} MiB", "", idle_private, 10),
        "memory, 10,000 devices under load": row(f"{loaded:.1f} MiB", "", loaded, 72),
    }


def quiet(agent):
    """A condition: a whole second in which the agent used less than 2 ms of CPU."""
    state = {"cpu": agent.cpu(), "at": time.monotonic()}

    def is_quiet():
        if time.monotonic() - state["at"] < 1:
            return False
        used, state["at"] = agent.cpu() - state["cpu"], time.monotonic()
        state["cpu"] += used
        return used < 0.002

    return is_quiet


def loaded_memory(bench):
    """The most that is seen while 10,000 devices speak."""
    folder = bench.folder()
    seen = []
    with bench.broker(folder) as broker, bench.agent(folder, broker, 100) as agent:
        load = bench.load(
            broker, bench.count, 1, devices=10_000,
            while_running=lambda: seen.append(agent.memory()[0]))
        agent.await_processed(load["count"], PATIENCE)
        seen.append(agent.memory()[0])
        agent.check(load)
    return max(seen)


def disk(bench):
    folder = bench.folder()
    with bench.broker(folder) as broker:
        with bench.agent(folder, broker, 100) as agent:
            pass
        before = agent.disk_bytes()
        with bench.agent(folder, broker, 100) as agent:
            load = bench.load(broker, bench.count, 1, fire_percent=0)
            agent.await_processed(load["count"], PATIENCE)
            agent.check(load)
        each = (agent.disk_bytes() - before) / load["count"]
    return {"disk a recorded event of about 90 bytes": row(f"{each:.0f} B", "", each, 160)}


def start(bench):
    folder = bench.folder()
    times = []
    with bench.broker(folder) as broker:
        with bench.agent(folder, broker, 100) as agent:
            load = bench.load(broker, bench.stored, 1)
            agent.await_processed(load["count"], PATIENCE)
            agent.check(load)
        for _ in range(bench.runs):
            with bench.agent(folder, broker, 100) as agent:
                times.append(agent.ready_ms)
    return {
        f"start with {bench.stored:,} events to READY=1": row(
            f"{median(times):.0f} ms", "", median(times), 300, runs=times)
    }


def backtest(bench):
    """The command as a person runs it, over all that one agent has recorded."""
    folder = bench.folder()
    with bench.broker(folder) as broker, bench.agent(folder, broker, 100) as agent:
        load = bench.load(broker, bench.stored, 1)
        agent.await_processed(load["count"], PATIENCE)
        agent.check(load)
    runs = []
    for _ in range(bench.runs):
        started = time.monotonic()
        done = subprocess.run(
            [bench.binaries / "jameyctl", "backtest", "--database", agent.database,
             "--rules", folder / "rules.d", "--json"], capture_output=True, text=True)
        took = time.monotonic() - started
        if done.returncode != 0:
            raise BenchError(f"jameyctl backtest ended with {done.returncode}: {done.stderr}")
        told = json.loads(done.stdout)
        alerts = told["alerts"]
        # The same rules: each alert again, by the same event.
        if not alerts["recorded"] == alerts["supposed"] == alerts["same"] == load["raised"]:
            raise BenchError(f"alerts are wrong: {alerts}, {load}")
        runs.append((told["last_event"] - told["first_event"] + 1) / took)
    return {
        f"backtest of {bench.stored:,} events through 100 rules: events a second": row(
            f"{median(runs):,.0f}", "", median(runs), 500_000, better="more", runs=runs)
    }


def latency(bench):
    """Proposals at 1,000 a second against a plain echo on the same broker."""
    runs, syncs = [], []
    for _ in range(bench.runs):
        folder = bench.folder()
        with bench.prompt_broker(folder) as broker, bench.agent(folder, broker, 100):
            runs.append(simulate(
                bench.binaries, broker, "probe", "--rate", "1000", "--seconds", "10"))
            require_answers(runs[-1], 10_000)
        syncs.append(sync_delays(folder))
    verdict, echo = (median([run[of]["p99"] for run in runs]) for of in ("verdicts", "echoes"))
    disk = [median([sync[place] for sync in syncs]) for place in (0, 1)]
    note = (f"The disk alone, in turn with that: fdatasync of {SYNCED_BYTES >> 10} KiB takes "
            f"{disk[0]:.2f} ms, p99 {disk[1]:.2f} ms. Echoes do not wait for it.")
    told = row(
        f"{verdict / 1000:.2f} ms", f"{echo / 1000:.2f} ms", verdict / echo, 3,
        runs=[{**run, "sync_ms": sync} for run, sync in zip(runs, syncs)])
    told["notes"] = [[note]]
    return {"proposal to verdict, 1,000 a second: p99": told}


# About what a commit of one proposal writes.
SYNCED_BYTES = 40 << 10


def sync_delays(folder, count=1_000):
    """Median and p99, in ms, of syncing a few pages that are written over, as SQLite's log is."""
    path = folder / "sync"
    pages = bytes(SYNCED_BYTES)
    delays = []
    path.write_bytes(pages * count)
    with open(path, "r+b", buffering=0) as file:
        os.fsync(file.fileno())
        for _ in range(count):
            started = time.monotonic()
            file.write(pages)
            os.fdatasync(file.fileno())
            delays.append((time.monotonic() - started) * 1000)
    path.unlink()
    delays.sort()
    return delays[len(delays) // 2], delays[int(len(delays) * 0.99)]


def upkeep(bench):
    """What retention and consolidation do to the slowest verdicts under load."""
    with_upkeep, without = interleaved(
        bench, lambda: probed_load(bench, "5s"), lambda: probed_load(bench, "1d"))
    slowest = [median([run["verdicts"]["p999"] for run in runs])
               for runs in (with_upkeep, without)]
    return {
        "2,000 messages a second, retention at work against none: p99.9 of verdicts": row(
            f"{slowest[0] / 1000:.2f} ms", f"{slowest[1] / 1000:.2f} ms",
            slowest[0] / slowest[1], runs={"with": with_upkeep, "without": without})
    }


def probed_load(bench, max_age, seconds=30):
    folder = bench.folder()
    more = {"store": {"short_term": {"max_age": max_age}}}
    with bench.prompt_broker(folder) as broker, bench.agent(folder, broker, 100, more):
        load = threading.Thread(target=bench.load, args=(broker, 2_000 * seconds, 1),
                                kwargs={"rate": 2_000})
        load.start()
        probe = simulate(
            bench.binaries, broker, "probe", "--rate", "200", "--seconds", str(seconds))
        load.join()
        require_answers(probe, 200 * seconds)
        return probe


def recall(bench):
    """Two words among many memories, ten results: the whole way by MQTT."""
    folder = bench.folder()
    with bench.prompt_broker(folder) as broker, Agent(
        bench.binaries, folder, broker, rulesets.thresholds(1), TELEMETRY
    ) as agent:
        simulate(bench.binaries, broker, "notes", "--count", str(bench.stored))
        agent.await_processed(bench.stored, PATIENCE)
        if agent.query("SELECT count(*) FROM memory") < bench.stored:
            raise BenchError("memories are missing")
        told = simulate(bench.binaries, broker, "recall", "--count", "1000")
    if told["found"] < told["count"] / 2:
        raise BenchError(f"too little was found: {told}")
    return {
        f"recall among {bench.stored:,} memories: p99": row(
            f"{told['p99'] / 1000:.2f} ms", "", told["p99"] / 1000, 20, runs=[told])
    }


ROWS = {
    "qos1": qos1, "qos0": qos0, "rules": rules, "memory": memory, "disk": disk, "start": start,
    "cel": predicate.measure, "latency": latency, "upkeep": upkeep, "recall": recall,
    "backtest": backtest, "api": api.measure,
}
