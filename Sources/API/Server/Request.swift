import Core
import Hummingbird

/// A request of HTTP. Core has a `Request` of its own, that of MQTT.
public typealias Request = Hummingbird.Request

extension Request {
    /// The body, which `BodyLimit` has collected before a handler runs.
    /// - Throws: `BODY_TOO_LARGE`, `BAD_REQUEST`.
    func bytes() async throws(APIError) -> [UInt8] {
        do {
            let buffer = try await body.collect(upTo: Limits.apiBodyBytesMax)
            return Array(buffer.readableBytesView)
        } catch { throw BodyLimit.fault(error) }
    }
}
