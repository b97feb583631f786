import Core
import HTTPTypes
import Hummingbird

/// A response as it goes by MQTT: `{"status","headers","body"?}`.
enum MQTTAnswer {
    /// Fields that mean something to whoever asked by MQTT.
    private static let told: [HTTPField.Name] = [
        .contentType, .eTag, .location, .retryAfter, .allow, .wwwAuthenticate,
    ]

    /// - Throws: where it cannot be carried: `NOT_BY_MQTT`, `ANSWER_TOO_LARGE`.
    static func json(_ response: Response) async throws(RequestError) -> [UInt8] {
        let type = response.headers[.contentType] ?? ""
        guard isCarried(type) else { throw notCarried }
        let body = try await body(of: response)
        let answer = JSONWriter.object(reservingBytes: body.count + 256) { json in
            json.member("status", response.status.code)
            json.object("headers") { json in
                for name in told {
                    json.member(name.canonicalName, ifPresent: response.headers[name])
                }
            }
            write(body, type, to: &json)
        }
        guard answer.count <= Limits.mqttAnswerBytesMax else { throw tooLarge }
        return answer
    }

    /// No stream, and no page: what is made for programs, and ends.
    private static func isCarried(_ type: String) -> Bool {
        let kind = type.prefix { $0 != ";" }.lowercased()
        return kind.isEmpty || kind.hasSuffix("json") || kind.hasSuffix("yaml")
            || kind == "text/plain"
    }

    private static func body(of response: Response) async throws(RequestError) -> [UInt8] {
        let collector = BoundedCollector(bytesMax: Limits.mqttAnswerBytesMax)
        do {
            try await response.body.write(collector)
            return collector.bytes
        } catch {
            if error is BoundedCollector.Full { throw tooLarge }
            throw RequestError(
                code: "INTERNAL", message: "something went wrong inside the agent")
        }
    }

    private static func write(_ body: [UInt8], _ type: String, to json: inout JSONWriter) {
        guard !body.isEmpty else { return }
        // What comes as JSON is carried as it is, once it is known to be some.
        if type.contains("json"), (try? JSONDocument(body)) != nil {
            json.member("body", raw: body)
        } else {
            json.member("body", String(decoding: body, as: UTF8.self))
        }
    }

    private static let notCarried = RequestError(
        code: "NOT_BY_MQTT", message: "streams and pages are there by HTTP only")

    private static let tooLarge = RequestError(
        code: "ANSWER_TOO_LARGE",
        message: "the answer has more than \(Limits.mqttAnswerBytesMax) bytes; ask for fewer with "
            + "'limit', or by HTTP")
}

/// Collects a body within a bound.
private struct BoundedCollector: ResponseBodyWriter {
    struct Full: Error {}

    private final class Storage {
        var bytes: [UInt8] = []
    }

    let bytesMax: Int
    private let storage = Storage()

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    var bytes: [UInt8] { storage.bytes }

    mutating func write(_ buffer: ByteBuffer) async throws {
        guard storage.bytes.count + buffer.readableBytes <= bytesMax else { throw Full() }
        storage.bytes += buffer.readableBytesView
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
