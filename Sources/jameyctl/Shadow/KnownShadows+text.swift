import Core
import Proof

extension KnownShadows {
    /// For a person.
    var lines: [String] {
        let inForce =
            switch rules {
            case nil: "this jameyctl does not understand the rules in force"
            case 0?: "no rule in force is in mode shadow"
            case let count?:
                counted(count, "rule") + " in mode shadow"
                    + (since.map { " since \(Self.text($0))" } ?? "")
                    + (events.map { ", over " + counted(Int($0), "event") } ?? "")
            }
        guard isConfigurationKnown else {
            return [inForce, "whether rules.shadow is configured is not in the store"]
        }
        guard let directory else { return [inForce, "rules.shadow is not configured"] }
        return [
            inForce, "rules.shadow is \(directory.printable)",
            "whether it has rules is in the agent's health, not in the store",
        ]
    }

    /// `2026-03-01 12:00:00`
    static func text(_ time: Timestamp) -> String {
        time.rfc3339().prefix(19).split(separator: "T").joined(separator: " ")
    }

    /// As the daemon tells them, where `KnownShadows` has written them.
    init(_ json: JSONValue) {
        self.init()
        rules = json["rules"]?.int.map { Int(clamping: $0) }
        since = json["since"]?.time
        events = json["events"]?.int
        directory = json["directory"]?.string
        isConfigurationKnown = json["directory"] != nil
    }
}
