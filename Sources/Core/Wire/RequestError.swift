/// Why a request is not carried out, as it is answered.
public struct RequestError: Error, Equatable, Sendable {
    /// Stable, upper snake case: `BAD_LAYER`.
    public var code: String
    /// What is wrong and what to do, for a person.
    public var message: String

    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    public var json: [UInt8] {
        JSONWriter.object {
            $0.member("error", message)
            $0.member("code", code)
        }
    }

    /// The broker sends what is retained again at every connect.
    public static let retained = RequestError(
        code: "RETAINED_REQUEST", message: "publish requests without the retain flag")

    /// The words are part of the interface: by them jameyctl tells an agent that does not know what
    /// was asked, because it is older, from one that does not have it.
    public static let noSuchRoute = RequestError(
        code: "NOT_FOUND", message: "there is no such route")

    /// Of a topic that answers must not go to.
    public static func badResponseTopic(_ topic: String) -> RequestError {
        RequestError(
            code: "BAD_RESPONSE_TOPIC",
            message:
                "answers are not sent to '\(topic.prefix(200))': choose a topic outside of the "
                + "agent's root and of every route")
    }
}

extension RequestError {
    /// What came is no JSON.
    public init(_ error: JSONError) {
        self.init(code: error.code.rawValue, message: error.message)
    }
}
