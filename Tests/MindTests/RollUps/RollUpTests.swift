import Core
import Testing

@testable import Mind

@Suite("Roll-ups in the mind")
struct RollUpTests {
    static let minute: Int64 = 28_333_335

    /// Nothing was heard yet, and a minute begins.
    private func mind(_ routes: String = pressRoutes) throws -> MindUnderTest {
        var mind = try MindUnderTest(routes)
        mind.at = Resolution.minute.start(of: Self.minute)
        return mind
    }

    @Test("a minute is closed by its entity's first message of a later one")
    func closing() throws {
        var mind = try mind()
        #expect(mind.hear(telemetry, #"{"temp":20,"vib":0.5,"state":"run"}"#).rollUps.isEmpty)
        #expect(mind.hear(telemetry, #"{"temp":23,"on":true}"#).rollUps.isEmpty)
        #expect(mind.hear(telemetry, #"{"vib":-1.5,"temp":22}"#).rollUps.isEmpty)
        let closed = mind.hear(telemetry, #"{"temp":90}"#, after: .seconds(60)).rollUps
        #expect(closed.count == 1)
        let rollUp = try #require(closed.first)
        #expect((rollUp.entity, rollUp.route) == ("press-7", "press-telemetry"))
        #expect((rollUp.period, rollUp.closed) == (Self.minute, Self.minute + 1))
        #expect(rollUp.fields.map(\.name) == ["temp", "vib"])
        let temp = rollUp.fields[0].summary
        #expect((temp.count, temp.minimum, temp.maximum, temp.last) == (3, 20, 23, 22))
        #expect(abs(temp.mean - 65.0 / 3) < 1e-12)
        #expect(abs(temp.deviation - (14.0 / 9).squareRoot()) < 1e-12)
        #expect(rollUp.fields[1].summary.count == 2)
        #expect(rollUp.fields[1].summary.last == -1.5)
    }

    @Test("numbers are named by their path; a dot in a name is told from one between names")
    func names() throws {
        var mind = try mind()
        _ = mind.hear(telemetry, #"{"a":{"b":1,"c.d":2,"e":{"f":3,"g":{"h":4}}},"a.b":5,"":6}"#)
        _ = mind.hear(telemetry, #"{"x":[1,{"y":2}],"z":null,"a":{"e":{"f":7}}}"#)
        let closed = mind.hear(telemetry, "{}", after: .seconds(60)).rollUps
        let counts = closed.flatMap(\.fields).map { "\($0.name)=\($0.summary.count)" }
        #expect(counts == ["a.b=1", #"a.c\.d=1"#, "a.e.f=2", #"a\.b=1"#, "=1"])
    }

    @Test("a payload that is a number is the field value; text is none")
    func plain() throws {
        var mind = try mind()
        for text in ["21.5", "\"hot\"", "22", "[1]", "no JSON"] { _ = mind.hear(telemetry, text) }
        let closed = mind.hear(telemetry, "{}", after: .seconds(60)).rollUps
        #expect(closed.flatMap(\.fields).map(\.name) == ["value"])
        #expect(closed.first?.fields.first?.summary.count == 2)
    }

    @Test("what is not recorded, and routes that say so, make no roll-ups")
    func none() throws {
        for policy in ["record: none", "rollups: false"] {
            var mind = try mind(
                """
                routes:
                  - { name: a, topic: "plant/{line}/{device}/telemetry",
                      entity: "{device}", \(policy) }
                """)
            _ = mind.hear(telemetry, #"{"temp":20}"#)
            #expect(mind.hear(telemetry, #"{"temp":20}"#, after: .seconds(60)).rollUps.isEmpty)
            #expect(mind.mind.rollUps.bytes == 0)
        }
        var changed = try mind(
            """
            routes:
              - { name: a, topic: "plant/{line}/{device}/telemetry",
                  entity: "{device}", record: changed }
            """)
        for text in ["20", "20", "20", "21"] { _ = changed.hear(telemetry, #"{"temp":\#(text)}"#) }
        let closed = changed.hear(telemetry, #"{"temp":1}"#, after: .seconds(60)).rollUps
        #expect(closed.first?.fields.first?.summary.count == 2)
    }

    @Test("entities that fell silent are closed a few at a time, the oldest first, a minute later")
    func silence() throws {
        var mind = try mind()
        let count = 3 * Limits.rollUpsClosedPerEvent + 1
        for number in 1...count {
            _ = mind.hear("plant/1/p-\(number)/telemetry", #"{"temp":1}"#, after: .milliseconds(1))
        }
        #expect(mind.hear(telemetry, #"{"temp":1}"#, after: .seconds(60)).rollUps.isEmpty)
        var closed: [String] = []
        for _ in 1...4 {
            let now = mind.hear(telemetry, #"{"temp":1}"#, after: .seconds(20)).rollUps
            let others = now.filter { $0.entity != "press-7" }
            #expect(others.count <= Limits.rollUpsClosedPerEvent)
            closed += others.map(\.entity)
        }
        _ = closed
        for _ in 1...4 {
            let now = mind.hear(telemetry, #"{"temp":1}"#, after: .seconds(1)).rollUps
            closed += now.filter { $0.entity != "press-7" }.map(\.entity)
        }
        #expect(closed == (1...count).map { "p-\($0)" })
    }

    @Test("what an event that is not recorded would have closed stays open")
    func unrecorded() throws {
        var mind = try mind(
            pressRoutes + "  - { name: quiet, topic: 'quiet/{device}', record: none }\n")
        _ = mind.hear(telemetry, #"{"temp":1}"#)
        let outcome = mind.hear("quiet/x", "1", after: .seconds(600))
        #expect(!outcome.isRecorded && outcome.rollUps.isEmpty)
        #expect(mind.hear("cmd/press-9/start/proposed", "{}").rollUps.count == 1)
    }

    @Test("of too many fields some are left out, told once; the next minute takes others")
    func bounds() throws {
        var mind = try mind()
        func payload(_ names: Range<Int>) -> String {
            "{" + names.map { "\"f\($0)\":1" }.joined(separator: ",") + "}"
        }
        let first = mind.hear(telemetry, payload(0..<Limits.rollUpFieldsMax + 5))
        #expect(first.codes == ["ROLLUPS_FULL"])
        #expect(mind.hear(telemetry, payload(100..<110)).codes.isEmpty)
        let closed = mind.hear(telemetry, payload(100..<110), after: .seconds(60)).rollUps
        #expect(closed.first?.fields.count == Limits.rollUpFieldsMax)
        let next = mind.hear(telemetry, "{}", after: .seconds(60)).rollUps
        #expect(next.first?.fields.map(\.name) == (100..<110).map { "f\($0)" })
        let long = String(repeating: "n", count: Limits.rollUpNameBytesMax)
        _ = mind.hear(telemetry, #"{"\#(long)":1,"a":{"\#(long)":1}}"#)
        let named = mind.hear(telemetry, "{}", after: .seconds(60)).rollUps
        #expect(named.first?.fields.map(\.name) == [long])
    }

    @Test("an entity that is forgotten is closed; memory that is too full forgets entities")
    func eviction() throws {
        var mind = try mind()
        mind.mind.entities.countMax = 2
        _ = mind.hear("plant/1/a/telemetry", #"{"temp":1}"#)
        _ = mind.hear("plant/1/b/telemetry", #"{"temp":2}"#)
        let closed = mind.hear("plant/1/c/telemetry", #"{"temp":3}"#).rollUps
        #expect(closed.map(\.entity) == ["a"])
        #expect(closed.map { $0.closed - $0.period } == [0])
        mind.mind.rollUps.bytesMax = 1
        #expect(
            mind.hear("plant/1/d/telemetry", #"{"temp":3}"#).rollUps.map(\.entity) == ["b", "c"])
        #expect(mind.mind.entityCount == 1)
    }

    @Test("new rules let open minutes go on; of a route that is gone they are closed in their time")
    func activation() throws {
        var mind = try mind()
        _ = mind.hear(telemetry, #"{"temp":1}"#)
        let other = "  - { name: first, topic: 'other/{device}' }\n"
        let moved = pressRoutes.replacing("routes:\n", with: "routes:\n" + other)
        #expect(try mind.activate(moved).rollUps.isEmpty)
        _ = mind.hear(telemetry, #"{"temp":3}"#)
        #expect(try mind.activate("routes:\n" + other).rollUps.isEmpty)
        let restored = try Mind(
            settings: MindUnderTest.settings, checkpoint: mind.mind.checkpoint(),
            ruleset: mind.mind.ruleset)
        #expect(restored.checkpoint() == mind.mind.checkpoint())
        let closed = mind.hear("other/press-7", "5", after: .seconds(60)).rollUps
        #expect(closed.map(\.route) == ["press-telemetry"])
        #expect(closed.first?.fields.first?.summary.count == 2)
        #expect(
            mind.hear("other/press-7", "5", after: .seconds(60)).rollUps.map(\.route) == ["first"])
    }

    @Test("a route says whether it is rolled up, where that means something")
    func loading() {
        func route(_ text: String) -> String { "routes: [{ name: a, \(text) }]\n" }
        #expect(complaints(route("topic: t, rollups: false")).isEmpty)
        #expect(complaints(route("topic: t, rollups: true, record: changed")).isEmpty)
        #expect(complaints(route("topic: t, rollups: false, record: none")).isEmpty)
        for text in [
            "topic: t, rollups: 1h", "topic: t, rollups: true, record: none",
            "guard: { propose: p, approved: b, denied: d }, rollups: false",
        ] {
            #expect(complaints(route(text)).count == 1, "\(text)")
        }
        #expect(complaints("routes: [{ name: evaluate, rollups: true }]\n").count == 1)
    }
}
