import Core
import Testing

@testable import jameyctl

@Suite("A decision as a line")
struct DecisionLineTests {
    private func decision(
        _ json: String, kind: Decision.Kind = .verdict, isPositive: Bool = false,
        entity: String = "press-7", route: String = "press-commands"
    ) -> Decision {
        Decision(
            id: "d", kind: kind, at: Timestamp(microseconds: 1_772_366_400_123_456),
            eventSequence: 1, route: route, entity: entity, isPositive: isPositive,
            json: Array(json.utf8))
    }

    @Test("a verdict tells its outcome once, and why")
    func verdicts() {
        let denied = decision(#"{"explanation":"denied by no-harm: it shakes at 8.2"}"#)
        #expect(
            DecisionLine.text(denied)
                == "03-01 12:00:00 press-7    press-commands DENIED by no-harm: it shakes at 8.2")
        let approved = decision(
            #"{"explanation":"approved: the score 0.0 reaches the threshold 0.0"}"#,
            isPositive: true)
        #expect(
            DecisionLine.text(approved).hasSuffix(
                " APPROVED: the score 0.0 reaches the threshold 0.0"))
        let other = decision(#"{"explanation":"because"}"#)
        #expect(DecisionLine.text(other).hasSuffix(" DENIED: because"))
    }

    @Test("an alert tells its rule and its message")
    func alerts() {
        let firing = decision(
            #"{"rule":"overheat","message":"81 °C"}"#, kind: .alert, isPositive: true)
        #expect(DecisionLine.text(firing).hasSuffix(" FIRING overheat: 81 °C"))
        let resolved = decision(#"{"rule":"overheat","message":""}"#, kind: .alert)
        #expect(DecisionLine.text(resolved).hasSuffix(" RESOLVED overheat"))
        let nameless = decision(#"{"message":"cold"}"#, kind: .alert)
        #expect(DecisionLine.text(nameless).hasSuffix(" RESOLVED: cold"))
    }

    @Test("what cannot be read still has its columns")
    func unreadable() {
        #expect(
            DecisionLine.text(decision("{")) == "03-01 12:00:00 press-7    press-commands DENIED")
    }

    @Test("on a terminal no name pushes the outcome off the line")
    func columns() {
        let long = decision(
            #"{"explanation":"denied by "# + String(repeating: "x", count: 100) + #""}"#,
            entity: String(repeating: "e", count: 1_024),
            route: String(repeating: "r", count: 100))
        let line = DecisionLine.text(long, columns: 80)
        #expect(line.count == 80)
        #expect(line.contains(" DENIED by xxx"))
        #expect(line.hasSuffix("x…"))
        #expect(DecisionLine.text(long).count > 1_200)
        #expect(DecisionLine.text(long, columns: 0).count <= 1)
    }

    @Test("a wide terminal has the id that why takes, whole")
    func identifier() {
        let made = decision(#"{"explanation":"denied by x"}"#)
        let line = DecisionLine.text(made, columns: 100)
        let head = "03-01 12:00:00 " + "d".padded(to: 20) + " press-7    press-commands DENIED"
        #expect(line.hasPrefix(head), "\(line)")
        // Ten million events and ten billion stand in the same columns.
        for id in ["00c0ffee-9999999", "00c0ffee-10000000", "00c0ffee-10000000000"] {
            var other = made
            other.id = id
            let line = DecisionLine.text(other, columns: 100)
            #expect(line.hasPrefix("03-01 12:00:00 " + id.padded(to: 20) + " press-7 "), "\(line)")
        }
        #expect(!DecisionLine.text(made, columns: 99).contains(" d "))
        var long = made
        long.id = String(repeating: "a", count: 40)
        #expect(DecisionLine.text(long, columns: 100).contains(" \(long.id) press-7 "))
    }

    @Test("names of wide letters do not push what is behind them out of its column")
    func wide() throws {
        let json = #"{"explanation":"denied by x"}"#
        for entity in ["press-7", "東京", "工場/旋盤", "🔥", "東京工場東京工場東京工場東京工場"] {
            let line = DecisionLine.text(decision(json, entity: entity), columns: 90)
            let head = try #require(line.firstRange(of: " DENIED"), "\(line)")
            // Of a name that is longer than its column, up to a fifth of the line.
            let most = 15 + max(10, min(entity.terminalColumns, 20)) + 1 + 14
            #expect(String(line[..<head.lowerBound]).terminalColumns <= most, "\(line)")
            if entity.terminalColumns <= 10 {
                #expect(String(line[..<head.lowerBound]).terminalColumns == 40, "\(line)")
            }
            #expect(line.terminalColumns <= 90)
        }
    }

    @Test("a device cannot rewrite the terminal or begin a line of its own")
    func control() {
        let hostile = decision(
            #"{"explanation":"denied \u001b[2J\nAPPROVED\u202e\u2028"}"#,
            entity: "a\u{1B}]0;x\u{07}\r\n")
        let line = DecisionLine.text(hostile)
        #expect(!line.unicodeScalars.contains { !$0.isPrintable })
        #expect(line.contains("a\u{FFFD}]0;x\u{FFFD}"))
    }
}
