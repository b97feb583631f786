import Core
import Testing

@testable import Mind

@Suite("The first contact with a device")
struct FirstContactTests {
    private static let yaml = pressRules(
        """
          - { name: contact, on: press-telemetry, when: device.first_contact }
          - { name: first, on: press-telemetry, when: device.first_seen == now }
          - { name: whole, on: press-telemetry, when: 'device["first_seen"] == now' }
          - { name: before, on: press-telemetry, when: has(device.last_seen) }

        """ + stance("new", "oppose", when: "device.first_contact || has(device.first_seen)"))

    /// The rules whose alerts began, and those whose ended.
    private func changes(_ outcome: Outcome) -> [String] {
        outcome.documents.map {
            ($0["state"]?.string == "firing" ? "+" : "-") + ($0["rule"]?.string ?? "")
        }
    }

    @Test("the first message is first seen now, and last seen never; the next is neither")
    func first() throws {
        var subject = try MindUnderTest(Self.yaml)
        #expect(changes(subject.hear(telemetry, "{}")) == ["+contact", "+first", "+whole"])
        #expect(
            changes(subject.hear(telemetry, "{}")) == ["-contact", "-first", "-whole", "+before"])
        #expect(changes(subject.hear(telemetry, "{}")).isEmpty)
        #expect(
            changes(subject.hear("plant/1/other/telemetry", "{}"))
                == ["+contact", "+first", "+whole"])
    }

    @Test("of two messages in one instant the first is the contact; both are first seen now")
    func instant() throws {
        var subject = try MindUnderTest(Self.yaml)
        _ = subject.hear(telemetry, "{}")
        #expect(changes(subject.hear(telemetry, "{}", after: .zero)) == ["-contact", "+before"])
    }

    @Test("a proposal is no contact, and leaves none behind")
    func proposal() throws {
        var subject = try MindUnderTest(Self.yaml)
        let document = try #require(subject.hear(proposed, "{}").documents.first)
        #expect(document["applied_rules"]?.array?.isEmpty == true)
        #expect(document["errors"]?.array?.isEmpty == true)
        #expect(changes(subject.hear(telemetry, "{}")).first == "+contact")
    }

    @Test("what cannot be read is not judged, but the contact was with that")
    func unreadable() throws {
        var subject = try MindUnderTest(Self.yaml)
        #expect(subject.hear(telemetry, "{").codes == ["MALFORMED_JSON"])
        #expect(changes(subject.hear(telemetry, "{}")) == ["+before"])
    }

    @Test("a device that was forgotten is new again, and so it is after a restart")
    func forgotten() throws {
        var subject = try MindUnderTest(Self.yaml)
        subject.mind.entities.countMax = 1
        _ = subject.hear(telemetry, "{}")
        let restored = try Mind(
            settings: MindUnderTest.settings, checkpoint: subject.mind.checkpoint(),
            ruleset: subject.mind.ruleset)
        _ = subject.hear("plant/1/other/telemetry", "{}")
        #expect(changes(subject.hear(telemetry, "{}")).first == "+contact")
        subject.mind = restored
        #expect(changes(subject.hear(telemetry, "{}")).first == "-contact")
    }

    @Test("on a route that records nothing the contact is recorded, since an alert begins")
    func unrecorded() throws {
        var subject = try MindUnderTest(
            """
            routes:
              - { name: quiet, topic: "quiet/{device}", record: none }
            rules:
              - { name: contact, on: quiet, when: device.first_contact }

            """)
        #expect(changes(subject.hear("quiet/a", "{}")) == ["+contact"])
        #expect(changes(subject.hear("quiet/a", "{}")) == ["-contact"])
        #expect(!subject.hear("quiet/a", "{}").isRecorded)
    }
}
