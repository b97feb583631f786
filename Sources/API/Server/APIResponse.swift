import HTTPTypes
import Hummingbird

/// Answers, as handlers make them.
enum APIResponse {
    /// - Parameter bytes: one JSON value.
    static func json(
        _ bytes: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        Self.bytes(bytes, type: "application/json", status: status, headers: headers)
    }

    /// An object with one more member, whose bytes are kept elsewhere and may be many: they are
    /// copied a piece at a time, as the client takes them.
    ///
    /// - Parameters:
    ///   - object: one with members.
    ///   - value: one JSON value.
    static func json(_ object: [UInt8], adding name: String, _ value: [UInt8]) -> Response {
        let start = Array(object.dropLast()) + Array(#","\#(name)":"#.utf8)
        let headers: HTTPFields = [
            .contentType: "application/json",
            .contentLength: String(start.count + value.count + 1),
        ]
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(bytes: start))
            for first in stride(from: 0, to: value.count, by: Self.pieceBytes) {
                let end = min(first + Self.pieceBytes, value.count)
                try await writer.write(ByteBuffer(bytes: value[first..<end]))
            }
            try await writer.write(ByteBuffer(string: "}"))
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private static let pieceBytes = 64 << 10

    static func text(
        _ text: String, type: String = "text/plain; charset=utf-8",
        status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        bytes(Array(text.utf8), type: type, status: status, headers: headers)
    }

    /// Anything; the headers win over the type.
    static func bytes(
        _ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        if !headers.contains(.contentType) { headers[.contentType] = type }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// It is done, and there is nothing to say.
    static func noContent(headers: HTTPFields = [:]) -> Response {
        // Without a body there is no length (RFC 9110, section 8.6).
        var response = Response(status: .noContent, headers: headers)
        response.headers[.contentLength] = nil
        return response
    }
}
