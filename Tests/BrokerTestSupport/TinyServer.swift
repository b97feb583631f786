import Glibc

/// A server of one connection at a time that says what a test tells it to.
public final class TinyServer {
    public let port: Int
    private let listener: Int32
    private var client: Int32?
    /// What the client has sent.
    public private(set) var received: [UInt8] = []

    public init() throws {
        listener = LoopbackPort.newSocket()
        port = try LoopbackPort.bind(listener)
        listen(listener, 16)
    }

    deinit {
        drop()
        close(listener)
    }

    /// Takes a connection if one is waiting, and reads what is there.
    public func turn() {
        var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        if client == nil, poll(&entry, 1, 0) > 0 { client = accept(listener, nil, nil) }
        guard let client else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(client, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count > 0 { received += buffer[..<count] }
    }

    public var hasClient: Bool { client != nil }

    public func say(_ bytes: [UInt8]) {
        guard let client else { return }
        _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    public func drop(byReset: Bool = false) {
        guard let client else { return }
        if byReset {
            var now = linger(l_onoff: 1, l_linger: 0)
            setsockopt(client, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        }
        close(client)
        self.client = nil
        received = []
    }

    /// Answers a CONNECT with these bytes, once.
    public func answerConnect(with bytes: [UInt8]) {
        turn()
        guard received.first == 0x10 else { return }
        received = []
        say(bytes)
    }
}
