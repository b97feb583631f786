import Core
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Collects the body of a request whose sender may do what it asks for, within bounds: of one body,
/// and of all that are held at once.
final class BodyLimit: Sendable {
    /// Bytes that are held or may come.
    private let held = Atomic(0)

    /// Answers a request with its whole body in memory.
    ///
    /// - Parameter kind: what the route takes.
    /// - Throws: `BODY_TOO_LARGE`, `UNSUPPORTED_MEDIA_TYPE`, `BAD_REQUEST` of a body that broke
    ///   off, `UNAVAILABLE` where too much is held, and what the handler throws.
    func collect(
        _ request: Request, as kind: RouteBody,
        then handle: (Request) async throws -> Response
    ) async throws -> Response {
        guard kind != .none else {
            _ = try Self.length(of: request)
            return try await handle(request)
        }
        let length = try Self.length(of: request)
        if length != nil, length != 0 { try Self.check(request, kind) }
        // Of what comes in chunks, as many bytes as there may be.
        let isChunked = request.headers[.transferEncoding] != nil
        let room = length ?? (isChunked ? Limits.apiBodyBytesMax : 0)
        try reserve(room)
        defer { held.wrappingSubtract(room, ordering: .relaxed) }
        var whole = request
        try await Self.collect(&whole, length, kind)
        return try await handle(whole)
    }

    /// The bytes that are announced; nil where none are.
    private static func length(of request: Request) throws(APIError) -> Int? {
        guard let text = request.headers[.contentLength] else { return nil }
        guard let length = Int(text), length >= 0 else {
            throw .badRequest("'Content-Length' is no length")
        }
        guard length <= Limits.apiBodyBytesMax else { throw .bodyTooLarge }
        return length
    }

    private static func collect(
        _ request: inout Request, _ length: Int?, _ kind: RouteBody
    ) async throws(APIError) {
        let count: Int
        do {
            count = try await request.collectBody(upTo: Limits.apiBodyBytesMax).readableBytes
        } catch { throw fault(error) }
        guard let length else {
            if count > 0 { try check(request, kind) }
            return
        }
        guard count == length else { throw .badRequest("the body broke off") }
    }

    private func reserve(_ room: Int) throws(APIError) {
        let sum = held.wrappingAdd(room, ordering: .relaxed).newValue
        guard sum > Limits.apiBodiesBytesMax else { return }
        held.wrappingSubtract(room, ordering: .relaxed)
        throw .unavailable("too many large requests at once")
    }

    /// An empty body needs no type; this is about others.
    private static func check(_ request: Request, _ kind: RouteBody) throws(APIError) {
        guard request.headers[.contentEncoding] == nil else {
            throw unsupported("send the body as it is, without Content-Encoding")
        }
        let type = request.headers[.contentType] ?? ""
        let name = type.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        guard kind.types.contains(name) else {
            throw unsupported("send the body as Content-Type: \(kind.types.first ?? "")")
        }
    }

    private static func unsupported(_ message: String) -> APIError {
        APIError(.unsupportedMediaType, code: "UNSUPPORTED_MEDIA_TYPE", message: message)
    }

    /// Why a body could not be read.
    static func fault(_ error: any Error) -> APIError {
        switch error {
        case let error as APIError: error
        case is NIOTooManyBytesError: .bodyTooLarge
        case ConnectionError.requestTooSlow:
            APIError(
                .requestTimeout, code: "REQUEST_TIMEOUT",
                message: "the body took too long to come", headers: [.connection: "close"])
        case _: .badRequest("the body broke off, or is no HTTP")
        }
    }
}

extension RouteBody {
    /// The media types that it comes as, the best first.
    fileprivate var types: [String] {
        switch self {
        case .none: []
        case .json: ["application/json"]
        case .text:
            ["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain"]
        }
    }
}
