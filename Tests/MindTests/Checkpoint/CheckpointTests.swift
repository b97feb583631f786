import Core
import Testing

@testable import Mind

@Suite("The mind's checkpoint")
struct MindCheckpointTests {
    private let yaml = pressRules(
        overheat + """
              - { name: warm, on: press-telemetry, when: payload.temp > 60, for: 1m }
              - { name: mute, on: press-telemetry, absent: 1m, cooldown: 2m }
              - name: windows
                on: press-telemetry
                when: >-
                  over.avg(payload.temp, "1m") > 200.0 || over.quantile(payload.temp, 0.9, "1m")
                  > 200.0 || over.rate(payload.temp, "1m") > 200.0 || changed(payload.a)
              - { name: often, on: press-commands, stance: oppose, when: 'over.count(1, "1m") > 2' }

            """)

    /// A mind with something of everything in it.
    private func rich() throws -> MindUnderTest {
        var subject = try MindUnderTest(yaml)
        _ = subject.hear(
            telemetry,
            #"{"temp":90.5,"a":[1,null,true,false,"é",{"b":-2.5e300}],"c":9007199254740993}"#)
        _ = subject.hear("plant/1/b/telemetry", #"{"temp":90}"#)
        _ = subject.hear("plant/1/b/telemetry", #"{"temp":1}"#)
        _ = subject.hear("plant/2/c/telemetry", "{")
        _ = subject.hear(proposed, "{}")
        #expect(subject.mind.timerCount == 4)
        return subject
    }

    private func restore(
        _ bytes: [UInt8], under set: RuleSet?
    ) throws(CheckpointError) -> Mind {
        try Mind(settings: MindUnderTest.settings, checkpoint: bytes, ruleset: set)
    }

    private func error(_ bytes: [UInt8], under set: RuleSet?) -> CheckpointError? {
        do throws(CheckpointError) {
            _ = try restore(bytes, under: set)
            return nil
        } catch {
            return error
        }
    }

    @Test("a restored mind is the same to the byte, and goes on the same")
    func roundTrip() throws {
        var subject = try rich()
        let bytes = subject.mind.checkpoint()
        var restored = subject
        restored.mind = try restore(bytes, under: subject.mind.ruleset)
        #expect(restored.mind.checkpoint() == bytes)
        #expect(restored.mind.nextTimer == subject.mind.nextTimer)
        #expect(restored.mind.ruleStateBytes == subject.mind.ruleStateBytes)
        #expect(restored.mind.workingMemoryBytes == subject.mind.workingMemoryBytes)
        #expect(restored.mind.alertsFiring == 1 && restored.mind.sequence == 6)
        #expect(restored.mind.now == subject.mind.now)
        let (one, two) = (subject.hear(telemetry, "1"), restored.hear(telemetry, "1"))
        #expect(one.judgement == two.judgement)
        let digest = try Mind.rulesetDigest(ofCheckpoint: bytes)
        #expect(digest == subject.mind.ruleset?.digest)
    }

    @Test("the deepest document survives, and so does a mind without rules")
    func extremes() throws {
        var subject = try MindUnderTest(yaml)
        let depth = Limits.jsonDepthMax
        let open = String(repeating: #"{"a":"#, count: depth - 1)
        _ = subject.hear(telemetry, open + "[]" + String(repeating: "}", count: depth - 1))
        #expect(subject.mind.workingMemoryBytes > 400)
        let restored = try restore(subject.mind.checkpoint(), under: subject.mind.ruleset)
        #expect(restored.checkpoint() == subject.mind.checkpoint())
        let empty = Mind(settings: MindUnderTest.settings).checkpoint()
        #expect(try restore(empty, under: nil).checkpoint() == empty)
        #expect(try Mind.rulesetDigest(ofCheckpoint: empty) == "")
    }

    @Test("a checkpoint of another version or another rule set is refused")
    func refused() throws {
        let subject = try rich()
        var bytes = subject.mind.checkpoint()
        let digest = try #require(subject.mind.ruleset?.digest)
        #expect(error(bytes, under: nil) == .otherRuleset(digest))
        #expect(error(bytes, under: try loadRules(pressRoutes)) == .otherRuleset(digest))
        bytes[0] = 99
        #expect(error(bytes, under: subject.mind.ruleset) == .unknownVersion(99))
        #expect(error([], under: nil) == .damaged(offset: 0))
        #expect(throws: CheckpointError.unknownVersion(99)) {
            try Mind.rulesetDigest(ofCheckpoint: bytes)
        }
    }

    @Test("damage at any byte, or an end that is missing, is noticed")
    func damaged() throws {
        let subject = try rich()
        let bytes = subject.mind.checkpoint()
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 0x81
            #expect(error(damaged, under: subject.mind.ruleset) != nil)
            #expect(error(Array(bytes[..<place]), under: subject.mind.ruleset) != nil)
            _ = try? Mind.rulesetDigest(ofCheckpoint: damaged)
        }
    }

    @Test("where the digest was made for the damage, it is an error or another mind, no crash")
    func forged() throws {
        let subject = try rich()
        let content = Array(subject.mind.checkpoint().dropLast(32))
        var minds = 0
        for place in content.indices.dropFirst() {
            for value: UInt8 in [0, 1, 5, 6, 7, 0x7F, 0x80, 0xFF] {
                var damaged = content
                damaged[place] = value
                if let mind = try? restore(Mind.sealed(damaged), under: subject.mind.ruleset) {
                    minds += 1
                    var other = subject
                    other.mind = mind
                    other.mind.sequence = 7
                    _ = other.hear(telemetry, #"{"temp":1}"#)
                    _ = other.hear(proposed, #"{"temp":1}"#)
                    _ = other.mind.checkpoint()
                }
            }
            let cut = Mind.sealed(Array(content[..<place]))
            #expect(error(cut, under: subject.mind.ruleset) != nil)
        }
        #expect(minds > 100)
        #expect(error(Mind.sealed(content + [0]), under: subject.mind.ruleset) != nil)
    }
}
