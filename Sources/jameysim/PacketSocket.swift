import Glibc

/// A TCP connection that speaks just enough MQTT 3.1.1 to publish fast and to count PUBACKs.
///
/// `load` and `numbered` write packets that are rendered once, so that the load costs little beside
/// what it measures, and so that no library sends a message again of its own accord.
final class PacketSocket {
    private let socket: Int32
    /// Packets to send; `sentBytes` of them have left.
    private var outgoing: [UInt8] = []
    private var sentBytes = 0
    private var incoming: [UInt8] = []
    private var chunk = [UInt8](repeating: 0, count: 65_536)

    /// Connects and waits for CONNACK, 5 s at most.
    init(_ options: BrokerOptions, clientID: String) throws(SimError) {
        socket = try Self.open(host: options.host, port: options.port)
        send(
            Packet.connect(
                clientID: clientID, username: options.username, password: try options.password()))
        let deadline = time(nil) + 5
        while incoming.count < 4 {
            guard time(nil) <= deadline else { throw .broker("no CONNACK") }
            try exchange(milliseconds: 100)
        }
        guard incoming[0] == 0x20, incoming[3] == 0 else {
            throw .broker("refused with code \(incoming[3])")
        }
        incoming.removeFirst(4)
    }

    deinit { Glibc.close(socket) }

    var unsentBytes: Int { outgoing.count - sentBytes }

    /// Queues whole packets; `exchange` sends them.
    func send(_ bytes: some Sequence<UInt8>) { outgoing.append(contentsOf: bytes) }

    /// Lets the caller write packets in place.
    func withOutgoing(_ write: (inout [UInt8]) -> Void) { write(&outgoing) }

    /// Waits for the socket, sends what it takes and reads what it holds.
    func exchange(milliseconds: Int32) throws(SimError) {
        let events = unsentBytes > 0 ? POLLIN | POLLOUT : POLLIN
        var descriptor = pollfd(fd: socket, events: Int16(events), revents: 0)
        guard poll(&descriptor, 1, milliseconds) > 0 else { return }
        try write()
        try read()
    }

    /// Calls the body with the packet identifier of every PUBACK that has come.
    func takeAcknowledgements(_ body: (UInt16) -> Void) {
        var start = 0
        // Only PUBACK and PINGRESP come to a client that subscribes to nothing: short packets.
        while incoming.count - start >= 2, incoming.count - start >= 2 + Int(incoming[start + 1]) {
            if incoming[start] == 0x40, incoming[start + 1] == 2 {
                body(UInt16(incoming[start + 2]) << 8 | UInt16(incoming[start + 3]))
            }
            start += 2 + Int(incoming[start + 1])
        }
        incoming.removeFirst(start)
    }

    /// Sends what is left and DISCONNECT, and waits until the broker has closed its side.
    func finish() throws(SimError) {
        send([0xE0, 0x00])
        let deadline = time(nil) + 60
        while unsentBytes > 0 {
            guard time(nil) <= deadline else { throw .deadline("not everything left in 60 s") }
            try exchange(milliseconds: 100)
        }
        shutdown(socket, Int32(SHUT_WR))
        while (try? exchange(milliseconds: 100)) != nil, time(nil) <= deadline {}
    }

    private func write() throws(SimError) {
        guard unsentBytes > 0 else { return }
        let count = outgoing.withUnsafeBytes { bytes in
            Glibc.send(
                socket, bytes.baseAddress?.advanced(by: sentBytes), bytes.count - sentBytes,
                Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
        if count > 0 {
            sentBytes += count
        } else if errno != EAGAIN, errno != EINTR {
            throw .broker(String(cString: strerror(errno)))
        }
        // Moved to the front when most of it has left, so that the queue does not creep.
        if sentBytes == outgoing.count {
            outgoing.removeAll(keepingCapacity: true)
            sentBytes = 0
        }
    }

    private func read() throws(SimError) {
        let count = recv(socket, &chunk, chunk.count, Int32(MSG_DONTWAIT))
        if count > 0 {
            incoming += chunk[..<count]
        } else if count == 0 {
            throw .broker("it closed the connection")
        } else if errno != EAGAIN, errno != EINTR {
            throw .broker(String(cString: strerror(errno)))
        }
    }

    private static func open(host: String, port: UInt16) throws(SimError) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &found)
        guard code == 0, let first = found else {
            throw .broker("\(host): \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(first) }
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let address = next?.pointee {
            let socket = Glibc.socket(address.ai_family, address.ai_socktype, 0)
            if socket >= 0 {
                if Glibc.connect(socket, address.ai_addr, address.ai_addrlen) == 0 {
                    return socket
                }
                Glibc.close(socket)
            }
            next = address.ai_next
        }
        throw .broker("\(host):\(port): \(String(cString: strerror(errno)))")
    }
}

/// The packets of MQTT 3.1.1 that a publisher needs.
enum Packet {
    /// A clean session without keep-alive (MQTT 3.1.1, section 3.1).
    static func connect(clientID: String, username: String?, password: String?) -> [UInt8] {
        var flags: UInt8 = 0x02
        var payload = text(clientID)
        if let username {
            flags |= 0x80
            payload += text(username)
            if let password {
                flags |= 0x40
                payload += text(password)
            }
        }
        let header = text("MQTT") + [4, flags, 0, 0]
        return [0x10] + length(header.count + payload.count) + header + payload
    }

    /// PUBLISH; at QoS 1 the identifier stands right behind the topic (section 3.3).
    static func publish(topic: String, payload: [UInt8], packetID: UInt16?) -> [UInt8] {
        var body = text(topic)
        if let packetID { body += [UInt8(packetID >> 8), UInt8(packetID & 0xFF)] }
        body += payload
        return [packetID == nil ? 0x30 : 0x32] + length(body.count) + body
    }

    /// A string with its length before it (section 1.5.3); longer ones are cut.
    private static func text(_ string: String) -> [UInt8] {
        let bytes = Array(string.utf8.prefix(65_535))
        return [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
    }

    /// The remaining length, seven bits a byte (section 2.2.3).
    private static func length(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = count
        repeat {
            bytes.append(UInt8(rest % 128) | (rest > 127 ? 0x80 : 0))
            rest /= 128
        } while rest > 0
        return bytes
    }
}
