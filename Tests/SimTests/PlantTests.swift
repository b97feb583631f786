import Core
import Testing

@testable import jameysim

@Suite("A simulated plant")
struct PlantTests {
    @Test("is the same for the same seed, and another for another")
    func seeds() {
        #expect(readings(seed: 1) == readings(seed: 1))
        #expect(readings(seed: 1) != readings(seed: 2))
    }

    @Test("shakes, overheats and is proposed to within an hour")
    func variety() {
        let texts = readings(seed: 1, count: 3_600)
        #expect(texts.contains { $0.contains(#""vib":8."#) })
        #expect(texts.contains { $0.contains(#""temp":8"#) })
        #expect(texts.contains { $0.contains(#""action":"start""#) })
        #expect(texts.contains { $0.contains(#""action":"stop""#) })
    }

    @Test("carries out what was approved, and nothing else")
    func obeying() {
        var plant = Plant(presses: 1, seed: 1)
        let command = Array(#"{"action":"start","rpm":2345}"#.utf8)
        plant.hear(Message(topic: "cmd/press-2/start", payload: command))
        plant.hear(Message(topic: "cmd/press-1/start/denied", payload: command))
        #expect(!text(plant.next(0)).contains(#""rpm":2345"#))
        plant.hear(Message(topic: "cmd/press-1/start", payload: command))
        #expect(text(plant.next(0)).contains(#""rpm":2345"#))
        plant.hear(Message(topic: "cmd/press-1/stop", payload: []))
        #expect(text(plant.next(0)).contains(#""state":"stopped""#))
    }

    private func readings(seed: UInt64, count: Int = 200) -> [String] {
        var plant = Plant(presses: 2, seed: seed)
        return (0..<count).map { text(plant.next($0 % 2)) }
    }

    private func text(_ publications: [Publication]) -> String {
        publications.map { $0.topic + String(decoding: $0.payload, as: UTF8.self) }.joined()
    }
}
