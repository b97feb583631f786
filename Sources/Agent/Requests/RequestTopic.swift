import Core

/// A topic on which requests to the API are taken, and what they may do there.
public struct RequestTopic: Equatable, Sendable {
    /// Below the agent's root: `api/requests`.
    public var name: String
    /// The most that a request there may do, whoever asks.
    public var role: Role
    /// What a request without credentials may do there, `role` at most, where the broker's access
    /// control decides who publishes one; nil: what anyone may.
    public var trust: Role?

    public init(_ name: String, role: Role, trust: Role? = nil) {
        self.name = name
        self.role = role
        self.trust = trust
    }

    /// The one that there is where the configuration names none.
    public static func standard(trust: Role? = nil) -> RequestTopic {
        RequestTopic("api/requests", role: .admin, trust: trust)
    }
}

extension RequestTopic {
    /// Why requests cannot come on a topic below the root; nil where they can.
    static func objection(to name: String, root: String) -> String? {
        if name.isEmpty { return "must have a name" }
        if name.utf8.starts(with: (root + "/").utf8) || name.contains("{") {
            return "stands below the agent's root by itself: leave \(root)/ out"
        }
        if name.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) {
            return "cannot hold + or #: each topic has an entry of its own"
        }
        if name.utf8.count > Limits.mqttRequestTopicBytesMax {
            return "must have at most \(Limits.mqttRequestTopicBytesMax) bytes"
        }
        // Audit chain and log name it, and nobody is to take one for another.
        guard name.utf8.allSatisfy(isPlain) else {
            return "is made of letters of ASCII, digits, - _ . and /"
        }
        let levels = name.split(separator: "/", omittingEmptySubsequences: false)
        guard levels.allSatisfy({ !$0.isEmpty }) else {
            return "cannot begin or end with /, nor hold two of them in a row"
        }
        if let first = levels.first, own.contains(String(first)) {
            return "cannot be '\(first)' or below it, where the agent has topics of its own"
        }
        if levels.starts(with: ["api", "responses"]) {
            return "cannot be 'api/responses' or below it, where answers go"
        }
        do throws(TopicError) {
            _ = try TopicFilter(root + "/" + name)
            return nil
        } catch { return "cannot be used: \(error)" }
    }

    /// First levels below the root on which the agent hears, publishes or answers (topics.md).
    private static let own = [
        "availability", "status", "health", "metrics", "events", "conscience", "alerts", "memory",
        "audit",
    ]

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."), UInt8(ascii: "/"):
            true
        case _: false
        }
    }
}
