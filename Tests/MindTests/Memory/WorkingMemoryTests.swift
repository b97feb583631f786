import Core
import Testing

@testable import Mind

@Suite("Working memory")
struct WorkingMemoryTests {
    private let at = Timestamp(microseconds: 5)

    @Test("an entity stays within its bound whatever it sends, and the account is right")
    func entityBound() {
        var random = SeededGenerator(seed: 7)
        var state = EntityState(name: "a", at: at)
        var refused = 0
        for _ in 0..<3_000 {
            let length = Int.random(in: 0..<9_000, using: &random)
            let name = "f\(Int.random(in: 0..<400, using: &random))"
            let value = JSONValue.string(String(repeating: "x", count: length))
            let payload = JSONValue.object(JSONObject([.init(name: name, value: value)]))
            let route = "r\(Int.random(in: 0..<4, using: &random))"
            if !state.remember(payload, on: route, at: at) { refused += 1 }
            #expect(state.bytes == state.countedBytes)
            #expect(state.bytes <= Limits.entityBytesMax)
            #expect(state.fields.members.count <= Limits.entityFieldsMax)
        }
        #expect(refused > 100)
    }

    @Test("a value that finds no room is not there, rather than old")
    func noRoom() {
        var state = EntityState(name: "a", at: at)
        func text(_ length: Int) -> JSONValue { .string(String(repeating: "x", count: length)) }
        func payload(_ name: String, _ value: JSONValue) -> JSONValue {
            .object(JSONObject([.init(name: name, value: value)]))
        }
        _ = state.remember(payload("old", .null), on: "r", at: at)
        for index in 0..<3 {
            let isComplete = state.remember(payload("f\(index)", text(15_000)), on: "r", at: at)
            #expect(isComplete)
        }
        let grown = state.remember(payload("old", text(15_000)), on: "r", at: at)
        #expect(!grown)
        #expect(state.fields["old"] == nil && state.fields["f2"] != nil)
        let large = state.remember(text(20_000), on: "r", at: at)
        #expect(!large)
        #expect(state.previous(on: "r")?.payload == nil)
        #expect(state.bytes == state.countedBytes)
    }

    @Test("further fields are not remembered, which is told of once")
    func fields() throws {
        var subject = try MindUnderTest(pressRoutes)
        let names = (0...Limits.entityFieldsMax).map { #""f\#($0)":1"# }
        let payload = "{" + names.joined(separator: ",") + "}"
        #expect(subject.hear(telemetry, payload).codes == ["WORKING_MEMORY_FULL"])
        #expect(subject.hear(telemetry, payload).codes == [])
        #expect(subject.mind.workingMemoryBytes < Limits.entityBytesMax)
    }

    @Test("the least recently heard entity is forgotten, and its alerts are resolved")
    func leastRecent() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        subject.mind.entities.countMax = 2
        _ = subject.hear("plant/1/a/telemetry", #"{"temp":90}"#)
        _ = subject.hear("plant/1/b/telemetry", #"{"temp":90}"#)
        _ = subject.hear("plant/1/a/telemetry", #"{"temp":91}"#)
        let outcome = subject.hear("plant/1/c/telemetry", #"{"temp":1}"#)
        #expect(outcome.topics == ["jamey/edge-1/alerts/overheat/b"])
        let document = outcome.documents[0]
        #expect(document["message"]?.string == "forgotten: too many entities")
        #expect(document["state"]?.string == "resolved")
        #expect(document["severity"]?.string == "critical")
        #expect(subject.mind.entityCount == 2 && subject.mind.alertsFiring == 1)
        #expect(subject.hear("plant/1/a/telemetry", #"{"temp":91}"#).decisions.isEmpty)
    }

    @Test("the entity just heard stays, even where it alone is too large")
    func alone() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        subject.mind.entities.bytesMax = 1
        for device in ["a", "b"] {
            _ = subject.hear("plant/1/\(device)/telemetry", #"{"temp":90}"#)
            #expect(subject.mind.entityCount == 1 && subject.mind.alertsFiring == 1)
        }
        subject.mind.entities.countMax = 0
        _ = subject.hear(telemetry, #"{"temp":90}"#)
        #expect(subject.mind.entityCount == 0 && subject.mind.alertsFiring == 0)
        #expect(subject.mind.workingMemoryBytes == 0)
        let forgotten = subject.mind.entities.forgetOldest()
        #expect(forgotten == nil)
    }

    @Test("the order of forgetting is that of hearing, against a plain list")
    func order() {
        var random = SeededGenerator(seed: 11)
        var table = EntityTable()
        var model: [String] = []
        for step in 0..<5_000 {
            if step % 7 == 0, !model.isEmpty {
                let forgotten = table.forgetOldest()?.name
                #expect(forgotten == model.removeFirst())
                continue
            }
            let name = "\(Int.random(in: 0..<40, using: &random))"
            _ = table.hear(name, at: at)
            model.removeAll { $0 == name }
            model.append(name)
        }
        var order: [String] = []
        table.forEachFromOldest { order.append($1.name) }
        #expect(order == model && table.count == model.count)
    }

    @Test("ten thousand devices are remembered, and more than may be are bounded")
    func manyDevices() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        for device in 0..<10_000 {
            _ = subject.hear("plant/1/\(device)/telemetry", #"{"temp":20,"vib":1.5}"#)
        }
        #expect(subject.mind.entityCount == 10_000)
        subject.mind.entities.countMax = 5_000
        _ = subject.hear("plant/1/x/telemetry", #"{"temp":20}"#)
        #expect(subject.mind.entityCount == 5_000)
        #expect(subject.mind.workingMemoryBytes <= Limits.workingMemoryBytesMax)
    }

    @Test("a payload of any kind leaves a mind that can go on", arguments: [0, 1, 2])
    func hostile(kind: Int) throws {
        var subject = try MindUnderTest(
            pressRules(overheat + stance("a", "support", when: "payload.n > 1")))
        let topic = [telemetry, proposed, MindUnderTest.evaluate][kind]
        var random = SeededGenerator(seed: 3)
        let alphabet = Array(#"{}[]":,0123456789.eE+-truefalsnu\u00"#.utf8) + [0, 0xFF, 0xC3, 0x0A]
        var payloads: [[UInt8]] = (0..<2_000).map { _ in
            (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
        }
        payloads.append(Array(repeating: UInt8(ascii: "["), count: Limits.payloadBytesMax))
        payloads.append(
            Array(("\"" + String(repeating: "é", count: 500_000) + "\"").utf8))
        for payload in payloads {
            let outcome = subject.hear(Message(topic: topic, payload: payload))
            #expect(outcome.isRecorded)
            let isJSON = (try? JSONScanner.scan(payload)) != nil
            if !isJSON { #expect(outcome.rejections.count == 1) }
            if kind > 0 { #expect(!outcome.publications.isEmpty) }
            if kind == 1 { #expect(outcome.decisions.count == 1) }
        }
        #expect(subject.hear(telemetry, #"{"temp":99}"#).decisions.map(\.isPositive) == [true])
    }
}
