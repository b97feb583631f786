import Core
import Proof

/// What a replay came to, for a person or as JSON.
struct ReplayReport: Report {
    private static let nameColumns = 12
    private static let differenceColumns = 10

    let replay: Replay
    let range: HistorySpan

    var lines: [String] {
        let events = replay.events
        let start = replay.start == 0 ? "the log's beginning" : "the checkpoint at \(replay.start)"
        let facts = [
            "events      \(events.lowerBound) to \(events.upperBound), folded from \(start)",
            "decisions   \(replay.recorded) recorded, \(replay.replayed) replayed",
            "rule sets   \(replay.activations) took effect",
        ]
        var lines = facts.flatMap { $0.wrapped(hanging: Self.nameColumns) }
        lines += ["digest", "  \(replay.digest)", "mind", "  \(replay.mindDigest)"]
        lines += notes.flatMap { $0.wrapped() }
        if let first = replay.first {
            lines += ["", "\(replay.differences) events differ, the first of them:"]
            lines += Self.lines(first)
        } else {
            lines.append(
                range.missing == nil
                    ? "all agree" : "what was replayed agrees; that is not all that was asked for")
        }
        return lines
    }

    private var notes: [String] {
        var notes: [String] = []
        if let unreached = range.unreached {
            notes.append(
                "not replayed: events \(unreached.lowerBound) to \(unreached.upperBound); no "
                    + "checkpoint reaches back to them")
        }
        for event in replay.forgettings {
            notes.append(
                "event \(event) forgot an entity: what was decided about it before is gone, and is "
                    + "not compared")
        }
        return notes
    }

    private static func lines(_ difference: ReplayDifference) -> [String] {
        var lines = [
            "event     " + String(decoding: difference.event.json, as: UTF8.self),
            "recorded  " + text(difference.recorded),
            "replayed  " + text(difference.replayed),
        ]
        if let recorded = difference.recorded, let replayed = difference.replayed {
            lines += columns(recorded, replayed)
        }
        return lines.flatMap { $0.printable.wrapped(hanging: Self.differenceColumns) }
    }

    private static func text(_ decision: Decision?) -> String {
        guard let decision else { return "nothing" }
        return String(decoding: decision.json, as: UTF8.self)
    }

    /// What is stored beside the JSON, and where the JSON departs.
    private static func columns(_ recorded: Decision, _ replayed: Decision) -> [String] {
        var lines: [String] = []
        func compare(_ name: String, _ left: some Equatable, _ right: some Equatable) {
            if "\(left)" != "\(right)" { lines.append("\(name): \(left) recorded, \(right) now") }
        }
        compare("id", recorded.id, replayed.id)
        compare("kind", recorded.kind, replayed.kind)
        compare("time", recorded.at.rfc3339(.microseconds), replayed.at.rfc3339(.microseconds))
        compare("route", recorded.route, replayed.route)
        compare("entity", recorded.entity, replayed.entity)
        compare("positive", recorded.isPositive, replayed.isPositive)
        if recorded.json != replayed.json {
            let same = zip(recorded.json, replayed.json).prefix { $0 == $1 }.count
            lines.append("the JSON departs at byte \(same)")
        }
        return lines
    }

    // MARK: JSON

    var json: [UInt8] {
        JSONWriter.object { json in
            json.member("agrees", replay.agrees)
            json.member("folded_from", replay.start)
            json.member("first_event", replay.events.lowerBound)
            json.member("last_event", replay.events.upperBound)
            json.member("recorded", replay.recorded)
            json.member("replayed", replay.replayed)
            json.member("differences", replay.differences)
            json.member("rulesets", replay.activations)
            json.member("digest", replay.digest)
            json.member("mind", replay.mindDigest)
            json.member("complete", range.missing == nil)
            if let unreached = range.unreached {
                json.object("not_replayed") {
                    $0.member("first_event", unreached.lowerBound)
                    $0.member("last_event", unreached.upperBound)
                }
            }
            json.array("forgettings") { list in
                for event in replay.forgettings { list.int(event) }
            }
            if let first = replay.first {
                json.object("first_difference") { write(first, to: &$0) }
            }
        }
    }

    private func write(_ difference: ReplayDifference, to json: inout JSONWriter) {
        json.member("event", raw: difference.event.json)
        json.member("index", difference.index)
        if let recorded = difference.recorded { json.member("recorded", raw: recorded.json) }
        if let replayed = difference.replayed { json.member("replayed", raw: replayed.json) }
    }
}
