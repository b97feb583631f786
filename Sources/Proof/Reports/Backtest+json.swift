import Core

extension Backtest {
    /// All of it as one JSON object; lists are as long as `rowsMax` and `rowBytesMax` let them be,
    /// counts are whole, and `truncated` says that a list is not.
    /// - Parameters:
    ///   - unreached: events that were asked for and could not be judged; nil: none.
    ///   - rowBytesMax: of all flips and alerts together; what one list leaves others may have.
    public func json(
        unreached: ClosedRange<EventSequence>?, rowBytesMax: Int = .max
    ) -> [UInt8] {
        let counts = [
            verdicts.denyToAllow.count, verdicts.allowToDeny.count, alerts.new.count,
            alerts.vanished.count,
        ]
        var room = RowRoom(bytes: rowBytesMax, lists: counts.count { $0 > 0 })
        return JSONWriter.object(reservingBytes: 1 << 14) { json in
            json.member("ruleset", ruleset)
            json.member("folded_from", start)
            json.member("first_event", events.lowerBound)
            json.member("last_event", events.upperBound)
            json.member("from", from)
            json.member("to", to)
            if let unreached {
                json.object("not_judged") {
                    $0.member("first_event", unreached.lowerBound)
                    $0.member("last_event", unreached.upperBound)
                }
            }
            json.object("verdicts") { Self.write(verdicts, &room, to: &$0) }
            json.object("alerts") { Self.write(alerts, &room, to: &$0) }
            if room.isCut { json.member("truncated", true) }
            json.member("rule_failures", ruleFailures)
            json.array("rules") { list in
                for (name, tally) in rules {
                    list.object { Self.write(name, tally, to: &$0) }
                }
            }
            json.array("entities") { list in
                for (name, tally) in entities {
                    list.object { Self.write(name, tally, to: &$0) }
                }
            }
            json.member("further_entities", furtherEntities)
        }
    }

    private static func write(
        _ verdicts: VerdictComparison, _ room: inout RowRoom, to json: inout JSONWriter
    ) {
        json.member("recorded", verdicts.recorded)
        json.member("supposed", verdicts.supposed)
        json.member("gone", verdicts.gone)
        json.member("added", verdicts.added)
        for (name, flips) in [
            ("deny_to_allow", verdicts.denyToAllow), ("allow_to_deny", verdicts.allowToDeny),
        ] {
            json.object(name) { json in
                json.member("count", flips.count)
                json.array("flips") { list in
                    room.write(flips.pairs, of: flips.count, to: &list) { write($0, to: &$1) }
                }
            }
        }
        json.array("largest_changes") { list in
            for pair in verdicts.largestChanges { list.object { write(pair, to: &$0) } }
        }
    }

    private static func write(_ pair: VerdictPair, to json: inout JSONWriter) {
        json.member("event_seq", pair.event)
        json.member("timestamp", pair.at)
        json.member("route", pair.route)
        json.member("entity", pair.entity)
        json.member("action", ifPresent: pair.action)
        json.member("decision_id", pair.decisionID)
        json.member("rules", pair.movers)
        for (name, side) in [("recorded", pair.recorded), ("supposed", pair.supposed)] {
            json.object(name) {
                $0.member("approved", side.isApproved)
                $0.member("moral_score", side.score)
                $0.member("margin", side.margin)
                $0.member("explanation", side.explanation)
            }
        }
    }

    private static func write(
        _ alerts: AlertComparison, _ room: inout RowRoom, to json: inout JSONWriter
    ) {
        json.member("recorded", alerts.recorded)
        json.member("supposed", alerts.supposed)
        json.member("same", alerts.same)
        json.member("moved", alerts.moved)
        json.member("left_out", alerts.left)
        for (name, spans) in [("new", alerts.new), ("vanished", alerts.vanished)] {
            json.object(name) { json in
                json.member("count", spans.count)
                json.array("alerts") { list in
                    room.write(spans.spans, of: spans.count, to: &list) { write($0, to: &$1) }
                }
            }
        }
    }

    private static func write(_ span: AlertSpan, to json: inout JSONWriter) {
        json.member("rule", span.rule)
        json.member("entity", span.entity)
        for (name, moment) in [("raised", span.raised), ("resolved", span.resolved)] {
            guard let moment else { continue }
            json.object(name) {
                $0.member("event_seq", moment.event)
                $0.member("timestamp", moment.at)
            }
        }
        json.member("message", span.message)
    }

    private static func write(
        _ name: String, _ tally: Backtest.RuleTally, to json: inout JSONWriter
    ) {
        json.member("rule", name)
        json.member("flips", tally.flips)
        for (name, sides) in [("applied", tally.applied), ("alerts", tally.raised)] {
            json.object(name) {
                $0.member("recorded", sides.recorded)
                $0.member("supposed", sides.supposed)
            }
        }
    }

    private static func write(
        _ name: String, _ tally: Backtest.EntityTally, to json: inout JSONWriter
    ) {
        json.member("entity", name)
        json.member("deny_to_allow", tally.denyToAllow)
        json.member("allow_to_deny", tally.allowToDeny)
        json.member("new_alerts", tally.newAlerts)
        json.member("vanished_alerts", tally.vanishedAlerts)
    }
}

/// What is left of the bytes for rows, over several lists.
private struct RowRoom {
    private var bytes: Int
    /// Lists that are to come and have rows.
    private var lists: Int
    /// Whether a list is shorter than what it is a list of.
    private(set) var isCut = false

    init(bytes: Int, lists: Int) {
        self.bytes = bytes
        self.lists = lists
    }

    /// Writes the first rows of the next list: as many as its share has room for.
    ///
    /// - Parameter count: how many there would be.
    mutating func write<Row>(
        _ rows: [Row], of count: Int, to list: inout JSONWriter,
        _ write: (Row, inout JSONWriter) -> Void
    ) {
        guard count > 0 else { return }
        var share = bytes / max(1, lists)
        lists -= 1
        var written = 0
        for row in rows {
            let json = JSONWriter.object { write(row, &$0) }
            guard json.count < share else { break }
            // With its comma.
            share -= json.count + 1
            bytes -= json.count + 1
            list.raw(json)
            written += 1
        }
        if written < count { isCut = true }
    }
}
