import Core
import Glibc
import Testing

/// Takes requests where an agent would, and answers what a test has it answer.
final class PlayedAgent {
    private let path: String
    private let listener: Int32

    init(store: String) throws {
        path = LocalAddress.controlPath(ofStore: store)
        listener = socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let address = try #require(LocalAddress(path: path), "\(path) is too long")
        try #require(address.withSocketAddress { bind(listener, $0, $1) } == 0)
        try #require(listen(listener, 1) == 0)
    }

    deinit {
        close(listener)
        unlink(path)
    }

    /// Waits for a request, and answers it.
    /// - Returns: the request.
    func answer(_ json: [UInt8]) throws -> JSONValue {
        var polled = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        try #require(poll(&polled, 1, 60_000) == 1, "nobody asks")
        let client = accept(listener, nil, nil)
        defer { close(client) }
        var buffer = [UInt8](repeating: 0, count: Limits.controlRequestBytesMax)
        let count = recv(client, &buffer, buffer.count, 0)
        try #require(count > 0, "the client says nothing")
        try #require(send(client, json, json.count, Int32(MSG_NOSIGNAL)) == json.count)
        return try JSONScanner.scan(Array(buffer.prefix(count)))
    }
}
