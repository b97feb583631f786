import Core
import Mind
import Proof
import ProofTestSupport
import Testing

@testable import jameyctl

@Suite("jameyctl why-not about timers and several routes")
struct WhyNotTimersTests {
    private static let rules = """
        routes:
          - { name: telemetry, topic: "plant/{device}", entity: "{device}" }
          - name: commands
            guard:
              { propose: "cmd/{device}/p", approved: "cmd/{device}/a", denied: "cmd/{device}/d" }
            entity: "{device}"
        rules:
          - { name: hot, on: telemetry, when: payload.temp > 80.0, for: 10s }
          - { name: cool, on: telemetry, when: payload.temp < 30.0 }
          - { name: boiling, on: telemetry, when: payload.temp > 85.0, for: 15s }
          - { name: often, on: telemetry, when: payload.temp > 80.0, cooldown: 5m }
          - { name: silent, on: telemetry, absent: 1m }
          - { name: always, weight: 1, stance: support, on: commands, when: 'true' }
        """

    private func whyNot(_ recording: Recording, _ options: String...) throws -> Command.Result {
        try Command(["why-not", "--database", recording.path] + options).wait()
    }

    private func json(_ result: Command.Result) throws -> JSONValue {
        try JSONScanner.scan(Array(result.output.utf8))
    }

    /// An alert of `a` that a timer raises as the message of `b` comes, 12 s later.
    private func timed() throws -> (Recording, Decision) {
        let recording = try Recording(Self.rules)
        try recording.hear("plant/a", #"{"temp":90}"#)
        try recording.hear("plant/b", #"{"temp":20}"#, after: .seconds(12))
        let found = recording.decisions.first { decision in
            decision.entity == "a" && decision.eventSequence == 3
        }
        return (recording, try #require(found))
    }

    @Test("a timer's alert is asked about by its own entity, not by whoever spoke next")
    func timer() throws {
        let (recording, decision) = try timed()
        #expect(decision.at.rfc3339() == "2023-11-14T22:13:32.000Z")
        let cool = try whyNot(recording, decision.id, "cool")
        #expect(cool.code == 0 && cool.errors.isEmpty, "\(cool)")
        #expect(
            cool.output == """
                cool did not apply to a at 2023-11-14T22:13:32.000Z, when a timer fell due,
                  because this does not hold:
                  false  payload.temp < 30.0   (payload.temp is 90)
                  it would hold with payload.temp below 30.0; it is 90

                """)
        let hot = try whyNot(recording, decision.id, "hot")
        #expect(
            hot.output
                == "hot did apply to a at 2023-11-14T22:13:32.000Z, when a timer fell due\n")
        let boiling = try whyNot(recording, decision.id, "boiling")
        #expect(boiling.output.hasPrefix("the condition of boiling holds for a at "), "\(boiling)")
        #expect(boiling.lines.last == "  to be raised at 2023-11-14T22:13:37.000Z", "\(boiling)")
        let often = try whyNot(recording, decision.id, "often")
        #expect(often.output.contains("alert fires already"), "\(often)")
        let silent = try whyNot(recording, decision.id, "silent")
        #expect(silent.output.contains("unless it is heard before"), "\(silent)")
        let always = try whyNot(recording, decision.id, "always")
        #expect(always.output.contains("the decision is of route telemetry"), "\(always)")
        for found in [cool, hot, boiling, often, silent, always] { expectColumns(found) }
    }

    @Test("a timer's alert as JSON names the entity, the route and the time")
    func timerJSON() throws {
        let (recording, decision) = try timed()
        let told = try json(try whyNot(recording, decision.id, "cool", "--json"))
        #expect(told["answer"]?.string == "term" && told["entity"]?.string == "a")
        #expect(told["route"]?.string == "telemetry" && told["event_seq"]?.int == 3)
        #expect(told["decision_id"]?.string == decision.id)
        #expect(told["timer_at"]?.string == "2023-11-14T22:13:32.000Z")
        #expect(told["would_hold_with"]?.array?.count == 1)
        let waits = try json(try whyNot(recording, decision.id, "boiling", "--json"))
        #expect(waits["to_be_raised_at"]?.string == "2023-11-14T22:13:37.000Z")
        // The event itself is of another.
        let event = try json(try whyNot(recording, "--event", "3", "cool", "--json"))
        #expect(event["answer"]?.string == "applied" && event["entity"]?.string == "b")
        #expect(event["timer_at"] == nil && event["decision_id"] == nil)
    }

    @Test("two timers of one event are told apart by the time at which they fell due")
    func order() throws {
        let recording = try Recording(Self.rules)
        try recording.hear("plant/a", #"{"temp":90}"#)
        try recording.tick(after: .seconds(20))
        let timed = recording.decisions.filter { $0.eventSequence == 3 }
        try #require(timed.count == 2, "\(recording.decisions)")
        let (hot, boiling) = (timed[0], timed[1])
        #expect(
            try json(try whyNot(recording, hot.id, "boiling", "--json"))["answer"]?.string
                == "waits")
        #expect(
            try json(try whyNot(recording, boiling.id, "hot", "--json"))["answer"]?.string
                == "applied")
    }

    @Test("a cooldown counts from the last time that the alert was raised")
    func cooldown() throws {
        let recording = try Recording(Self.rules)
        for temperature in [90, 50, 91, 92] {
            try recording.hear("plant/a", #"{"temp":\#(temperature)}"#)
        }
        for event in ["4", "5"] {
            let found = try whyNot(recording, "--event", event, "often")
            #expect(
                found.output == """
                    the condition of often holds for a at event \(event), and it waits
                      raised last at 2023-11-14T22:13:22.000Z
                      to be raised again at 2023-11-14T22:18:22.000Z

                    """)
        }
        let told = try json(try whyNot(recording, "--event", "4", "often", "--json"))
        #expect(told["to_be_raised_at"]?.string == "2023-11-14T22:18:22.000Z")
    }

    @Test("of several routes that have the rule, the decision's is asked about")
    func routes() throws {
        let recording = try Recording(
            """
            routes:
              - { name: device, topic: "plant/{device}", entity: "{device}" }
              - { name: site, topic: "{site}/a", entity: "{site}" }
            rules:
              - { name: busy, on: [device, site], when: payload.n > 5 }
              - { name: own, on: device, when: payload.n > 0 }
              - { name: mark, on: site, when: payload.n > 0 }
            """)
        try recording.hear("plant/a", #"{"n":1}"#)
        func place(_ id: String, _ rule: String) throws -> [String?] {
            let told = try json(try whyNot(recording, id, rule, "--json"))
            return ["answer", "route", "entity"].map { told[$0]?.string }
        }
        let own = try #require(recording.decisions.first { $0.route == "device" })
        let mark = try #require(recording.decisions.first { $0.route == "site" })
        #expect(try place(own.id, "busy") == ["term", "device", "a"])
        #expect(try place(mark.id, "busy") == ["term", "site", "plant"])
        #expect(try place(mark.id, "mark") == ["applied", "site", "plant"])
        #expect(try place(mark.id, "own") == ["elsewhere", "site", "plant"])
        let text = try whyNot(recording, mark.id, "own").output
        #expect(text == "own is not asked about plant at event 2: the decision is of route site\n")
    }
}
