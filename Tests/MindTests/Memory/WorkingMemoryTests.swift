import Core
import Testing

@testable import Mind

@Suite("Working memory")
struct WorkingMemoryTests {
    private let at = Timestamp(microseconds: 5)

    @Test("an entity stays within its bound whatever it sends, and the account is right")
    func entityBound() throws {
        var random = SeededGenerator(seed: 7)
        var state = EntityState(name: "a", at: at)
        var refused = 0
        for _ in 0..<3_000 {
            let length = Int.random(in: 0..<18_000, using: &random)
            let name = "f\(Int.random(in: 0..<400, using: &random))"
            let payload = "{\"\(name)\":\"\(String(repeating: "x", count: length))\"}"
            let route = "r\(Int.random(in: 0..<4, using: &random))"
            if !state.remember(try document(payload), on: route, at: at) { refused += 1 }
            #expect(state.bytes == state.countedBytes)
            #expect(state.bytes <= Limits.entityBytesMax)
            #expect(state.settled.members.count <= Limits.entityFieldsMax)
        }
        #expect(refused > 100)
    }

    /// The plain way: every member of every payload is put into one map at once.
    @Test("the newest value of every field, whichever routes and payloads bring it")
    func newest() throws {
        for seed in UInt64(0)..<200 {
            var random = SeededGenerator(seed: seed)
            var state = EntityState(name: "a", at: at)
            var plain: [String: Int64] = [:]
            for step in Int64(0)..<60 {
                let names = ["a", "b", "c", "d", "value"].filter { _ in
                    Bool.random(using: &random)
                }
                let isScalar = names == ["value"] && Bool.random(using: &random)
                let members = names.shuffled(using: &random).map { "\"\($0)\":\(step)" }
                let text = isScalar ? "\(step)" : "{" + members.joined(separator: ",") + "}"
                let route = "r\(Int.random(in: 0..<3, using: &random))"
                let isComplete = state.remember(try document(text), on: route, at: at)
                #expect(isComplete)
                for name in names { plain[name] = step }
                var found: [String: Int64] = [:]
                for member in state.fields.members { found[member.name] = member.value.int }
                #expect(found == plain, "seed \(seed), step \(step)")
                let latest = try #require(state.latest(on: route)?.document)
                #expect(latest.bytes == Array(text.utf8), "seed \(seed), step \(step)")
                #expect(state.bytes == state.countedBytes)
            }
        }
    }

    @Test("payloads that repeat their fields leave nothing behind")
    func repeating() throws {
        var state = EntityState(name: "a", at: at)
        for number in 0..<100 {
            for route in ["r", "s"] {
                let text = "{\"\(route)\":\(number % 10),\"t\":1}"
                _ = state.remember(try document(text), on: route, at: at)
            }
        }
        #expect(state.settled.members.isEmpty && state.latest.map(\.route) == ["r", "s"])
        _ = state.remember(try document("{\"t\":2}"), on: "r", at: at)
        #expect(state.settled.members.map(\.name) == ["r", "t", "s"].sorted())
        #expect(state.fields["t"] == .number(.int(2)) && state.fields["r"] == .number(.int(9)))
    }

    private func document(_ text: String) throws(JSONError) -> JSONDocument {
        try JSONDocument(Array(text.utf8))
    }

    @Test("a value that finds no room is not there, rather than old")
    func noRoom() throws {
        var state = EntityState(name: "a", at: at)
        func payload(_ name: String, _ length: Int) throws -> JSONDocument {
            try document("{\"\(name)\":\"\(String(repeating: "x", count: length))\"}")
        }
        _ = state.remember(try payload("old", 1), on: "r", at: at)
        for index in 0..<4 {
            let isComplete = state.remember(try payload("f\(index)", 15_000), on: "r", at: at)
            #expect(isComplete)
        }
        let grown = state.remember(try payload("old", 15_000), on: "r", at: at)
        #expect(!grown)
        #expect(state.fields["old"] == nil && state.fields["f2"] != nil)
        #expect(state.latest(on: "r")?.payload == nil)
        let large = state.remember(try payload("f2", 20_000), on: "r", at: at)
        #expect(!large && state.fields["f2"] == nil)
        #expect(state.bytes == state.countedBytes)
    }

    @Test("further fields of old payloads are not remembered, which is told of once")
    func fields() throws {
        var subject = try MindUnderTest(pressRoutes)
        let codes = (0...Limits.entityFieldsMax + 3).flatMap { number in
            subject.hear(telemetry, "{\"f\(number)\":1}").codes
        }
        #expect(codes == ["ROLLUPS_FULL", "WORKING_MEMORY_FULL"])
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
        order.removeAll()
        table.forEachSlotFromNewest { order.append(table.name(of: $0)) }
        #expect(order == Array(model.reversed()))
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
