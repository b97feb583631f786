/// What a login at the broker has come to, as `jameyd --try-login` tells it to `jameyctl doctor`.
///
/// Nothing in it is secret.
public struct LoginReport: Equatable, Sendable {
    public enum Outcome: Equatable, Sendable {
        /// The broker has let us in.
        case accepted(Subscriptions)
        /// It has not: MQTT 5's reason code (section 3.2.2.2), and what it means.
        case refused(code: UInt8, reason: String)
        /// It has not said whether it does: why.
        case failed(reason: String)
        /// It was not asked, as the agent would not have asked it: why.
        case withheld(reason: String)
    }

    /// What has become of the agent's subscriptions.
    public enum Subscriptions: Equatable, Sendable {
        /// Of `count` filters the broker has refused so many, of which the first are named.
        case answered(count: Int, refused: Int, named: [String])
        /// The broker was asked, and has not answered: why.
        case unanswered(reason: String)
        /// The broker was not asked: why.
        case unasked(reason: String)
    }

    /// By which the broker has known us.
    public var clientID: String
    public var outcome: Outcome
    /// The rules are wrong or cannot be read, and what they want to hear was not asked for.
    public var lacksRules: Bool

    public init(clientID: String, outcome: Outcome, lacksRules: Bool = false) {
        self.clientID = clientID
        self.outcome = outcome
        self.lacksRules = lacksRules
    }

    /// In one line.
    public var json: [UInt8] {
        JSONWriter.object { json in
            json.member("client_id", clientID)
            json.member("lacks_rules", lacksRules)
            switch outcome {
            case .accepted(let subscriptions):
                json.member("login", "accepted")
                Self.write(subscriptions, to: &json)
            case .refused(let code, let reason):
                json.member("login", "refused")
                json.member("code", Int(code))
                json.member("reason", reason)
            case .failed(let reason):
                json.member("login", "failed")
                json.member("reason", reason)
            case .withheld(let reason):
                json.member("login", "withheld")
                json.member("reason", reason)
            }
        }
    }

    private static func write(_ subscriptions: Subscriptions, to json: inout JSONWriter) {
        switch subscriptions {
        case .answered(let count, let refused, let named):
            json.member("subscriptions", "answered")
            json.member("count", count)
            json.member("refused", refused)
            json.member("refused_filters", named)
        case .unanswered(let reason):
            json.member("subscriptions", "unanswered")
            json.member("reason", reason)
        case .unasked(let reason):
            json.member("subscriptions", "unasked")
            json.member("reason", reason)
        }
    }

    /// - Returns: nil of what is no such report.
    public init?(json: [UInt8]) {
        guard let body = try? JSONScanner.scan(json), let clientID = body["client_id"]?.string,
            let lacksRules = body["lacks_rules"]?.bool, let outcome = Outcome(body)
        else { return nil }
        self.init(clientID: clientID, outcome: outcome, lacksRules: lacksRules)
    }
}

extension LoginReport.Outcome {
    fileprivate init?(_ body: JSONValue) {
        if body["login"]?.string == "accepted" {
            guard let subscriptions = LoginReport.Subscriptions(body) else { return nil }
            self = .accepted(subscriptions)
            return
        }
        guard let reason = body["reason"]?.string else { return nil }
        switch body["login"]?.string {
        case "refused":
            guard let number = body["code"]?.int, let code = UInt8(exactly: number) else {
                return nil
            }
            self = .refused(code: code, reason: reason)
        case "failed": self = .failed(reason: reason)
        case "withheld": self = .withheld(reason: reason)
        case _: return nil
        }
    }
}

extension LoginReport.Subscriptions {
    fileprivate init?(_ body: JSONValue) {
        switch body["subscriptions"]?.string {
        case "answered":
            guard let count = body["count"]?.int, let refused = body["refused"]?.int,
                let filters = body["refused_filters"]?.array
            else { return nil }
            self = .answered(
                count: Int(count), refused: Int(refused), named: filters.compactMap(\.string))
        case "unanswered": self = .unanswered(reason: body["reason"]?.string ?? "")
        case "unasked": self = .unasked(reason: body["reason"]?.string ?? "")
        case _: return nil
        }
    }
}
