import Mind
import Synchronization

@testable import Agent

/// Which of the rule sets below the files hold now.
final class SimRules: RuleSource {
    /// Two that are good, and one that is wrong.
    enum Choice: Int, CaseIterable { case first, second, wrong }

    private let choice = Mutex(Choice.first)

    func choose(_ next: Choice) { choice.withLock { $0 = next } }

    func read() throws(RuleSetErrors) -> [RuleFile] { Self.files(choice.withLock { $0 }) }

    static func files(_ choice: Choice) -> [RuleFile] {
        switch choice {
        case .first: [RuleFile(name: "sim.yaml", text: first)]
        case .second: [RuleFile(name: "sim.yaml", text: second)]
        case .wrong: [RuleFile(name: "sim.yaml", text: "rules:\n  - name: half\n    when: 1 +\n")]
        }
    }

    func load(_ files: [RuleFile]) throws(RuleSetErrors) -> RuleSet {
        guard let answer = Self.answers[files.first?.text ?? ""] else {
            return try RuleSetLoader.load(files)
        }
        return try answer.get()
    }

    /// What the loader says to each choice, asked once: reading YAML takes most of a seed's time.
    private static let answers: [String: Result<RuleSet, RuleSetErrors>] = {
        var answers: [String: Result<RuleSet, RuleSetErrors>] = [:]
        for choice in Choice.allCases {
            do throws(RuleSetErrors) {
                answers[files(choice)[0].text] = .success(try RuleSetLoader.load(files(choice)))
            } catch {
                answers[files(choice)[0].text] = .failure(error)
            }
        }
        return answers
    }()

    /// Every good set by its digest.
    static let known: [String: RuleSet] = {
        var sets: [String: RuleSet] = [:]
        for case .success(let set) in answers.values { sets[set.digest] = set }
        return sets
    }()

    private static let first = """
        routes:
          - { name: all, topic: "t/all/{device}", entity: "{device}", record: all }
          - { name: changed, topic: "t/changed/{device}", entity: "{device}", record: changed }
          - { name: every, topic: "t/every/{device}", entity: "{device}", record: every 10s }
          - { name: none, topic: "t/none/{device}", entity: "{device}", record: none }
          - name: commands
            guard:
              propose: cmd/{device}/{verb}/proposed
              approved: cmd/{device}/{verb}
              denied: cmd/{device}/{verb}/denied
            entity: "{device}"
            default: deny
        rules:
          - name: hot
            on: all
            when: has(payload.temp) && payload.temp > 80
            actions:
              - publish: { topic: "alarm/{device}", payload: '{"n": payload.n}', qos: 1 }
              - publish: { topic: "lamp/{device}", payload: '{"n": payload.n}', qos: 0 }
          - { name: warm, on: changed, when: has(payload.temp) && payload.temp > 50 }
          - name: mean
            on: all
            when: has(payload.temp) && over.avg(payload.temp, "30s") > 70.0
          - { name: often, on: commands, stance: oppose, when: 'over.count(1, "1m") > 20' }
          - { name: pulse, on: none, when: has(payload.temp) && payload.temp > 90 }
          - { name: known, on: commands, stance: support, weight: 1, when: has(device.last.temp) }
          - name: fast
            on: commands
            stance: oppose
            weight: 5
            when: has(payload.rpm) && payload.rpm > 1500

        """

    private static let second = """
        routes:
          - { name: all, topic: "t/all/{device}", entity: "{device}", record: all }
          - { name: wide, topic: "t/{kind}/{device}", entity: "{device}", record: none }
          - name: commands
            guard:
              propose: cmd/{device}/{verb}/proposed
              approved: cmd/{device}/{verb}
              denied: cmd/{device}/{verb}/denied
            entity: "{device}"
            default: approve
        rules:
          - { name: hot, on: all, when: has(payload.temp) && payload.temp > 60 }
          - name: long
            on: all
            when: has(payload.temp) && payload.temp > 40
            for: 7s
            keep_firing_for: 3s
            actions: [{ feel: { emotion: anger } }]
          - { name: mute, on: all, absent: 20s, cooldown: 1m }
          - name: mean
            on: all
            when: has(payload.temp) && over.avg(payload.temp, "30s") > 70.0
          - { name: cold, on: wide, when: has(payload.temp) && payload.temp < 20 }
          - name: fast
            on: commands
            stance: veto
            when: has(payload.rpm) && payload.rpm > 1000

        """
}
