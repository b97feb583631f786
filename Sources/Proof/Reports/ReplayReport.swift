import Core
import Store

/// What a replay came to, as it is told: all of it is in its JSON.
public struct ReplayReport: Sendable {
    public let replay: Replay
    public let range: HistorySpan
    /// Since when the log can be replayed, where that is later than was asked for.
    public let reach: LogPosition?

    /// - Throws: `.store`.
    public init(
        _ replay: Replay, _ range: HistorySpan, in history: History
    ) throws(HistoryError) {
        self.replay = replay
        self.range = range
        reach = try range.missing == nil ? nil : history.reach()
    }

    public var json: [UInt8] {
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
            if let reach {
                json.object("reach") {
                    $0.member("event_seq", reach.sequence)
                    $0.member("timestamp", reach.at)
                }
            }
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
                json.object("first_difference") { first.write(to: &$0) }
            }
        }
    }
}

extension ReplayDifference {
    fileprivate func write(to json: inout JSONWriter) {
        json.member("event", raw: event.json)
        json.member("index", index)
        if let recorded { Self.write(recorded, as: "recorded", to: &json) }
        if let replayed { Self.write(replayed, as: "replayed", to: &json) }
        guard let recorded, let replayed else { return }
        // What is stored beside the JSON.
        json.array("columns") { list in
            for (name, left, right) in Self.columns(recorded, replayed) where left != right {
                list.object {
                    $0.member("column", name)
                    $0.member("recorded", Self.told(left))
                    $0.member("replayed", Self.told(right))
                }
            }
        }
        if recorded.json != replayed.json {
            json.member("departs_at", zip(recorded.json, replayed.json).prefix { $0 == $1 }.count)
        }
    }

    /// Somebody may have put anything into the store: what is no JSON, on one line, is told as a
    /// text, and of what is too long its length.
    private static func write(
        _ decision: Decision, as name: String, to json: inout JSONWriter
    ) {
        guard decision.json.count <= Limits.toldDecisionBytesMax else {
            json.member(name, length(decision.json.count))
            return
        }
        let isPlain = decision.json.allSatisfy { $0 >= 0x20 }
        if isPlain, (try? JSONScanner.scan(decision.json)) != nil {
            json.member(name, raw: decision.json)
        } else {
            json.member(name, String(decoding: decision.json, as: UTF8.self))
        }
    }

    private static func told(_ text: String) -> String {
        let bytes = text.utf8.count
        return bytes <= Limits.toldColumnBytesMax ? text : length(bytes)
    }

    private static func length(_ bytes: Int) -> String { "\(bytes) bytes: too many to be told" }

    private typealias Column = (name: String, recorded: String, replayed: String)

    private static func columns(_ recorded: Decision, _ replayed: Decision) -> [Column] {
        func column<Value>(_ name: String, _ value: (Decision) -> Value) -> Column {
            (name, "\(value(recorded))", "\(value(replayed))")
        }
        return [
            column("id") { $0.id }, column("kind") { $0.kind },
            column("time") { $0.at.rfc3339(.microseconds) }, column("route") { $0.route },
            column("entity") { $0.entity }, column("positive") { $0.isPositive },
        ]
    }
}
