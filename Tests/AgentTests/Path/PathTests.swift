import Glibc
import TestSupport
import Testing

/// Thousands of lives of the real loop, mind and store, each drawn from a seed.
///
/// `JAMEY_SEEDS` says how many; `JAMEY_SEED=n` repeats one and prints what happened in it.
@Suite("The path of a message, simulated")
struct PathTests {
    static let chunks = 8
    static let steps = 15
    static let count = environment("JAMEY_SEEDS") ?? 10_000
    static let wanted = environment("JAMEY_SEED").map(UInt64.init)

    static func environment(_ name: String) -> Int? {
        getenv(name).flatMap { Int(String(cString: $0)) }
    }

    @Test(
        "nothing acknowledged is lost, nothing committed twice, the mind is what the log says",
        .enabled(if: wanted == nil, "one seed is repeated"), arguments: 0..<chunks)
    func simulation(chunk: Int) throws {
        let files = try SimFiles()
        let disk = FaultVFS()
        var failures = 0
        for seed in stride(from: chunk, to: Self.count, by: Self.chunks) {
            guard let failure = Self.live(UInt64(seed), files, disk) else { continue }
            Issue.record("JAMEY_SEED=\(seed): \(failure)")
            failures += 1
            if failures == 5 { break }
        }
    }

    @Test("one seed, told", .enabled(if: wanted != nil, "JAMEY_SEED is not set"))
    func told() throws {
        let failure = Self.live(Self.wanted ?? 0, try SimFiles(), FaultVFS())
        if let failure { Issue.record("\(failure)") }
    }

    /// - Returns: what was wrong.
    static func live(_ seed: UInt64, _ files: SimFiles, _ disk: FaultVFS) -> String? {
        let isTold = wanted != nil
        do {
            let world = try SimWorld(seed: seed, files: files, disk: disk, isTraced: isTold)
            defer { if isTold { print(world.lines.joined(separator: "\n")) } }
            try world.run(steps: steps)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
