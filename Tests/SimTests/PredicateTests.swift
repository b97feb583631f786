import CEL
import Core
import Synchronization
import Testing

@testable import jameysim

@Suite("The predicate that is measured")
struct PredicateTests {
    @Test("is asked about messages of 211 bytes")
    func size() {
        #expect(BenchPredicate.payload.utf8.count == 211)
        #expect(BenchPredicate.calmPayload.utf8.count == 211)
    }

    @Test(
        "depends on each of its terms",
        arguments: [
            ("", "", true), ("83.25", "61.50", false), (#""unit":"C""#, #""unit":"F""#, false),
            // Of the readings only the last one is too high.
            ("7.84", "6.84", false),
        ])
    func terms(_ part: String, _ changed: String, _ expected: Bool) throws {
        let payload = BenchPredicate.payload.replacing(part, with: changed)
        #expect(try holds(payload, topic: BenchPredicate.topic) == expected)
    }

    @Test("depends on the topic")
    func topic() throws {
        #expect(try !holds(BenchPredicate.payload, topic: "rig/press/pump-07/telemetry"))
    }

    @Test("is told of each message anew, by every evaluator")
    func evaluators() throws {
        let measured = try MeasuredPredicate()
        var found: [MemberTree.Place] = []
        let tree = try TreePredicate()
        let hot = try JSONDocument(Array(BenchPredicate.payload.utf8))
        let calm = try JSONDocument(Array(BenchPredicate.calmPayload.utf8))
        for message in [hot, calm, calm, hot, hot] {
            let expected = message.bytes == hot.bytes
            measured.find(in: message, into: &found)
            #expect(found.count == BenchPredicate.pathCount)
            #expect(measured.holds(for: message, found) == expected)
            #expect(try tree.holds(for: message) == expected)
        }
    }

    @Test("is counted as often as it is asked", arguments: PredicateLoop.Case.allCases)
    func counting(_ measured: PredicateLoop.Case) throws {
        let loop = PredicateLoop(count: 10, clock: SteppingTime())
        let figures = try loop.run(measured)
        #expect(figures.held == loop.expected(measured))
        #expect(figures == .init(count: 10, held: figures.held, took: .microseconds(7)))
        #expect(loop.expected(measured) == (measured == .firstFalse ? 0 : 10))
    }

    @Test("is shown to others as it is asked")
    func shown() throws {
        let shown = try JSONScanner.scan(Array(PredicateCommand.shown.utf8))
        let object = try #require(shown.object)
        #expect(object["expression"] == .string(BenchPredicate.text))
        #expect(object["topic"] == .string(BenchPredicate.topic))
        #expect(object["payload"] == .string(BenchPredicate.payload))
        #expect(object["calm_payload"] == .string(BenchPredicate.calmPayload))
    }

    @Test("is asked an even number of times", arguments: ["0", "3", "-2", "1000000002"])
    func counts(_ count: String) {
        #expect(throws: (any Error).self) { try PredicateCommand.parse(["--count=\(count)"]) }
    }

    private func holds(_ payload: String, topic: String) throws -> Bool {
        let expression = try CEL.Expression(
            BenchPredicate.text, environment: BenchPredicate.environment)
        let document = try JSONScanner.scan(Array(payload.utf8))
        let activation = DictionaryActivation(["payload": Value(document), "topic": .string(topic)])
        return try expression.evaluate(activation) == .bool(true)
    }
}

/// A clock that goes on by the same with every look.
private final class SteppingTime: TimeSource {
    private let microseconds = Mutex<Int64>(0)

    func now() -> Timestamp { Timestamp(microseconds: 0) }

    func monotonic() -> MonotonicTime {
        microseconds.withLock { microseconds in
            microseconds += 7
            return MonotonicTime(microseconds: microseconds)
        }
    }
}
