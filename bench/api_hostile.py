"""Clients that mean the API no good, all at once: bounded in number, rate and time, on loopback.

| kind | what it does |
|---|---|
| drip | holds connections, on each a request that never ends: one line of a header a second |
| silent | holds connections and says nothing |
| headers | sends a header of 1 MiB |
| flood | connects and is gone, every second time in the midst of a request, by a reset |
"""

import socket
import struct
import time

HOST = "127.0.0.1"
# Together above what the server holds at once, so that its bound is met.
HELD = {"drip": 150, "silent": 150}
# In a second.
REOPENED_RATE = 50
FLOOD_RATE = 200
HEADERS_RATE = 5
STEPS_A_SECOND = 10
HEADER_BYTES = 1 << 20
BEGINNING = b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n"
# A header of a second, as long as it pleases.
LINE = b"X-More: yes\r\n"
# A close that resets: no farewell, and what was sent may be lost.
RESET = struct.pack("ii", 1, 0)


class Hostile:
    """All kinds for so many seconds."""

    def __init__(self, port, seconds):
        self.port, self.seconds = port, seconds
        self.held = {name: [None] * count for name, count in HELD.items()}
        self.counts = dict.fromkeys(
            ("drip", "silent", "headers", "flood", "closed_by_server", "refused"), 0)

    def run(self):
        """Returns how many connections of each kind there were, and how many the server ended."""
        start = time.monotonic()
        for step in range(int(self.seconds * STEPS_A_SECOND)):
            time.sleep(max(0, start + step / STEPS_A_SECOND - time.monotonic()))
            self._hold(is_new_second=step % STEPS_A_SECOND == 0)
            self._flood()
            # Spread over the second.
            if step * HEADERS_RATE // STEPS_A_SECOND != (step - 1) * HEADERS_RATE // STEPS_A_SECOND:
                self._send_headers()
        for connections in self.held.values():
            for connection in filter(None, connections):
                connection.close()
        return self.counts

    def _hold(self, is_new_second):
        """Looks after those that are held, and opens again what the server has closed."""
        room = REOPENED_RATE // STEPS_A_SECOND
        for name, connections in self.held.items():
            # At first all at once.
            room = max(room, len(connections) if self.counts[name] == 0 else 0)
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
        self.counts[name] += 1
        try:
            connection = socket.create_connection((HOST, self.port), 1)
            if name == "drip":
                connection.sendall(BEGINNING)
            connection.setblocking(False)
            return connection
        except OSError:
            self.counts["refused"] += 1
            return None

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
            # It was refused before its end, as it should be.
            self.counts["closed_by_server"] += 1
        connection.close()
