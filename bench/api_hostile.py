"""Clients that mean the API no good, all at once: bounded in number, rate and time, on loopback.

| kind | what it does |
|---|---|
| drip | holds connections, on each a request that never ends: one line of a header a second |
| silent | holds connections and says nothing |
| half_closed | holds connections on which half a request was sent, and the end of all sending |
| headers | sends a header of 1 MiB |
| flood | connects and is gone, every second time in the midst of a request, by a reset |
"""

import socket
import struct
import time

HOST = "127.0.0.1"
# Together below the share of the loopback interface, 160 (`Limits.apiConnectionsOfLoopback`):
# beyond it the others would be closed before anything of theirs is read.
HELD = {"drip": 60, "silent": 60, "half_closed": 15}
KINDS = (*HELD, "headers", "flood")
# In a second, of each kind that is held; all at once would not fit into the server's backlog.
OPENED_RATE = 50
FLOOD_RATE = 200
HEADERS_RATE = 5
STEPS_A_SECOND = 10
HEADER_BYTES = 1 << 20
BEGINNING = b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n"
# A header of a second, as long as it pleases.
LINE = b"X-More: yes\r\n"
TOO_LARGE = b"HTTP/1.1 431 "
# A close that resets: no farewell, and what was sent may be lost.
RESET = struct.pack("ii", 1, 0)


class Hostile:
    """All kinds for so many seconds."""

    def __init__(self, port, seconds):
        self.port, self.seconds = port, seconds
        self.held = {name: [None] * count for name, count in HELD.items()}
        self.tried = dict.fromkeys(KINDS, 0)
        self.counts = dict.fromkeys((*KINDS, "headers_refused", "closed_by_server"), 0)

    def run(self):
        """Returns how many connections of each kind were made, and how many were tried; of how
        many headers the server said that they are too large; how many held ones it ended."""
        start = time.monotonic()
        for step in range(int(self.seconds * STEPS_A_SECOND)):
            # A server that does not take connections makes each of them wait.
            if time.monotonic() - start > self.seconds:
                break
            time.sleep(max(0, start + step / STEPS_A_SECOND - time.monotonic()))
            self._hold(is_new_second=step % STEPS_A_SECOND == 0)
            self._flood()
            # Spread over the second.
            if step * HEADERS_RATE // STEPS_A_SECOND != (step - 1) * HEADERS_RATE // STEPS_A_SECOND:
                self._send_headers()
        for connections in self.held.values():
            for connection in filter(None, connections):
                connection.close()
        return {**self.counts, "tried": self.tried, "seconds": self.seconds}

    def _hold(self, is_new_second):
        """Looks after those that are held, and opens what is not there yet or was closed."""
        for name, connections in self.held.items():
            room = OPENED_RATE // STEPS_A_SECOND
            for place, connection in enumerate(connections):
                if connection is None and room > 0:
                    room -= 1
                    connections[place] = self._open(name)
                elif connection is not None and not self._goes_on(
                    connection, LINE if name == "drip" and is_new_second else b""
                ):
                    self.counts["closed_by_server"] += 1
                    connection.close()
                    connections[place] = None

    def _open(self, name):
        """A connection of a kind, or nothing where the server takes none."""
        self.tried[name] += 1
        try:
            connection = socket.create_connection((HOST, self.port), 1)
        except OSError:
            return None
        self.counts[name] += 1
        try:
            if name in ("drip", "half_closed"):
                connection.sendall(BEGINNING)
            if name == "half_closed":
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            # It is closed already, which is found out when it is looked after.
            pass
        connection.setblocking(False)
        return connection

    @staticmethod
    def _goes_on(connection, more):
        """Says some more. Returns whether the server lets it."""
        try:
            if more:
                connection.send(more)
            return connection.recv(4096) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def _flood(self):
        for number in range(FLOOD_RATE // STEPS_A_SECOND):
            connection = self._open("flood")
            if connection is not None and number % 2 == 1:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                self._goes_on(connection, BEGINNING)
            if connection is not None:
                connection.close()

    def _send_headers(self):
        connection = self._open("headers")
        if connection is None:
            return
        connection.settimeout(1)
        try:
            connection.sendall(BEGINNING + b"X-Large: " + b"x" * HEADER_BYTES)
        except OSError:
            # It need not be read to its end; what was said to it can be read all the same.
            pass
        try:
            self.counts["headers_refused"] += connection.recv(4096).startswith(TOO_LARGE)
        except OSError:
            pass
        connection.close()
