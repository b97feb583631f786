"""What asks of the API, against servers of a few lines; run by scripts/test."""

import contextlib
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import types
import unittest
from unittest import mock

import api
import api_hostile
import api_load
from processes import BenchError

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Hands each connection to a function, on a thread of its own."""

    def __init__(self, serve):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.serve, self.accepted = serve, 0

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        # Wakes the thread that accepts.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._guard, args=(connection,), daemon=True).start()

    def _guard(self, connection):
        with connection:
            try:
                self.serve(connection)
            except OSError:
                pass


def answer_all(connection):
    while connection.recv(65_536):
        connection.sendall(OK)


def answer_once(connection):
    connection.recv(65_536)
    connection.sendall(OK)


class RequestsTest(unittest.TestCase):
    def test_each_request_is_asked_once_and_answered(self):
        with Server(answer_all) as server:
            told = api_load.Requests(server.port, "key", 200, 0.2).run()
        self.assertEqual((told["count"], told["statuses"]), (40, {"200": 40}))
        self.assertEqual(told["failures"], [])
        self.assertGreater(told["p99"], 0)
        api.check("requests", told)

    def test_a_connection_that_was_closed_while_idle_is_opened_again(self):
        with Server(answer_once) as server:
            told = api_load.Requests(server.port, "key", 200, 0.2).run()
        self.assertEqual((told["statuses"], told["failures"]), ({"200": 40}, []))
        self.assertEqual(server.accepted, 40)

    def test_a_server_that_answers_nothing_fails_the_check(self):
        with Server(lambda connection: connection.recv(65_536)) as server:
            told = api_load.Requests(server.port, "key", 200, 0.1).run()
        self.assertEqual(told["answered"], 0)
        with self.assertRaises(BenchError):
            api.check("requests", told)

    def test_another_status_than_200_fails_the_check(self):
        told = {"count": 2, "statuses": {"200": 1, "429": 1}, "failures": []}
        with self.assertRaises(BenchError):
            api.check("requests", told)

    def test_what_is_no_answer_is_an_error(self):
        self.assertEqual(api_load.parsed(b"HTTP/1.1 404 Not Found\r\ncontent-length: 7"), (404, 7))
        for head in (b"", b"HTTP/1.1", b"HTTP/1.1 x y", b"HTTP/1.1 200 OK\r\nServer: x"):
            with self.assertRaises(api_load.AnswerError):
                api_load.parsed(head)

    def test_a_request_carries_key_and_length(self):
        sent = api_load.request_bytes("POST", "/evaluate", b"{}", "secret")
        self.assertIn(b"Authorization: Bearer secret\r\n", sent)
        self.assertTrue(sent.endswith(b"Content-Length: 2\r\n\r\n{}"))


def refuse(connection):
    """Says of a large head that it is one, and has no patience with what says nothing."""
    connection.settimeout(0.05)
    count, is_refused = 0, False
    while data := connection.recv(65_536):
        count += len(data)
        if count > 16_384 and not is_refused:
            connection.sendall(b"HTTP/1.1 431 Too Large\r\nContent-Length: 0\r\n\r\n")
            is_refused = True


def never_close(connection):
    while connection.recv(65_536):
        pass
    # Held until the test is over.
    threading.Event().wait(5)


class HostileTest(unittest.TestCase):
    def test_every_kind_is_there_and_bounded(self):
        with Server(refuse) as server:
            told = api_hostile.Hostile(server.port, 2).run()
        # What the server closes is opened again, and no faster than the rate allows.
        for kind, held in api_hostile.HELD.items():
            self.assertGreater(told[kind], held)
            self.assertLessEqual(told[kind], 2 * api_hostile.OPENED_RATE)
        self.assertLessEqual(told["flood"], 2 * api_hostile.FLOOD_RATE)
        self.assertLessEqual(told["headers"], 2 * api_hostile.HEADERS_RATE)
        self.assertEqual(told["headers_refused"], told["headers"])
        api.check("hostile", told)

    def test_held_connections_leave_room_in_the_share_of_an_address(self):
        limits = pathlib.Path(__file__).parent.parent / "Sources/Core/Limits+api.swift"
        share = re.search(r"apiConnectionsOfLoopback = (\d+)", limits.read_text())
        self.assertLess(sum(api_hostile.HELD.values()) + 20, int(share[1]))

    def test_a_server_that_is_gone_is_no_crash_and_fails_the_check(self):
        with Server(answer_all) as server:
            port = server.port
        told = api_hostile.Hostile(port, 0.1).run()
        self.assertEqual([told[kind] for kind in api_hostile.KINDS], [0] * 5)
        self.assertGreater(min(told["tried"].values()), 0)
        with self.assertRaises(BenchError):
            api.check("hostile", told)

    def test_a_server_that_hangs_fails_the_check(self):
        with Server(never_close) as server:
            told = api_hostile.Hostile(server.port, 0.2).run()
        self.assertEqual(told["headers_refused"], 0)
        with self.assertRaises(BenchError):
            api.check("hostile", told)

    def test_each_thing_that_an_enemy_does_not_do_fails_the_check(self):
        kinds = dict.fromkeys(api_hostile.KINDS, 10)
        good = {
            **kinds, "tried": dict(kinds, flood=200), "flood": 200, "seconds": 1,
            "headers_refused": 10, "closed_by_server": sum(api_hostile.HELD.values()),
        }
        api.check("hostile", good)
        for name in (*api_hostile.KINDS, "headers_refused", "closed_by_server"):
            with self.assertRaises(BenchError, msg=name):
                api.check("hostile", {**good, name: 0})
        with self.assertRaises(BenchError):
            api.check("hostile", {**good, "seconds": 60})


SIMULATION = """#!/bin/sh
case $1 in
load) echo '{"count":7}' ;;
probe) for _ in 1 2 3; do echo '{"verdicts":{"count":1000000,"p99":1},"unanswered":0}'; done ;;
esac
"""
ANSWERED = {"count": 1, "statuses": {"200": 1}, "failures": []}


class Bench:
    """Brokers and agents that only note what is done to them, and a simulation that is over."""

    def __init__(self, folder):
        self.binaries, self.done = folder, []
        (folder / "jameysim").write_text(SIMULATION)
        (folder / "jameysim").chmod(0o755)

    def folder(self):
        return pathlib.Path(tempfile.mkdtemp(dir=self.binaries))

    @contextlib.contextmanager
    def prompt_broker(self, _):
        yield types.SimpleNamespace(port=1)

    @contextlib.contextmanager
    def agent(self, folder, *_):
        yield types.SimpleNamespace(
            api_port=folder, api_key=lambda role: "key", await_api=lambda seconds: None,
            await_processed=lambda count, seconds: self.done.append((folder, count)))


class MinutesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.bench = Bench(pathlib.Path(folder.name))

    def run_minutes(self, *command):
        """One run in which what asks is a command; echo has ended before the minute has."""
        def ask(kind, port, key):
            self.bench.done.append((port, kind))
            self.asking = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self.addCleanup(self.asking.stdin.close)
            self.addCleanup(self.asking.stdout.close)
            if command[0] == "echo":
                self.asking.wait()
            return self.asking
        with mock.patch.object(api, "ask", ask):
            return api.minutes(self.bench, "requests", api.order(0))

    def test_the_agent_beside_has_heard_the_same_before_it_is_asked(self):
        run = self.run_minutes("echo", json.dumps(ANSWERED))
        self.assertEqual(run["beside"]["asked"], ANSWERED)
        (seeded, count), *asked, (measured, _) = self.bench.done
        self.assertEqual(count, 7)
        self.assertEqual(asked, [(measured, "requests"), (seeded, "requests")])

    def test_who_asks_beyond_its_minute_fails_the_run_and_is_ended(self):
        with self.assertRaisesRegex(BenchError, "beyond its minute"):
            self.run_minutes(sys.executable, "-c", "input()")
        self.assertLess(self.asking.returncode, 0)

    def test_in_six_runs_the_sides_are_in_every_order(self):
        self.assertEqual(len({tuple(api.order(number)) for number in range(6)}), 6)


class RowTest(unittest.TestCase):
    def test_the_row_is_the_ratio_of_the_medians(self):
        def side(p99):
            return {"verdicts": {"p99": p99}}
        runs = [
            {"with": side(with_api), "without": side(1000), "beside": side(1200)}
            for with_api in (900, 1200, 5000)]
        told = api.told_row(runs, "without", 1.25)
        self.assertEqual((told["measured"], told["baseline"]), ("1.20 ms", "1.00 ms"))
        self.assertEqual((told["figure"], told["target"]), (1.2, 1.25))
        self.assertEqual(api.told_row(runs, "beside")["figure"], 1.0)


if __name__ == "__main__":
    unittest.main()
