import Core
import TestSupport

extension Recording {
    /// Telemetry, proposals, other trust, silence and other rules, as a seed has it.
    ///
    /// - Parameter checkpointEvery: events between two checkpoints.
    public func live(
        _ events: Int, seed: UInt64, checkpointEvery interval: Int64 = 100,
        reloads: Bool = true
    ) throws {
        var generator = SeededGenerator(seed: seed)
        var checkpointed = mind.sequence
        for _ in 0..<events {
            let device = "press-\(Int.random(in: 1...7, using: &generator))"
            switch Int.random(in: 0..<100, using: &generator) {
            case 0 where reloads:
                try activate(
                    PressRules.yaml(limit: Double(Int.random(in: 5...9, using: &generator))))
            case 1:
                let value = Double(Int.random(in: 1...9, using: &generator)) / 10
                try control(
                    .soul(SoulRequest(entity: device, action: .set(value), author: "op")))
            case 2:
                try tick(after: .seconds(Int.random(in: 1...40, using: &generator)))
            case 3..<25:
                let rpm = Int.random(in: 1_000...2_000, using: &generator)
                try hear("cmd/\(device)/spin/proposed", #"{"action":"spin","rpm":\#(rpm)}"#)
            case _:
                let (vib, temp) = (
                    Double.random(in: 4...10, using: &generator),
                    Double.random(in: 70...90, using: &generator)
                )
                try hear(
                    "plant/a/\(device)/telemetry", #"{"vib":\#(vib),"temp":\#(temp)}"#,
                    after: .milliseconds(Int.random(in: 1...900, using: &generator)))
            }
            if mind.sequence >= checkpointed + interval {
                try checkpoint()
                checkpointed = mind.sequence
            }
        }
    }
}
