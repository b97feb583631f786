import Core
import Foundation
import Glibc
import Synchronization
import Testing

/// Answers HTTP on a local socket where the daemon would, one connection after the other, with what
/// a test has it answer.
final class PlayedDaemon: Sendable {
    struct Asked: Equatable, Sendable {
        var method = ""
        /// The path with the query, as it was sent.
        var target = ""
        /// By their names in lower case.
        var fields: [String: String] = [:]
        var body = ""

        var json: JSONValue? { try? JSONScanner.scan(Array(body.utf8)) }
    }

    struct Answer: Sendable {
        var bytes: [UInt8]
        /// The connection stays open until the client closes it.
        var staysOpen = false

        static func json(
            _ body: String, status: Int = 200, fields: [String: String] = [:]
        ) -> Answer {
            var head = "HTTP/1.1 \(status) X\r\nContent-Type: application/json\r\n"
            for (name, value) in fields { head += "\(name): \(value)\r\n" }
            head += "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
            return Answer(bytes: Array((head + body).utf8))
        }

        /// A stream of events, in these bytes.
        static func events(_ text: String, staysOpen: Bool = false) -> Answer {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            return Answer(
                bytes: Array((head + "Connection: close\r\n\r\n" + text).utf8),
                staysOpen: staysOpen)
        }

        static func raw(_ text: String, staysOpen: Bool = false) -> Answer {
            Answer(bytes: Array(text.utf8), staysOpen: staysOpen)
        }
    }

    typealias Play = @Sendable (Asked) -> Answer

    let path: String
    private let listener: Int32
    private let heard: Heard

    private final class Heard: Sendable {
        let requests = Mutex<[Asked]>([])
    }

    init(_ path: String, answer: @escaping Play) throws {
        self.path = path
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let address = try #require(LocalAddress(path: path), "\(path) is too long")
        try #require(address.withSocketAddress { bind(listener, $0, $1) } == 0)
        try #require(listen(listener, 16) == 0)
        self.listener = listener
        let heard = Heard()
        self.heard = heard
        Thread.detachNewThread {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { break }
                Self.serve(client, heard, answer)
                close(client)
            }
            close(listener)
        }
    }

    deinit {
        // Ends accept(2), and with it the thread.
        shutdown(listener, Int32(SHUT_RDWR))
        unlink(path)
    }

    /// What it was asked so far.
    var asked: [Asked] { heard.requests.withLock { $0 } }

    private static func serve(
        _ client: Int32, _ heard: Heard, _ answer: Play
    ) {
        guard let request = read(client) else { return }
        heard.requests.withLock { $0.append(request) }
        let answer = answer(request)
        var rest = answer.bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
        if answer.staysOpen {
            var byte: UInt8 = 0
            while recv(client, &byte, 1, 0) > 0 {}
        }
    }

    /// A whole request; nil where the client says no such thing.
    private static func read(_ client: Int32) -> Asked? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            if let request = request(in: bytes) { return request }
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }

    /// nil where more is to come.
    private static func request(in bytes: [UInt8]) -> Asked? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        var lines = text[..<end.lowerBound].split(separator: "\r\n").map(String.init)
        let words = lines.removeFirst().split(separator: " ").map(String.init)
        guard words.count == 3 else { return nil }
        var asked = Asked(method: words[0], target: words[1])
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            asked.fields[parts[0].lowercased()] =
                parts[1].trimmingCharacters(in: .whitespaces)
        }
        asked.body = String(text[end.upperBound...])
        let length = Int(asked.fields["content-length"] ?? "0") ?? 0
        return asked.body.utf8.count >= length ? asked : nil
    }
}
