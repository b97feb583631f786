import Core
import Dispatch
import Glibc

/// A client that sends the bytes it is told to, over a real socket.
///
/// What waits does so on a thread of its own: the threads that tests and handlers share are few.
final class SocketClient: Sendable {
    struct Failure: Error {
        var text: String
    }

    /// What a response is awaited for at most.
    private static let patienceMilliseconds: Int32 = 30_000

    private let descriptor: Int32

    /// - Parameters:
    ///   - port: on 127.0.0.1.
    ///   - receiveBytes: what the kernel takes of what is not read yet, about; nil: as much as it
    ///     likes, which is megabytes.
    init(port: Int, receiveBytes: Int32? = nil) throws {
        let handle = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        descriptor = handle
        if var bytes = receiveBytes {
            let size = socklen_t(MemoryLayout<Int32>.size)
            guard setsockopt(handle, SOL_SOCKET, SO_RCVBUF, &bytes, size) == 0 else {
                throw Failure(text: String(cString: strerror(errno)))
            }
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        let code = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Failure(text: String(cString: strerror(errno))) }
    }

    /// - Parameter path: of a local socket.
    init(path: String) throws {
        let handle = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        descriptor = handle
        let code = LocalAddress(path: path)?.withSocketAddress { connect(handle, $0, $1) }
        guard code == 0 else { throw Failure(text: String(cString: strerror(errno))) }
    }

    deinit { close(descriptor) }

    /// Sends as much as the other end takes.
    func send(_ text: String) { send(Array(text.utf8)) }

    @discardableResult func send(_ bytes: [UInt8]) -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            sent += count
        }
        return sent
    }

    /// Sends what may not all be taken, away from the threads that are shared.
    /// - Returns: how many were.
    @discardableResult func push(_ bytes: [UInt8]) async -> Int {
        await withCheckedContinuation { (continuation: CheckedContinuation<Int, Never>) in
            DispatchQueue.global().async { continuation.resume(returning: self.send(bytes)) }
        }
    }

    /// Nothing more will be sent.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Whether there is something to read, or the other end has closed.
    var hasInput: Bool { poll(milliseconds: 0) }

    /// Everything up to the other end's close; nil where that does not come.
    func readToEnd() async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: self.waitForEnd()) }
        }
    }

    private func waitForEnd() -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while poll(milliseconds: Self.patienceMilliseconds) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            // A reset is an end too.
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
        return nil
    }

    /// Takes no more than so many bytes at a time, with such a pause before each, until the other
    /// end closes, or for so long.
    /// - Returns: how many were taken.
    func sip(_ bytes: Int, every pause: Duration, for time: Duration) async -> Int {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: self.sipped(bytes, every: pause, for: time))
            }
        }
    }

    private func sipped(_ bytes: Int, every pause: Duration, for time: Duration) -> Int {
        var buffer = [UInt8](repeating: 0, count: bytes)
        var taken = 0
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end {
            // The pace of this client is what is tested; nothing is waited for.
            usleep(UInt32(clamping: pause.microseconds))
            guard hasInput else { continue }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return taken }
            taken += count
        }
        return taken
    }

    private func poll(milliseconds: Int32) -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&polled, 1, milliseconds) > 0
    }
}

/// A response as it came over a socket.
struct RawResponse {
    var status: Int
    /// By their names in lowercase.
    var fields: [String: String] = [:]
    var body: String

    /// nil where it is none.
    init?(_ bytes: [UInt8]?) {
        guard let bytes else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count > 1, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            return nil
        }
        self.status = status
        body = String(text[end.upperBound...])
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            fields[line[..<colon].lowercased()] = String(value)
        }
    }

    var json: JSONValue? { try? JSONScanner.scan(Array(body.utf8)) }
    var code: String? { json?["code"]?.string }
}
