"""What asks of the API while a measurement runs: requests at a steady rate, or what is hostile.

    python3 bench/api_load.py requests --port 8642 --key-file key --rate 500 --seconds 60
    python3 bench/api_load.py hostile --port 8642 --seconds 60

Only ever asks of 127.0.0.1; its connections, requests and seconds have bounds. Prints one line of
JSON when it is over. docs/bench.md says what is measured beside it.
"""

import argparse
import json
import pathlib
import socket
import threading
import time

HOST = "127.0.0.1"
SECONDS_MAX = 600
RATE_MAX = 2_000
PATIENCE = 10

# What watchers and operators ask for, each in its turn.
MIX = (
    ("GET", "/status", b""),
    ("GET", "/decisions?limit=20", b""),
    ("GET", "/alerts", b""),
    ("GET", "/devices?limit=20", b""),
    ("POST", "/evaluate?dry_run=true", b'{"action":"start the press"}'),
    ("GET", "/status", b""),
    ("GET", "/decisions?limit=20&kind=alert", b""),
    ("GET", "/rules", b""),
    ("GET", "/soul?limit=20", b""),
    ("GET", "/metrics", b""),
)
# They take turns: enough that a slow answer holds up few of those behind it.
CONNECTIONS = 16
# A connection that fails so often has nobody at its other end.
FAILURES_MAX = 20


def main():
    # Here, since it takes the address and the bounds from above.
    from api_hostile import Hostile

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    kinds = parser.add_subparsers(dest="kind", required=True)
    for name in ("requests", "hostile"):
        kind = kinds.add_parser(name)
        kind.add_argument("--port", type=int, required=True)
        kind.add_argument("--seconds", type=float, default=60)
        if name == "requests":
            kind.add_argument("--key-file", type=pathlib.Path, required=True)
            kind.add_argument("--rate", type=int, default=500)
    options = parser.parse_args()
    if not 0 < options.seconds <= SECONDS_MAX:
        parser.error(f"--seconds is above 0 and at most {SECONDS_MAX}")
    if options.kind == "hostile":
        told = Hostile(options.port, options.seconds).run()
    elif not 0 < options.rate <= RATE_MAX:
        parser.error(f"--rate is above 0 and at most {RATE_MAX}")
    else:
        key = options.key_file.read_text().strip()
        told = Requests(options.port, key, options.rate, options.seconds).run()
    print(json.dumps(told))


class AnswerError(Exception):
    """The server said something else than an answer, or ended the connection."""


class Client:
    """A connection that is kept, and made anew where the server has closed it."""

    def __init__(self, port):
        self.port, self.socket = port, None

    def ask(self, request):
        """Returns the status of the answer, which is read to its end."""
        was_open = self.socket is not None
        try:
            return self._ask(request)
        except (OSError, AnswerError):
            self.close()
            # An idle connection may be closed just when it is used again.
            if not was_open:
                raise
        return self._ask(request)

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def _ask(self, request):
        if self.socket is None:
            self.socket = socket.create_connection((HOST, self.port), PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        status, length = parsed(head)
        while len(body) < length:
            body += self._more()
        return status

    def _more(self):
        data = self.socket.recv(65_536)
        if not data:
            raise AnswerError("the server closed the connection")
        return data


def parsed(head):
    """The status of an answer, and the length of its body."""
    first, *lines = head.split(b"\r\n")
    words = first.split(b" ", 2)
    if len(words) < 2 or words[0] != b"HTTP/1.1" or not words[1].isdigit():
        raise AnswerError(f"no answer: {first[:80]!r}")
    for line in lines:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(words[1]), int(value)
    raise AnswerError(f"an answer of {int(words[1])} without a length")


def request_bytes(method, path, body, key):
    """A request as it is sent."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", f"Authorization: Bearer {key}"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def quantile(ordered, share):
    """Of an ordered list, as jameysim tells it; 0 of none."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0


class Requests:
    """So many requests a second, each due at its own time whatever became of those before it."""

    def __init__(self, port, key, rate, seconds):
        self.port, self.rate, self.count = port, rate, int(rate * seconds)
        self.requests = [request_bytes(*each, key) for each in MIX]
        self.lock = threading.Lock()
        self.delays, self.statuses, self.failures = [], {}, []

    def run(self):
        """Returns how many were answered how, and their delays in microseconds."""
        self.start = time.monotonic()
        threads = [
            threading.Thread(target=self._take_turns, args=(place,))
            for place in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ordered = sorted(self.delays)
        told = {
            "count": self.count, "answered": len(ordered), "statuses": self.statuses,
            "failures": self.failures[:3],
        }
        for name, share in (("p50", 0.5), ("p99", 0.99), ("p999", 0.999), ("max", 1)):
            told[name] = round(quantile(ordered, share) * 1e6)
        return told

    def _take_turns(self, place):
        client, delays, statuses, failures = Client(self.port), [], {}, []
        for number in range(place, self.count, CONNECTIONS):
            due = self.start + number / self.rate
            time.sleep(max(0, due - time.monotonic()))
            try:
                status = str(client.ask(self.requests[number % len(self.requests)]))
                statuses[status] = statuses.get(status, 0) + 1
                delays.append(time.monotonic() - due)
            except (OSError, AnswerError) as error:
                failures.append(f"{type(error).__name__}: {error}")
                if len(failures) >= FAILURES_MAX:
                    break
        client.close()
        with self.lock:
            self.delays += delays
            self.failures += failures
            for status, count in statuses.items():
                self.statuses[status] = self.statuses.get(status, 0) + count


if __name__ == "__main__":
    main()
