import Core
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Answers every error as `{"error","code"}`, and says of what is ours in the log.
final class ErrorShape: RouterMiddleware {
    typealias Context = APIContext

    private let isDebug: Bool
    private let clock: any TimeSource
    /// When it was last warned of what is wrong with the store or the disk.
    private let warned = Mutex<MonotonicTime?>(nil)

    init(isDebug: Bool, clock: any TimeSource) {
        self.isDebug = isDebug
        self.clock = clock
    }

    func handle(
        _ request: Request, context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPParserError {
            // What came is no HTTP: the connection ends with it.
            throw error
        } catch {
            let error = Self.apiError(error, request)
            log(error, request, context)
            return Self.response(error, isDebug: isDebug)
        }
    }

    static func response(_ error: APIError, isDebug: Bool) -> Response {
        APIResponse.json(
            error.json(isDebug: isDebug), status: error.status, headers: error.headers)
    }

    static func apiError(_ error: any Error, _ request: Request) -> APIError {
        switch error {
        case let error as APIError: error
        case let error as HTTPError where error.status == .notFound: unrouted(request)
        case let error as any HTTPResponseError: apiError(of: error.status)
        case is CancellationError: .unavailable("the agent is stopping")
        case _: .internalError(details: "\(error)")
        }
    }

    /// No route has the path, or none of those that have it has the method.
    private static func unrouted(_ request: Request) -> APIError {
        let methods = APIRoute.methods(at: request.uri.path)
        guard !methods.isEmpty else { return APIError(.noSuchRoute) }
        let allowed = methods.map(\.rawValue).joined(separator: ", ")
        return APIError(
            .methodNotAllowed, code: "METHOD_NOT_ALLOWED",
            message: "this route answers \(allowed)", headers: [.allow: allowed])
    }

    /// Of an error that Hummingbird made.
    private static func apiError(of status: HTTPResponse.Status) -> APIError {
        switch status {
        case .contentTooLarge: .bodyTooLarge()
        case .unauthorized: .unauthenticated
        case .forbidden: .forbidden
        case .unsupportedMediaType:
            APIError(
                status, code: "UNSUPPORTED_MEDIA_TYPE", message: "the body has another type")
        case _ where status.code < 500: .badRequest("the request cannot be understood")
        case _: .internalError(details: "\(status)")
        }
    }

    private func log(_ error: APIError, _ request: Request, _ context: APIContext) {
        context.logger.log(
            level: level(of: error), "\(error.message)",
            metadata: [
                "code": "\(error.code)", "details": "\(error.details ?? "")",
                "method": "\(request.method.rawValue)", "from": "\(context.source.address)",
            ])
    }

    private func level(of error: APIError) -> Logger.Level {
        if error.status == .internalServerError { return .error }
        // Whoever asks is not told what is wrong with the store or the disk.
        let isOurs = error.status == .serviceUnavailable && error.details != nil
        return isOurs && isTimeToWarn() ? .warning : .debug
    }

    /// However many ask meanwhile: every one of them meets the same fault, and fills no log by it.
    private func isTimeToWarn() -> Bool {
        let now = clock.monotonic()
        return warned.withLock { warned in
            if let last = warned, now - last < Limits.apiWarningInterval { return false }
            warned = now
            return true
        }
    }
}
