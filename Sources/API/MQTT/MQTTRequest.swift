import Core
import HTTPTypes
import Hummingbird

/// A request as it comes by MQTT: `{"method","path","headers"?,"body"?}`.
struct MQTTRequest: Sendable {
    let head: HTTPRequest
    let body: [UInt8]

    var hasCredentials: Bool { head.headerFields[.authorization] != nil }
    var request: Request {
        Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
    }

    /// Those are the business of whoever carries a request.
    private static let notTaken: Set<HTTPField.Name> = [
        .contentLength, .transferEncoding, .connection, .upgrade, .te, .trailer, .expect,
    ]

    /// - Parameter token: shown as `Authorization: Bearer` where the headers have none.
    /// - Throws: what is wrong, as it is answered.
    init(_ document: JSONValue, token: String?) throws(RequestError) {
        let fields = try RequestFields(document)
        let name = try fields.requiredText("method", bytes: 1...16)
        guard let method = HTTPRequest.Method(name) else {
            throw RequestFields.fault("method", "must be one of HTTP, as GET")
        }
        let path = try fields.requiredText("path", bytes: 1...Limits.apiTargetBytesMax)
        guard Self.isTarget(path) else {
            throw RequestFields.fault(
                "path",
                "must begin with / and be percent-encoded, with its query: /decisions?limit=9")
        }
        body = Self.bytes(document["body"])
        var headers = try Self.headers(document["headers"])
        if let token, headers[.authorization] == nil {
            guard Self.isValue(token) else {
                throw RequestFields.fault("token", "must be an API key or a token")
            }
            headers[.authorization] = "Bearer " + token
        }
        if !body.isEmpty {
            headers[.contentLength] = String(body.count)
            if headers[.contentType] == nil {
                headers[.contentType] = Self.type(of: document["body"])
            }
        }
        head = HTTPRequest(
            method: method, scheme: "mqtt", authority: nil, path: path, headerFields: headers)
    }

    /// Visible ASCII, and no fragment.
    private static func isTarget(_ path: String) -> Bool {
        path.hasPrefix("/")
            && path.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }
    }

    /// A text as it is; anything else as JSON.
    private static func bytes(_ body: JSONValue?) -> [UInt8] {
        switch body {
        case nil, .null?: []
        case .string(let text)?: Array(text.utf8)
        case .bool?, .number?, .array?, .object?: body?.encoded() ?? []
        }
    }

    private static func type(of body: JSONValue?) -> String {
        if case .string? = body { return "text/plain; charset=utf-8" }
        return "application/json"
    }

    private static func headers(_ value: JSONValue?) throws(RequestError) -> HTTPFields {
        guard let value, value != .null else { return [:] }
        guard let members = value.object?.members, members.count <= Limits.apiFieldsMax else {
            throw fault
        }
        var headers = HTTPFields()
        for member in members {
            guard let name = HTTPField.Name(member.name), let text = member.value.string,
                isValue(text)
            else { throw fault }
            if !notTaken.contains(name) { headers[name] = text }
        }
        return headers
    }

    private static func isValue(_ text: String) -> Bool {
        text.utf8.count <= Limits.apiFieldBytesMax && HTTPField.isValidValue(text)
    }

    private static var fault: RequestError {
        RequestFields.fault("headers", "must be names of header fields with their values as texts")
    }
}
