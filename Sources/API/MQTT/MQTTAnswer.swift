import Core
import HTTPTypes
import Hummingbird

/// A response as it goes by MQTT: `{"status","headers","body"?}`.
enum MQTTAnswer {
    /// Fields that mean something to whoever asked by MQTT.
    private static let told: [HTTPField.Name] = [
        .contentType, .eTag, .location, .retryAfter, .allow, .wwwAuthenticate,
    ]

    /// - Returns: the answer; of one that is too large all but the body, with `ANSWER_TOO_LARGE`:
    ///   what came of the request is known all the same.
    /// - Throws: where it cannot be carried: `NOT_BY_MQTT`.
    static func json(_ response: Response) async throws(RequestError) -> [UInt8] {
        let type = response.headers[.contentType] ?? ""
        guard isCarried(type) else { throw notCarried }
        guard let body = try await body(of: response) else { return tooLarge(response) }
        let answer = JSONWriter.object(reservingBytes: body.count + 256) { json in
            write(response, to: &json)
            write(body, type, to: &json)
        }
        return answer.count <= Limits.mqttAnswerBytesMax ? answer : tooLarge(response)
    }

    /// Its status, which comes first, and its fields.
    private static func write(_ response: Response, to json: inout JSONWriter) {
        json.member("status", response.status.code)
        json.object("headers") { json in
            for name in told {
                json.member(name.canonicalName, ifPresent: response.headers[name])
            }
        }
    }

    /// No stream, and no page: what is made for programs, and ends.
    private static func isCarried(_ type: String) -> Bool {
        let kind = type.prefix { $0 != ";" }.lowercased()
        return kind.isEmpty || kind.hasSuffix("json") || kind.hasSuffix("yaml")
            || kind == "text/plain"
    }

    /// - Returns: nil where it is too large.
    private static func body(of response: Response) async throws(RequestError) -> [UInt8]? {
        let collector = BoundedCollector(bytesMax: Limits.mqttAnswerBytesMax)
        do {
            try await response.body.write(collector)
            return collector.bytes
        } catch {
            if error is BoundedCollector.Full { return nil }
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

    private static func tooLarge(_ response: Response) -> [UInt8] {
        JSONWriter.object { json in
            write(response, to: &json)
            json.member(
                "error",
                "the answer has more than \(Limits.mqttAnswerBytesMax) bytes and is left out; "
                    + "'status' says what came of the request. Ask by HTTP, or for fewer where the "
                    + "route has 'limit'")
            json.member("code", "ANSWER_TOO_LARGE")
        }
    }
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
