"""The agent and the broker that scripts/check-dashboard has started, for the tests beside this."""

import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import time


class Rig:
    """Reads `rig.json` in a folder: the page's address, the broker, the keys, the socket."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        facts = json.loads((self.folder / "rig.json").read_text())
        self.url = facts["url"]
        self.root = facts["root"]
        self.operator_key = facts["operator_key"]
        self.viewer_key = facts["viewer_key"]
        self.broker_port = facts["broker_port"]
        self.socket = facts["socket"]

    def publish(self, topic, payload, lines=None):
        """One message, or one for each of the lines."""
        command = ["mosquitto_pub", "-V", "5", "-q", "1", "-p", str(self.broker_port), "-t", topic]
        text = payload if isinstance(payload, str) else json.dumps(payload)
        if lines is None:
            subprocess.run([*command, "-m", text], check=True, timeout=20)
        else:
            given = "".join(f"{text}\n" for _ in range(lines))
            subprocess.run([*command, "-l"], input=given, text=True, check=True, timeout=60)

    def telemetry(self, device, temp):
        values = {"temp": temp, "vib": 2.25, "rpm": 1200, "state": "running"}
        self.publish(f"plant/1/{device}/telemetry", values)

    def propose(self, device, rpm=900, times=None):
        proposal = {"action": "start", "rpm": rpm, "user_id": "anna"}
        self.publish(f"cmd/{device}/start/proposed", proposal, lines=times)

    def ask(self, method, path, body=None):
        """By the Unix socket, as admin."""
        connection = UnixConnection(self.socket)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        said = response.read()
        connection.close()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {said!r}")
        return json.loads(said) if said else {}

    def make_key(self, name, role):
        answer = self.ask("POST", "/keys", {"name": name, "role": role})
        return answer["id"], answer["key"]

    def stop(self, what):
        """Ends the `agent` or the `broker`."""
        pid = int((self.folder / f"{what}.pid").read_text())
        os.kill(pid, signal.SIGTERM)
        await_true(lambda: is_gone(pid), f"the {what} ends", seconds=20)

    def start(self, what):
        process = subprocess.Popen([self.folder / f"start-{what}"], stdin=subprocess.DEVNULL)
        (self.folder / f"{what}.pid").write_text(str(process.pid))


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=20)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def is_gone(pid):
    """Gone, or a zombie that only waits to be collected."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return text.rsplit(")", 1)[1].split()[0] == "Z"


def await_true(condition, what, seconds=10):
    """Asks until it holds; fails at the deadline, and says what was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)
