import Core
import Testing

@testable import Mind

@Suite("How loud entities are")
struct LoudnessTests {
    private let start = Timestamp(microseconds: 1_700_000_000_000_000)

    @Test("a steady rate is told as such at every moment, and the first minute as it grows")
    func steady() {
        var loudness = Loudness()
        for second in 0..<300 {
            let now = start + .seconds(Int64(second))
            loudness.add(at: now)
            let told = loudness.perMinute(at: now)
            let expected = second < 60 ? (second + 1)...(second + 1) : 60...61
            #expect(expected.contains(told), "\(told) after \(second) s")
        }
    }

    @Test("who falls silent is told less and less, and nothing two minutes later at most")
    func silent() {
        var loudness = Loudness()
        for _ in 0..<90 { loudness.add(at: start) }
        let told = [0, 59, 60, 90, 119, 120, 86_400].map {
            loudness.perMinute(at: start + .seconds($0))
        }
        #expect(told == [90, 90, 90, 45, 2, 0, 0])
        loudness.add(at: start + .seconds(86_400))
        #expect(loudness.perMinute(at: start + .seconds(86_400)) == 1)
    }

    @Test("entities come by how loud they are and by when they were heard, as many as wanted")
    func orders() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        for (device, count) in [("a", 1), ("b", 5), ("c", 3), ("d", 5)] {
            for _ in 0..<count {
                _ = subject.hear(
                    "plant/1/\(device)/telemetry", #"{"temp":20.0}"#, after: .milliseconds(10))
            }
        }
        _ = subject.hear("plant/1/a/telemetry", #"{"temp":20.0}"#, after: .milliseconds(10))
        func names(_ order: EntityOrder, limit: Int) -> [String] {
            subject.mind.entities(in: order, limit: limit, at: subject.at).map(\.entity)
        }
        // Of those that are as loud, the one heard last comes first.
        #expect(names(.loud, limit: 10) == ["d", "b", "c", "a"])
        #expect(names(.recent, limit: 10) == ["a", "d", "c", "b"])
        #expect(names(.silent, limit: 10) == ["b", "c", "d", "a"])
        for limit in 1...4 {
            for order in EntityOrder.allCases {
                #expect(names(order, limit: limit) == Array(names(order, limit: 10).prefix(limit)))
            }
        }
        let loudest = subject.mind.entities(in: .loud, limit: 1, at: subject.at).first
        #expect(loudest?.messagesPerMinute == 5)
        let later = subject.at + .seconds(600)
        #expect(subject.mind.entities(in: .loud, limit: 10, at: later).isEmpty)
        #expect(subject.mind.entities(in: .silent, limit: 10, at: later).count == 4)
    }

    @Test("the loudest of many are found in whatever order they come")
    func selection() {
        var random = SeededGenerator(seed: 11)
        for count in [1, 3, 10, 200] {
            let rates = (0..<150).map { _ in Int.random(in: 0...40, using: &random) }
            var loudest = LoudestSlots(count: count)
            for (slot, rate) in rates.enumerated() { loudest.add(slot, perMinute: rate) }
            let expected = rates.enumerated().filter { $0.element > 0 }
                .sorted { ($0.element, $1.offset) > ($1.element, $0.offset) }
            #expect(loudest.slots == expected.prefix(count).map(\.offset), "\(count) wanted")
        }
    }

    @Test("no checkpoint has it, and nothing is decided by it")
    func checkpoint() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        _ = subject.hear(telemetry, #"{"temp":90.0}"#)
        let bytes = subject.mind.checkpoint()
        let restored = try Mind(
            settings: MindUnderTest.settings, checkpoint: bytes, ruleset: subject.mind.ruleset)
        #expect(restored.checkpoint() == bytes)
        let reading = try #require(restored.entity("press-7", at: subject.at))
        #expect(reading.messagesPerMinute == 0 && reading.lastSeen == subject.at)
    }
}
