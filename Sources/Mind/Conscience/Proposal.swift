import Core

/// What somebody wants done, as the rules see it.
struct Proposal: Sendable {
    /// The proposal itself, out of its envelope.
    var payload: JSONValue
    /// What it calls its action; rules may read the rest of the payload too.
    var action: String?

    /// - Throws: a failure that denies: the action is no text, or too short or too long.
    init(_ payload: JSONValue) throws(Verdict.Failure) {
        self.payload = payload
        guard case .object(let object) = payload, let action = object["action"] else { return }
        guard case .string(let text) = action else {
            throw Self.refusal("ACTION_NOT_TEXT", "'action' must be a text")
        }
        guard !text.isEmpty, text.unicodeScalars.count <= Limits.actionCharactersMax else {
            throw Self.refusal(
                "ACTION_LENGTH", "'action' must have 1 to \(Limits.actionCharactersMax) characters")
        }
        self.action = text
    }

    static func refusal(_ code: String, _ message: String) -> Verdict.Failure {
        Verdict.Failure(rule: nil, code: code, message: message, denies: true)
    }
}

extension Verdict.Failure: Error {}
