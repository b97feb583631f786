import CMosquitto
import Core
import Glibc

extension MosquittoLink {
    public func receive(into burst: inout Burst) {
        if case .dialing(let dial) = stage, dial.isFinished {
            let (connection, failure) = dial.result
            land(connection, failure: failure)
        }
        if let connection {
            swap(&connection.burst, &burst)
            if case .opening = stage { open(connection) }
            if case .up = stage, !isReadingPaused { read(connection) }
            swap(&connection.burst, &burst)
            burst.signals.append(contentsOf: connection.signals)
            connection.signals.removeAll(keepingCapacity: true)
            if connection.isOver { retire(connection) }
        }
        guard !pending.isEmpty else { return }
        burst.signals.append(contentsOf: pending)
        pending.removeAll()
    }

    /// Goes as far towards CONNACK as the socket allows.
    private func open(_ connection: Connection) {
        guard let socket = connection.socket else {
            return fail(connection, reason: "the socket is gone")
        }
        if !connection.isEstablished {
            let events = Self.events(of: socket, POLLOUT, milliseconds: 0)
            guard events != 0 else { return }
            if let fault = Self.fault(of: socket, events, isTLS: connection.isTLS) {
                return fail(connection, reason: fault)
            }
            connection.isEstablished = true
            connection.gather(on: socket)
        }
        // A handshake takes a few rounds; `loop_read` carries it on until it is through, and until
        // then `loop_write` holds CONNECT back.
        for _ in 0..<16 {
            guard step(connection) else { break }
        }
        guard !connection.isUp, !connection.isOver else {
            if connection.isUp { stage = .up(connection) }
            return
        }
        // OpenSSL's SSL_ERROR_SYSCALL is passed over in silence by libmosquitto, for ever.
        let events = connection.socket.map { Self.events(of: $0, 0, milliseconds: 0) } ?? POLLHUP
        if let fault = Self.fault(of: socket, events, isTLS: connection.isTLS) {
            // What the broker said last (a TLS alert) may be waiting before the end.
            let (code, number) = readOnce(connection)
            guard !connection.isOver else { return }
            let isTold = code != MOSQ_ERR_SUCCESS.rawValue
            fail(
                connection,
                reason: isTold
                    ? connection.reason(code: code, number: number)
                    : connection.isTLS ? connection.closedEarly : fault)
        }
    }

    /// - Returns: whether another step may get further.
    private func step(_ connection: Connection) -> Bool {
        let (code, number) = readOnce(connection)
        if code != MOSQ_ERR_SUCCESS.rawValue {
            // After a failed handshake there is no callback.
            fail(connection, reason: connection.reason(code: code, number: number))
            return false
        }
        guard !connection.isUp, !connection.isOver else { return false }
        flush()
        return number != EAGAIN && !connection.isOver
    }

    /// Reads until the socket is empty or a bound is met.
    ///
    /// Each call of `loop_read` takes about one packet. The last read of a socket that is empty
    /// leaves EAGAIN in `errno`, which saves asking `poll` for every packet. With TLS it says less
    /// (a packet may have been handled before), so there reading goes on until a call brings
    /// nothing: what OpenSSL holds back would not wake `poll`.
    private func read(_ connection: Connection) {
        let clock = SystemTime()
        let deadline = clock.monotonic() + Limits.burstTimeMax
        var calls = 0
        isCutShort = true
        while connection.burst.messages.count + connection.burst.oversized.count
            < burstCountMax, connection.burst.payloadBytes < Limits.burstBytesMax
        {
            connection.hasProgressed = false
            let (code, number) = readOnce(connection)
            if code != MOSQ_ERR_SUCCESS.rawValue {
                connection.end(reason: connection.reason(code: code, number: number))
            }
            if connection.isOver { return isCutShort = false }
            if number == EAGAIN, !connection.isTLS || !connection.hasProgressed {
                return isCutShort = false
            }
            calls += 1
            // The clock is asked every 32 packets.
            if calls & 31 == 0, clock.monotonic() > deadline { return }
        }
    }

    /// - Returns: libmosquitto's code and `errno` right after.
    private func readOnce(_ connection: Connection) -> (code: Int32, number: Int32) {
        connection.isReading = true
        defer { connection.isReading = false }
        errno = 0
        let code = connection.gathered { mosquitto_loop_read(connection.handle, 1) }
        return (code, errno)
    }

    /// Why a socket that was to be connected is not.
    private static func fault(of socket: Int32, _ events: Int32, isTLS: Bool) -> String? {
        var number: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(socket, SOL_SOCKET, SO_ERROR, &number, &size)
        // A broker without TLS may have thrown us out before we look for the first time.
        let mayBeNoTLS = isTLS && (number == 0 || number == ECONNRESET)
        if number != 0, !mayBeNoTLS { return String(cString: strerror(number)) }
        // The number may have been taken by whoever wrote first.
        guard events & (POLLERR | POLLHUP | POLLNVAL) != 0 else { return nil }
        return "the connection was refused or closed"
            + (mayBeNoTLS ? ": check that the broker runs, and that this port speaks TLS" : "")
    }
}
