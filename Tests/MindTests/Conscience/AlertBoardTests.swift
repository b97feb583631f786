import Core
import Testing

@testable import Mind

@Suite("The board of alerts")
struct AlertBoardTests {
    @Test("whatever fires, resolves, is restored and falls due, those that wait are in order")
    func model() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        var board = AlertBoard()
        board.countMax = 200
        var firing: Set<String> = []
        var waiting: [AlertBoard.Resolved] = []
        var now = Timestamp(microseconds: 0)
        for step in 0..<20_000 {
            now = now + .seconds(Int64.random(in: 0...300, using: &random))
            while let due = waiting.first?.due, due <= now {
                #expect(board.nextCleared(at: now) == waiting.removeFirst(), "seed \(seed)")
            }
            #expect(board.nextCleared(at: now) == nil)
            let topic = "alerts/\(Int.random(in: 0..<900, using: &random))"
            if firing.remove(topic) != nil {
                waiting.append(.init(due: now + Limits.resolvedAlertRetention, topic: topic))
                let overflow = waiting.count > 200 ? waiting.removeFirst().topic : nil
                #expect(board.resolved(topic, at: now) == overflow, "seed \(seed)")
            } else {
                firing.insert(topic)
                waiting.removeAll { $0.topic == topic }
                board.raised(topic)
            }
            #expect(board.nextDue == waiting.first?.due, "seed \(seed)")
            guard step % 5_000 == 4_999 else { continue }
            #expect(board.pending == waiting, "seed \(seed)")
            #expect(board.firingCount == firing.count)
            board = AlertBoard()
            board.countMax = 200
            board.restore(firingCount: firing.count, pending: waiting)
        }
    }
}
