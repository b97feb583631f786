"""The processes of a measurement: broker, baseline, load and agent, and what each has cost."""

import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


class BenchError(Exception):
    """A result is wrong, or something did not happen in time; the figures mean nothing then."""


def await_condition(what, seconds, condition, pause=0.005):
    """Calls the condition until it returns something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise BenchError(f"{what}: not within {seconds} s")
        time.sleep(pause)


def cpu_seconds(pid):
    """CPU time of all threads of a process, those that ended included, in nanosecond steps."""
    # clock_getcpuclockid(3): the clock of a process is made from its id.
    return time.clock_gettime((~pid << 3) | 2)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# Without, the kernel holds a small packet back until the one before it was acknowledged, which the
# other side delays by 40 ms: no verdict would be faster than that, and no echo.
PROMPT = "set_tcp_nodelay true\n"


class Broker:
    """A mosquitto of our own: nothing stored, nothing dropped, nothing held back."""

    def __init__(self, directory, max_inflight=0, settings=""):
        self.port = free_port()
        self.log_path = directory / "mosquitto.log"
        configuration = directory / "mosquitto.conf"
        configuration.write_text(
            f"listener {self.port} 127.0.0.1\n"
            "allow_anonymous true\n"
            "persistence false\n"
            "max_queued_messages 0\n"
            f"max_inflight_messages {max_inflight}\n"
            "log_type error\nlog_type warning\nlog_type subscribe\n"
            f"log_dest file {self.log_path}\n"
            + settings
            + ("user root\n" if os.geteuid() == 0 else "")
        )
        self.log_path.touch()
        self.process = subprocess.Popen(
            [self.program(), "-c", str(configuration)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )

    def __enter__(self):
        await_condition("mosquitto", 10, self._listens)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    @staticmethod
    def program():
        found = shutil.which("mosquitto", path=PATH)
        if not found:
            raise BenchError("mosquitto is not installed: scripts/test installs it")
        return found

    @classmethod
    def version(cls):
        if not shutil.which("mosquitto", path=PATH):
            return "not installed"
        text = subprocess.run([cls.program(), "-h"], capture_output=True, text=True).stdout
        return (text.splitlines() or ["unknown"])[0]

    def _listens(self):
        if self.process.poll() is not None:
            raise BenchError("mosquitto ended: " + self.log_path.read_text()[-500:])
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def await_subscription(self, topic_filter):
        """Waits until somebody has subscribed to exactly this filter."""
        ending = f" {topic_filter}\n"
        await_condition(
            f"subscription to {topic_filter}", 20, lambda: ending in self.log_path.read_text()
        )


class Baseline:
    """`mosquitto_sub -q Q -t '#' > /dev/null`, which ends by itself after the last message."""

    def __init__(self, broker, qos, count):
        self.process = subprocess.Popen(
            ["mosquitto_sub", "-p", str(broker.port), "-q", str(qos), "-t", "#", "-C", str(count)],
            stdout=subprocess.DEVNULL,
        )
        self.broker = broker

    def __enter__(self):
        self.broker.await_subscription("#")
        self.cpu_before = cpu_seconds(self.process.pid)
        return self

    def __exit__(self, *_):
        if self.process.returncode is None:
            self.process.kill()
            self.process.wait()

    def finish(self, seconds):
        """Waits for its end. Returns the time of it and the CPU seconds since the start."""
        deadline = time.monotonic() + seconds
        while True:
            pid, status, usage = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                raise BenchError("mosquitto_sub did not hear every message")
            time.sleep(0.002)
        ended = time.monotonic()
        self.process.returncode = os.waitstatus_to_exitcode(status)
        if self.process.returncode != 0:
            raise BenchError(f"mosquitto_sub ended with {self.process.returncode}")
        return ended, usage.ru_utime + usage.ru_stime - self.cpu_before


class Agent:
    """A `jameyd` of our own, its database in the directory."""

    def __init__(self, binaries, directory, broker, rule_files, await_filter=None, more=None):
        self.directory = directory
        self.database = directory / "jamey.db"
        self.broker, self.await_filter = broker, await_filter
        self.api_port, self.api_socket = free_port(), directory / "jamey.sock"
        rules = directory / "rules.d"
        rules.mkdir(exist_ok=True)
        for name, text in rule_files.items():
            (rules / name).write_text(text)
        configuration = directory / "jamey.yaml"
        # JSON is YAML; the interval keeps vitals out of the measurement.
        settings = {
            "node": "bench",
            "broker": {"host": "127.0.0.1", "port": broker.port},
            "store": {"path": str(self.database)},
            "rules": {"directory": str(rules)},
            "status": {"interval": "30s"},
            "log": {"level": "warning", "format": "text"},
            "http": {
                "listen": f"127.0.0.1:{self.api_port}", "socket": str(self.api_socket),
            },
        }
        for section, values in (more or {}).items():
            settings.setdefault(section, {}).update(values)
        configuration.write_text(json.dumps(settings))
        self.command = [str(binaries / "jameyd"), "--config", str(configuration)]

    def __enter__(self):
        address = self.directory / "notify"
        address.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(str(address))
            environment = {**os.environ, "NOTIFY_SOCKET": str(address)}
            environment.pop("WATCHDOG_USEC", None)
            started = time.monotonic()
            with open(self.directory / "jameyd.log", "ab") as log:
                self.process = subprocess.Popen(
                    self.command, stdout=log, stderr=log, env=environment)
            try:
                self._await_ready(notify)
                self.ready_ms = (time.monotonic() - started) * 1000
                if self.await_filter:
                    self.broker.await_subscription(self.await_filter)
                self.connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
                self.first_event = self.query("SELECT coalesce(max(seq), 0) FROM event")
            except BaseException:
                self.process.kill()
                raise
        return self

    def __exit__(self, kind, *_):
        """Ends it in its own order, which leaves the write-ahead log empty."""
        self.connection.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
        if kind is None and self.process.returncode != 0:
            raise BenchError(f"jameyd ended with {self.process.returncode}: {self.log()}")

    def _await_ready(self, notify):
        deadline = time.monotonic() + 120
        notify.settimeout(0.1)
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if b"READY=1" in notify.recv(4096):
                    return
            except TimeoutError:
                continue
        raise BenchError("jameyd did not become ready: " + self.log())

    def log(self):
        return (self.directory / "jameyd.log").read_text()[-1000:]

    def query(self, statement):
        return self.connection.execute(statement).fetchone()[0]

    def cpu(self):
        return cpu_seconds(self.process.pid)

    def await_processed(self, count, seconds):
        """Waits until so many messages are in the log and everything published is confirmed."""
        if self.process.poll() is not None:
            raise BenchError("jameyd ended: " + self.log())
        await_condition(
            f"{count} messages recorded", seconds,
            lambda: self.query("SELECT max(seq) FROM event") - self.first_event >= count,
        )
        await_condition(
            "an empty outbox", seconds, lambda: self.query("SELECT count(*) FROM outbox") == 0
        )
        return time.monotonic()

    def check(self, load):
        """Every message recorded once, and an alert raised and resolved for each that fired."""
        numbers = "SELECT count({}substr(CAST(payload AS TEXT), 6, 8)) FROM event " \
            "WHERE substr(CAST(payload AS TEXT), 1, 5) = '{{\"n\":'"
        recorded = self.query(numbers.format(""))
        distinct = self.query(numbers.format("DISTINCT "))
        if (recorded, distinct) != (load["count"], load["count"]):
            raise BenchError(f"{recorded} recorded, {distinct} distinct, of {load['count']} sent")
        for positive, expected in ((1, load["raised"]), (0, load["resolved"])):
            found = self.query(
                f"SELECT count(*) FROM decision WHERE kind = 2 AND positive = {positive}"
            )
            if found != expected:
                raise BenchError(f"{found} alerts with positive = {positive}, not {expected}")

    def api_key(self, role):
        """A new key, made through the Unix socket, which trusts whoever may open it."""
        # The API begins beside the agent, which is ready without it.
        await_condition("the API's socket", 10, self._answers_locally)
        connection = http.client.HTTPConnection("localhost", timeout=10)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(10)
        connection.sock.connect(str(self.api_socket))
        body = json.dumps({"name": f"bench-{role}", "role": role})
        connection.request("POST", "/keys", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status != 201:
            raise BenchError(f"no key: {answer.status} {text}")
        return json.loads(text)["key"]

    def _answers_locally(self):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.api_socket)) == 0

    def await_api(self, seconds):
        """Waits until the API answers whoever comes now."""
        await_condition("an answer of the API", seconds, self._api_answers, pause=0.1)

    def _api_answers(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.api_port, timeout=1)
        try:
            connection.request("GET", "/livez")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def memory(self):
        """Resident and private MiB, from smaps_rollup."""
        text = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        kib = {
            parts[0].rstrip(":"): int(parts[1])
            for parts in map(str.split, text.splitlines()[1:])
        }
        # Clean pages of files, such as libraries that nobody else has loaded, cost no memory of
        # their own: they can be read again.
        return kib["Rss"] / 1024, kib["Private_Dirty"] / 1024

    def disk_bytes(self):
        """What the database takes; read it when the agent has ended."""
        return sum(path.stat().st_size for path in self.directory.glob("jamey.db*"))


def publish_load(
    binaries, broker, count, qos, devices=100, fire_percent=5, while_running=None, rate="max"
):
    """Runs the load to its end. Returns what it says of itself."""
    process = subprocess.Popen(
        [
            str(binaries / "jameysim"), "load", "--port", str(broker.port),
            "--count", str(count), "--qos", str(qos), "--devices", str(devices),
            "--fire-percent", str(fire_percent), "--rate", str(rate),
        ],
        stdout=subprocess.PIPE, text=True,
    )
    while while_running and process.poll() is None:
        while_running()
        time.sleep(0.02)
    output, _ = process.communicate(timeout=600)
    if process.returncode != 0:
        raise BenchError(f"the load ended with {process.returncode}")
    return json.loads(output)


def simulate(binaries, broker, *arguments, seconds=600):
    """Runs another simulation to its end. Returns what it says of itself."""
    process = subprocess.run(
        [str(binaries / "jameysim"), arguments[0], "--port", str(broker.port), *arguments[1:]],
        capture_output=True, text=True, timeout=seconds)
    if process.returncode != 0:
        raise BenchError(f"jameysim {arguments[0]} ended: {process.stderr[-300:]}")
    return json.loads(process.stdout.splitlines()[-1])


def require_answers(probe, count):
    """All that was proposed was answered, but for what was on its way at the end."""
    if probe["verdicts"]["count"] < count * 0.9 or probe["unanswered"] > 200:
        raise BenchError(f"verdicts are missing: {probe}")
