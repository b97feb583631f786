import Core
import Mind

/// An alert that fires: the decision that began it, and what was said to it.
struct AlertView: Sendable {
    let alert: AlertReading
    /// As it was recorded; nil where retention has deleted it.
    var decision: [UInt8]?
    var acknowledgement: Acknowledgement?

    /// The decision's members, and `acknowledgement` where there is one.
    var json: [UInt8] {
        var json = decision ?? known
        guard let acknowledgement, json.last == UInt8(ascii: "}") else { return json }
        let member = JSONWriter.object { $0.member("acknowledgement", acknowledgement) }
        // Behind the last member of the decision's own object.
        json.removeLast()
        json.append(UInt8(ascii: ","))
        json += member.dropFirst()
        return json
    }

    /// What the mind itself still knows.
    private var known: [UInt8] {
        JSONWriter.object { json in
            json.member("state", "firing")
            json.member("since", alert.since)
            json.member("decision_id", alert.decisionID)
            json.member("rule", alert.rule)
            json.member("entity", alert.entity)
            json.member("severity", alert.severity.rawValue)
            json.member("route", alert.route)
        }
    }

    /// What was said, to whoever said it.
    static func json(_ acknowledgement: Acknowledgement) -> [UInt8] {
        JSONWriter.object { json in
            json.member("decision_id", acknowledgement.decisionID)
            json.member("rule", acknowledgement.rule)
            json.member("entity", acknowledgement.entity)
            json.member("acknowledgement", acknowledgement)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: String, _ acknowledgement: Acknowledgement) {
        object(name) { acknowledgement.write(to: &$0) }
    }
}
