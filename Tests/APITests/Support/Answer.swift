import Core
import HTTPTypes
import Hummingbird

/// What the API answered.
struct Answer: Sendable {
    var status: Int
    var headers: HTTPFields
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    /// nil where the body is no JSON.
    var json: JSONValue? { try? JSONScanner.scan(body) }
    /// Of an error.
    var code: String? { json?["code"]?.string }

    subscript(name: String) -> JSONValue? { json?[name] }
}

/// Collects the body of a response that ends.
struct BodyCollector: ResponseBodyWriter {
    private final class Storage {
        var bytes: [UInt8] = []
    }

    private let storage = Storage()

    var bytes: [UInt8] { storage.bytes }

    mutating func write(_ buffer: ByteBuffer) async throws {
        storage.bytes += buffer.readableBytesView
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
