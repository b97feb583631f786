/// What a person on the agent's own machine asks of its rules.
///
/// It comes by the control socket and is no event itself: where it has a rule set take effect, that
/// is the event (decision 0023).
public struct RulesRequest: Equatable, Sendable {
    public enum Action: Equatable, Sendable {
        /// Takes the directory's files. `isForced`: also where a set that is not theirs is in force
        /// until they change.
        case reload(isForced: Bool)
        /// Has a set take effect again that was in force before.
        case rollback(digest: String)
        /// Has the set take effect that runs in shadow.
        case promote
    }

    public var action: Action
    /// Who asks, by their own account.
    public var author: String
    /// Why; may be empty.
    public var message: String

    public init(_ action: Action, author: String, message: String = "") {
        self.action = action
        self.author = author
        self.message = message
    }

    private enum Verb: String, CaseIterable {
        case reload = "rules.reload"
        case rollback = "rules.rollback"
        case promote = "rules.promote"
    }

    public var json: [UInt8] {
        JSONWriter.object { json in
            switch action {
            case .reload(let isForced):
                json.member("request", Verb.reload.rawValue)
                if isForced { json.member("force", true) }
            case .rollback(let digest):
                json.member("request", Verb.rollback.rawValue)
                json.member("digest", digest)
            case .promote: json.member("request", Verb.promote.rawValue)
            }
            if !author.isEmpty { json.member("user_id", author) }
            if !message.isEmpty { json.member("message", message) }
        }
    }

    /// - Returns: nil where it is no request about rules.
    /// - Throws: what is wrong with one that is.
    public init?(json: [UInt8]) throws(RequestError) {
        guard let body = try? JSONScanner.scan(json),
            let verb = body["request"]?.string.flatMap(Verb.init)
        else { return nil }
        let fields = try RequestFields(body)
        switch verb {
        case .reload: action = .reload(isForced: try fields.truth("force") ?? false)
        case .rollback:
            action = .rollback(digest: try fields.requiredText("digest", bytes: 1...100))
        case .promote: action = .promote
        }
        author = try fields.text("user_id", bytes: 0...Limits.entityNameBytesMax) ?? ""
        message = try fields.text("message", bytes: 0...Limits.activationMessageBytesMax) ?? ""
    }
}

/// What a request about rules has come to.
public struct RulesAnswer: Equatable, Sendable {
    public enum Outcome: String, Equatable, Sendable, CaseIterable {
        /// A rule set has taken effect.
        case activated
        /// It was in force already.
        case unchanged
        /// Another set than the directory's is in force until its files change.
        case held
    }

    public var outcome: Outcome
    /// The rule set that is in force now.
    public var ruleset: String
    /// The event with which it took effect.
    public var eventSequence: EventSequence?

    public init(_ outcome: Outcome, ruleset: String, eventSequence: EventSequence? = nil) {
        self.outcome = outcome
        self.ruleset = ruleset
        self.eventSequence = eventSequence
    }

    public var json: [UInt8] {
        JSONWriter.object {
            $0.member("outcome", outcome.rawValue)
            $0.member("ruleset", ruleset)
            if let eventSequence { $0.member("event_seq", eventSequence) }
        }
    }

    /// - Throws: the error that was answered instead; `BAD_ANSWER` where it is neither.
    public init(json: [UInt8]) throws(RequestError) {
        let body = try? JSONScanner.scan(json)
        if let code = body?["code"]?.string, let message = body?["error"]?.string {
            throw RequestError(code: code, message: message)
        }
        guard let body, let ruleset = body["ruleset"]?.string,
            let outcome = body["outcome"]?.string.flatMap(Outcome.init)
        else {
            throw RequestError(
                code: "BAD_ANSWER", message: "the agent's answer cannot be read")
        }
        self.init(outcome, ruleset: ruleset, eventSequence: body["event_seq"]?.int)
    }
}
