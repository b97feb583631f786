import Core
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Collects the body of a request whose sender may do what it asks for, within bounds: of one body,
/// and of all that are held at once (`BodyRoom`).
final class BodyLimit: Sendable {
    private let room = Mutex(BodyRoom())

    /// Answers a request with its whole body in memory.
    ///
    /// - Parameters:
    ///   - kind: what the route takes.
    ///   - most: bytes that it may have.
    ///   - context: whom it is of.
    /// - Throws: `BODY_TOO_LARGE`, `UNSUPPORTED_MEDIA_TYPE`, `BAD_REQUEST` of a body that broke
    ///   off, `TOO_MANY_REQUESTS` where too much of the same sender is held, `UNAVAILABLE` where
    ///   too much is held at all, and what the handler throws.
    func collect(
        _ request: Request, as kind: RouteBody, upTo most: Int = Limits.apiBodyBytesMax,
        from context: APIContext, then handle: (Request) async throws -> Response
    ) async throws -> Response {
        let length = try Self.length(of: request, upTo: most)
        guard kind != .none else { return try await handle(request) }
        if length != nil, length != 0 { try Self.check(request, kind) }
        // Of what comes in chunks, as many bytes as there may be.
        let isChunked = request.headers[.transferEncoding] != nil
        let bytes = length ?? (isChunked ? most : 0)
        let holder = BodyRoom.Holder(context)
        if let refusal = room.withLock({ $0.take(bytes, for: holder) }) { throw refusal.error }
        defer { room.withLock { $0.giveBack(bytes, of: holder) } }
        if bytes > 0 { context.wantBody?() }
        var whole = request
        try await Self.collect(&whole, length, upTo: most, kind)
        return try await handle(whole)
    }

    /// The bytes that are announced; nil where none are.
    private static func length(
        of request: Request, upTo most: Int
    ) throws(APIError) -> Int? {
        guard let text = request.headers[.contentLength] else { return nil }
        guard let length = Int(text), length >= 0 else {
            throw .badRequest("'Content-Length' is no length")
        }
        guard length <= most else { throw .bodyTooLarge(over: most) }
        return length
    }

    private static func collect(
        _ request: inout Request, _ length: Int?, upTo most: Int, _ kind: RouteBody
    ) async throws(APIError) {
        let count: Int
        do {
            count = try await request.collectBody(upTo: most).readableBytes
        } catch { throw fault(error, upTo: most) }
        guard let length else {
            if count > 0 { try check(request, kind) }
            return
        }
        guard count == length else { throw .badRequest("the body broke off") }
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
    static func fault(
        _ error: any Error, upTo most: Int = Limits.apiBodyBytesMax
    ) -> APIError {
        switch error {
        case let error as APIError: error
        case is NIOTooManyBytesError: .bodyTooLarge(over: most)
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
