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
