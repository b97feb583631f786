import Agent
import Core
import HTTPTypes
import Store

/// Why a request is not carried out, as it is answered.
public struct APIError: Error, Sendable {
    public var status: HTTPResponse.Status
    /// Stable, upper snake case.
    public var code: String
    /// What is wrong and what to do, for a person; nothing internal.
    public var message: String
    /// More, for the log and for `http.debug` only.
    public var details: String?
    public var headers: HTTPFields
    /// Further members of the answer: their names, and their values as JSON.
    public var extra: [(name: String, json: [UInt8])]

    public init(
        _ status: HTTPResponse.Status, code: String, message: String, details: String? = nil,
        headers: HTTPFields = [:], extra: [(name: String, json: [UInt8])] = []
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = headers
        self.extra = extra
    }
}

extension APIError {
    /// What the agent or the reading of a body refuses.
    public init(_ error: RequestError) {
        if JSONError.Code(rawValue: error.code) != nil {
            self = .badRequest("the body is no JSON: \(error.message)", code: "BAD_JSON")
            return
        }
        self.init(Self.status(of: error.code), code: error.code, message: error.message)
        if error.code == "NOT_STORED" {
            // It says what SQLite and the disk said.
            details = error.message
            message =
                "nothing was changed: the store takes nothing at this moment; its health and the "
                + "agent's log say why"
        }
        if status == .serviceUnavailable { headers[.retryAfter] = "1" }
    }

    private static func status(of code: String) -> HTTPResponse.Status {
        switch code {
        case "NOT_FOUND": .notFound
        case "NOT_AN_OBJECT", "ACTION_NOT_TEXT", "ACTION_LENGTH": .badRequest
        case "BODY_TOO_LARGE": .contentTooLarge
        case "RULES_REFUSED": .unprocessableContent
        case "UNAVAILABLE", "NOT_STORED", "OVERLOADED", "TOO_MANY_FORGETTINGS":
            .serviceUnavailable
        case _ where code.hasPrefix("BAD_"): .badRequest
        case _ where code.hasPrefix("UNKNOWN_"): .notFound
        // What is asked for is understood; the agent as it is does not do it.
        case _: .conflict
        }
    }

    /// The store cannot be read. What exactly is wrong is for the log.
    public init(_ error: ReadError) {
        switch error {
        case .busy, .noSuchFile, .olderVersion, .permission, .io:
            self = .unavailable("the store cannot be read at this moment; try again later")
        case .newerVersion, .notADatabase, .corrupt:
            self = .internalError("the store cannot be read")
        }
        details = "\(error)"
    }

    /// The loop does not answer.
    public init(_ error: PortError) {
        switch error {
        case .overloaded: self = .unavailable("too many requests wait for the agent")
        case .late: self = .unavailable("the agent does not answer in time")
        case .stopped: self = .unavailable("the agent is stopping")
        }
    }

    /// - Parameter what: `no such decision`.
    public static func notFound(_ what: String) -> APIError {
        APIError(.notFound, code: "NOT_FOUND", message: what)
    }

    /// One answer for every reason, so that nobody learns which key exists.
    public static let unauthenticated = APIError(
        .unauthorized, code: "UNAUTHENTICATED",
        message: "credentials are needed: Authorization: Bearer and an API key or a token",
        headers: [.wwwAuthenticate: "Bearer"])

    public static let forbidden = APIError(
        .forbidden, code: "FORBIDDEN", message: "your role does not allow this")

    /// Nobody may, where the request comes from, whether a higher role is shown there or not.
    public static func forbidden(beyond roleMax: Role) -> APIError {
        APIError(
            .forbidden, code: "FORBIDDEN",
            message: "whatever is shown, this topic of requests allows at most the role "
                + "\(roleMax.rawValue): a higher one asks on another topic, or by HTTP")
    }

    /// - Parameter delay: until it is worth while to ask again.
    public static func tooMany(after delay: Duration) -> APIError {
        APIError(
            .tooManyRequests, code: "TOO_MANY_REQUESTS",
            message: "too many requests: wait before the next one",
            headers: [.retryAfter: seconds(delay)])
    }

    /// One who listens more often than a principal may.
    static var tooManyStreams: APIError {
        var error = APIError.tooMany(after: .seconds(1))
        error.message =
            "you listen \(Limits.eventListenersOfPrincipal) times already: end one of the streams"
        return error
    }

    /// The search of the store's files for another name runs.
    static var tooManySearches: APIError {
        var error = APIError.tooMany(after: Limits.searchRetryDelay)
        error.message = "the store's files are being searched for a name already: ask again later"
        return error
    }

    /// Whole seconds, rounded up, at least one (RFC 9110, section 10.2.3).
    public static func seconds(_ delay: Duration) -> String {
        String(max(1, (delay.microseconds + 999_999) / 1_000_000))
    }

    public static func unavailable(_ message: String) -> APIError {
        APIError(
            .serviceUnavailable, code: "UNAVAILABLE", message: message,
            headers: [.retryAfter: "1"])
    }

    /// - Parameter details: for the log.
    public static func internalError(
        _ message: String = "something went wrong inside the agent", details: String? = nil
    ) -> APIError {
        APIError(.internalServerError, code: "INTERNAL", message: message, details: details)
    }

    /// What was sent cannot be understood.
    public static func badRequest(_ message: String, code: String = "BAD_REQUEST") -> APIError {
        APIError(.badRequest, code: code, message: message)
    }

    /// - Parameter most: bytes that the body may have.
    public static func bodyTooLarge(over most: Int = Limits.apiBodyBytesMax) -> APIError {
        APIError(
            .contentTooLarge, code: "BODY_TOO_LARGE",
            message: "the body of this request has at most \(most) bytes")
    }
}

extension APIError {
    /// As it is answered.
    /// - Parameter isDebug: whether the details are told.
    func json(isDebug: Bool) -> [UInt8] {
        JSONWriter.object { json in
            json.member("error", message)
            json.member("code", code)
            for member in extra { json.member(member.name, raw: member.json) }
            if isDebug { json.member("details", ifPresent: details) }
        }
    }
}
