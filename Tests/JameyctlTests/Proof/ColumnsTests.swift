import Core
import Foundation
import Mind
import Proof
import ProofTestSupport
import TestSupport
import Testing

@testable import jameyctl

@Suite("Proofs in 80 columns")
struct ColumnsTests {
    private let recording: Recording
    private let home: TestDirectory

    private static let device = "press-" + String(repeating: "7", count: 120)
    private static let long = String(repeating: "n", count: 60)
    /// What rules are called here; a hundred characters are allowed.
    private static let names = ["slow", "shakes", "fails", "hot", "silent"].map { $0 + "-" + long }

    private static func rules(limit: Double) -> String {
        """
        routes:
          - { name: telemetry-\(long), topic: "plant/{device}", entity: "{device}" }
          - name: commands-\(long)
            guard:
              { propose: "cmd/{device}/p", approved: "cmd/{device}/a", denied: "cmd/{device}/d" }
            entity: "{device}"
            threshold: 0.1
        rules:
          - name: \(names[0])
            weight: 0.3333333333333333
            stance: support
            strength: device.trust / 3.0
            on: commands-\(long)
            when: payload.rpm > 1000 || payload.note == "a text that is far longer than a line has"
          - name: \(names[1])
            weight: 99.33333333333333
            stance: oppose
            on: commands-\(long)
            when: payload.rpm > 1500 && device.last.vib > \(limit)
            messageExpression: '"it shakes at " + string(device.last.vib) + ", " + payload.note'
          - name: \(names[2])
            weight: 1
            stance: oppose
            on: commands-\(long)
            when: payload.nothing.at_all.of_this_name > 1
            on_error: ignore
          - name: \(names[3])
            on: telemetry-\(long)
            when: over.avg(payload.vib, "20s") > \(limit) && device.last.vib > payload.vib - 100.0
            for: 3s
          - { name: \(names[4]), on: telemetry-\(long), absent: 30s }
        """
    }

    init() throws {
        home = try TestDirectory("columns")
        recording = try Recording(Self.rules(limit: 7.1))
        let note = String(repeating: "a long note ", count: 40)
        for _ in 1...5 {
            try recording.hear(
                "plant/\(Self.device)", #"{"vib":8.123456789012345,"note":"\#(note)"}"#)
        }
        for rpm in [1_800, 1_200, 500] {
            try recording.hear(
                "cmd/\(Self.device)/p",
                #"{"action":"\#(note)","rpm":\#(rpm),"note":"\#(note)"}"#)
        }
        try recording.tick(after: .seconds(60))
        try recording.hear("plant/\(Self.device)", #"{"vib":1}"#)
        try #require(Set(recording.decisions.map(\.kind)).count == 2)
        try #require(recording.decisions.count >= 6, "\(recording.decisions)")
    }

    private func run(_ arguments: String...) throws -> Command.Result {
        try Command(arguments + ["--database", recording.path]).wait()
    }

    @Test("why, for every decision")
    func why() throws {
        for decision in recording.decisions {
            let found = try run("why", decision.id)
            #expect(found.code == 0, "\(found)")
            expectColumns(found)
            #expect(found.output.contains("  sha256:"), "digests are whole: \(found)")
        }
    }

    @Test("why-not, for every decision and rule")
    func whyNot() throws {
        var answers: Set<String> = []
        for decision in recording.decisions {
            for name in Self.names {
                let found = try run("why-not", decision.id, name)
                #expect(found.code == 0, "\(found)")
                expectColumns(found)
                let told = try JSONScanner.scan(
                    Array(try run("why-not", decision.id, name, "--json").output.utf8))
                answers.insert(told["answer"]?.string ?? "")
            }
        }
        #expect(answers.isSuperset(of: ["applied", "term", "error", "elsewhere"]), "\(answers)")
    }

    @Test("replay, when all agrees and when it does not")
    func replay() throws {
        let same = try run("replay")
        #expect(same.code == 0, "\(same)")
        expectColumns(same)
        try recording.execute("UPDATE decision SET positive = 1 - positive WHERE kind = 1")
        let other = try run("replay")
        #expect(other.code == 1, "\(other)")
        expectColumns(other)
        // Of the first difference nothing is left out.
        #expect(other.output.count { $0 == "7" } >= 3 * 120, "\(other)")
    }

    @Test("backtest, with flips and with alerts that are gone")
    func backtest() throws {
        let rules = home.path + "/rules.d"
        try FileManager.default.createDirectory(atPath: rules, withIntermediateDirectories: true)
        try Self.rules(limit: 9).write(
            toFile: rules + "/rules.yaml", atomically: true, encoding: .utf8)
        let found = try run("backtest", "--rules", rules)
        #expect(found.code == 0, "\(found)")
        expectColumns(found)
        #expect(found.lines.contains("DENY→ALLOW: 1"), "\(found)")
        #expect(found.lines.contains("vanished alerts: 1"), "\(found)")
    }
}
