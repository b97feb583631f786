import Core
import Mind
import Proof
import ProofTestSupport
import Testing

@testable import jameyctl

@Suite("jameyctl why-not")
struct WhyNotTests {
    private static let rules = """
        routes:
          - { name: telemetry, topic: "plant/{device}", entity: "{device}" }
          - name: commands
            guard:
              { propose: "cmd/{device}/p", approved: "cmd/{device}/a", denied: "cmd/{device}/d" }
            entity: "{device}"
        rules:
          - name: shaking
            weight: 5
            stance: oppose
            on: commands
            variables:
              - { name: wild, expression: 'device.last.vib > 7.0 && device.last.vib < 20.0' }
            when: payload.rpm > 1500 && variables.wild
          - name: either
            weight: 1
            stance: oppose
            on: commands
            when: 'payload.rpm > 9000 || payload.mode == "test"'
          - { name: never, weight: 1, stance: oppose, on: commands, when: '!(payload.rpm < 5000)' }
          - name: broken
            weight: 1
            stance: oppose
            on: commands
            when: payload.none > 1
            on_error: ignore
          - { name: off, weight: 1, stance: oppose, on: commands, when: 'true', mode: "off" }
          - { name: always, weight: 1, stance: support, on: commands, when: 'true' }
          - { name: mirrored, weight: 1, stance: oppose, on: commands, when: 9000 < payload.rpm }
          - { name: hot, on: telemetry, when: payload.temp > 80.0, for: 10s }
          - { name: warm, on: telemetry, when: payload.temp > 40.0 }
        """

    /// - Returns: the store, the verdict, and the events of the two readings.
    private func life() throws -> (Recording, Decision) {
        let recording = try Recording(Self.rules)
        try recording.hear("plant/a", #"{"temp":20,"vib":3}"#)
        try recording.hear("plant/a", #"{"temp":90,"vib":3.5}"#)
        try recording.hear("cmd/a/p", #"{"action":"x","rpm":1800,"mode":"run"}"#)
        return (recording, try #require(recording.decisions.last))
    }

    private func whyNot(_ recording: Recording, _ options: String...) throws -> Command.Result {
        try Command(["why-not", "--database", recording.path] + options).wait()
    }

    @Test("the first term that did not hold, and what would have flipped it")
    func terms() throws {
        let (recording, decision) = try life()
        let shaking = try whyNot(recording, decision.id, "shaking")
        #expect(shaking.code == 0 && shaking.errors.isEmpty, "\(shaking)")
        #expect(
            shaking.output == """
                shaking did not apply to a at event 4, because this does not hold:
                  false  variables.wild
                      false  device.last.vib > 7.0   (device.last.vib is 3.5)
                      true  device.last.vib < 20.0   (device.last.vib is 3.5)
                  it would hold with device.last.vib above 7.0; it is 3.5

                """)
        let either = try whyNot(recording, decision.id, "either")
        #expect(either.output.contains("it would hold with payload.rpm above 9000; it is 1800"))
        let mode = #"it would hold with payload.mode equal to "test"; it is "run""#
        #expect(either.output.contains(mode))
        let never = try whyNot(recording, decision.id, "never")
        #expect(never.output.contains("it would hold with payload.rpm at least 5000; it is 1800"))
        let mirrored = try whyNot(recording, decision.id, "mirrored")
        #expect(mirrored.output.contains("it would hold with payload.rpm above 9000; it is 1800"))
    }

    @Test("an error, a mode, another route, a rule that did apply")
    func others() throws {
        let (recording, decision) = try life()
        let broken = try whyNot(recording, decision.id, "broken")
        #expect(broken.code == 0 && broken.output.contains("could not be judged"), "\(broken)")
        #expect(broken.output.contains("error: "))
        #expect(!broken.output.contains("would hold"))
        let off = try whyNot(recording, decision.id, "off")
        #expect(off.output == "off does not act at event 4: its mode is off\n", "\(off)")
        let hot = try whyNot(recording, decision.id, "hot")
        #expect(
            hot.output == "hot is not asked about a at event 4: the decision is of route commands\n"
        )
        let elsewhere = try whyNot(recording, "--event", "4", "hot")
        #expect(
            elsewhere.output == "hot is not asked at event 4: its message came on commands\n")
        let always = try whyNot(recording, decision.id, "always")
        #expect(always.output == "always did apply to a at event 4\n")
    }

    @Test("an event without a decision: what an alert waits for, or fires since")
    func events() throws {
        let (recording, _) = try life()
        let cold = try whyNot(recording, "--event", "2", "hot")
        #expect(cold.code == 0 && cold.output.contains("payload.temp above 80.0; it is 20"))
        try recording.hear("plant/a", #"{"temp":91}"#)
        let waits = try whyNot(recording, "--event", "5", "hot")
        #expect(
            waits.output == """
                the condition of hot holds for a at event 5, and it waits
                  to be raised at 2023-11-14T22:13:33.000Z

                """)
        // With the first of them, too, although nothing waited before it.
        #expect(try whyNot(recording, "--event", "3", "hot").lines.last == waits.lines.last)
        let warm = try whyNot(recording, "--event", "3", "warm")
        #expect(warm.output == "warm did apply to a at event 3\n")
        #expect(
            try whyNot(recording, "--event", "5", "warm").output
                == "warm holds for a at event 5, and its alert fires already\n")
        #expect(
            try whyNot(recording, "--event", "1", "warm").code == 1)
        try recording.tick(after: .seconds(20))
        #expect(
            try whyNot(recording, "--event", "6", "warm").output
                == "no rule is asked at event 6: it is no message\n")
        try recording.hear("cmd/a/p", "no JSON")
        #expect(
            try whyNot(recording, "--event", "7", "always").output.hasPrefix("no rule was asked"))
    }

    @Test("as JSON, with the answer as one word")
    func json() throws {
        let (recording, decision) = try life()
        func answer(_ rule: String) throws -> JSONValue {
            let found = try whyNot(recording, decision.id, rule, "--json")
            #expect(found.code == 0, "\(found)")
            return try JSONScanner.scan(Array(found.output.utf8))
        }
        let shaking = try answer("shaking")
        #expect(shaking["answer"]?.string == "term")
        #expect(
            shaking["would_hold_with"]?.array?.first?.string
                == "device.last.vib above 7.0; it is 3.5")
        #expect(shaking["term"]?["parts"]?.array?.count == 2)
        #expect(try answer("broken")["answer"]?.string == "error")
        #expect(try answer("off")["answer"]?.string == "mode")
        #expect(try answer("hot")["answer"]?.string == "elsewhere")
        #expect(try answer("always")["answer"]?.string == "applied")
    }

    @Test("a rule or a decision that is not there, and a log that does not reach")
    func failures() throws {
        let (recording, decision) = try life()
        let unknown = try whyNot(recording, decision.id, "shakin")
        #expect(unknown.code == 1 && unknown.errors.contains("no rule 'shakin'; shaking?"))
        #expect(try whyNot(recording, "none", "shaking").code == 1)
        #expect(try whyNot(recording, decision.id).code == 64)
        #expect(try whyNot(recording, "--event", "2", "a", "b").code == 64)
        let far = try whyNot(recording, "--event", "99", "hot")
        #expect(far.code == 65 && far.errors.contains("there is no event 99"), "\(far)")
        try recording.checkpoint()
        try recording.hear("plant/a", "{}")
        try recording.checkpoint()
        try recording.trim(before: recording.at)
        let early = try whyNot(recording, "--event", "2", "hot")
        #expect(early.code == 65 && early.errors.contains("out of reach"), "\(early)")
    }
}
