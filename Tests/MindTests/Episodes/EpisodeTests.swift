import Core
import Testing

@testable import Mind

@Suite("Episodes")
struct EpisodeTests {
    private static let telemetry = "plant/a/press-7/telemetry"
    private static let quick = "episodes: { run_up: 30s, follow_up: 10s }\n"
    private static let shaking = """
          - name: shaking
            description: shaking
            on: press-telemetry
            when: payload.vib > 7.0
            severity: warning

        """
    private static let noStart = """
          - name: no-start
            description: too hot to start
            on: press-commands
            stance: veto
            when: device.last.temp > 80.0

        """

    private func subject(_ rules: String, _ episodes: String = quick) throws -> MindUnderTest {
        try MindUnderTest(episodes + pressRules(rules))
    }

    @Test("an alert opens an episode, which closes with a summary when its follow-up is over")
    func life() throws {
        var subject = try subject(overheat)
        _ = subject.hear(Self.telemetry, #"{"temp": 70, "unit": "C"}"#)
        let raised = subject.hear(Self.telemetry, #"{"temp": 91.5, "unit": "C"}"#)
        let opened = try #require(raised.episodes.opened.first)
        #expect(raised.episodes.count == 1 && opened.entity == "press-7")
        #expect(opened.decisionID == raised.decisions.first?.id)
        #expect(opened.openedAt == subject.at && opened.severity == "critical")
        #expect(opened.openedAt - opened.runUpFrom == .seconds(30))
        #expect(opened.changes == [Episode.Change(field: "temp", before: 70)])
        let resolved = subject.hear(Self.telemetry, #"{"temp": 60}"#, after: .seconds(20))
        #expect(resolved.episodes.isEmpty && subject.mind.episodesOpen == 1)
        let due = subject.at + .seconds(10)
        #expect(subject.mind.nextTimer == due)
        let early = subject.tick(after: .milliseconds(9_999))
        #expect(early.episodes.isEmpty)
        let late = subject.tick(after: .milliseconds(1))
        let closed = try #require(late.episodes.closed.first)
        #expect(closed.at == due && subject.mind.episodesOpen == 0)
        #expect(closed.summary == "20s: overheat for 20s (at 91.5). temp 70 → 60")
        let memory = try #require(late.memories.first)
        #expect(memory.content == closed.summary && memory.layer == .episodic)
        #expect(memory.entity == "press-7" && memory.at == due)
        #expect(memory.tags == ["episode", "critical", "overheat"] && memory.importance == 0.9)
        #expect(memory.decisionID == opened.decisionID && late.isRecorded)
    }

    @Test("what begins while an episode is open is part of it, nested or overlapping")
    func nested() throws {
        var subject = try subject(overheat + Self.shaking + Self.noStart)
        var outcomes = [subject.hear(Self.telemetry, #"{"temp": 70, "vib": 1}"#)]
        outcomes.append(subject.hear(Self.telemetry, #"{"temp": 91, "vib": 1}"#))
        outcomes.append(subject.hear(Self.telemetry, #"{"temp": 91, "vib": 8}"#))
        outcomes.append(subject.hear("cmd/press-7/start/proposed", #"{"action": "start"}"#))
        outcomes.append(subject.hear("cmd/press-7/start/proposed", #"{"action": "start"}"#))
        outcomes.append(subject.hear(Self.telemetry, #"{"temp": 71, "vib": 8}"#))
        outcomes.append(subject.tick(after: .seconds(60)))
        #expect(subject.mind.episodesOpen == 1, "the second alert holds")
        outcomes.append(subject.hear(Self.telemetry, #"{"temp": 71, "vib": 2}"#))
        outcomes.append(subject.tick(after: .seconds(10)))
        let changes = outcomes.flatMap(\.episodes)
        #expect(changes.opened.count == 1)
        let closed = try #require(changes.closed.first)
        #expect(closed.episode.triggers.map(\.name) == ["overheat", "shaking", "press-commands"])
        #expect(closed.episode.triggers.map(\.count) == [1, 1, 2])
        #expect(
            closed.summary == "1m5s: overheat for 4s (at 91); shaking for 1m4s (shaking); "
                + "press-commands denied 2 times (start: denied by the veto of no-start: too hot "
                + "to start). temp 70 → 71, vib 1 → 2")
    }

    @Test("what begins again within the follow-up keeps the episode open")
    func again() throws {
        var subject = try subject(overheat)
        for temperature in [91, 70, 92, 70] {
            _ = subject.hear(Self.telemetry, #"{"temp": \#(temperature)}"#, after: .seconds(9))
        }
        #expect(subject.mind.episodesOpen == 1)
        let last = subject.tick(after: .seconds(10))
        let closed = try #require(last.episodes.closed.first)
        #expect(closed.episode.triggers.map(\.count) == [2])
        #expect(closed.episode.endedAt == subject.at + .seconds(-10))
        #expect(subject.mind.nextTimer.map { $0 > subject.at } == true, "an alert to be cleared")
    }

    @Test("a denial opens an episode of an entity that was heard, and of no other")
    func denial() throws {
        var subject = try subject(Self.noStart + stance("fine", "support"))
        let unknown = subject.hear("cmd/ghost/start/proposed", #"{"action": "start"}"#)
        #expect(unknown.decisions.first?.isPositive == false && unknown.episodes.isEmpty)
        _ = subject.hear(Self.telemetry, #"{"temp": 85}"#)
        let denied = subject.hear("cmd/press-7/start/proposed", #"{"action": "start"}"#)
        let opened = try #require(denied.episodes.opened.first)
        #expect(opened.triggers.map(\.kind) == [.denial] && opened.severity == "info")
        _ = subject.hear(Self.telemetry, #"{"temp": 60}"#)
        let approved = subject.hear("cmd/press-7/start/proposed", #"{"action": "start"}"#)
        #expect(approved.episodes.isEmpty)
        let closed = try #require(subject.tick(after: .seconds(8)).episodes.closed.first)
        #expect(closed.episode.endedAt == opened.openedAt && closed.episode.triggers.count == 1)
    }

    @Test("an alert below the least severity opens none, and does not end one")
    func severity() throws {
        var subject = try subject(
            Self.shaking + overheat, "episodes: { severity: critical, follow_up: 10s }\n")
        let slight = subject.hear(Self.telemetry, #"{"temp": 70, "vib": 8}"#)
        #expect(slight.decisions.count == 1 && slight.episodes.isEmpty)
        #expect(subject.hear(Self.telemetry, #"{"temp": 91, "vib": 8}"#).episodes.count == 1)
        _ = subject.hear(Self.telemetry, #"{"temp": 91, "vib": 1}"#)
        #expect(subject.tick(after: .seconds(60)).episodes.isEmpty)
        #expect(subject.mind.episodesOpen == 1)
        _ = subject.hear(Self.telemetry, #"{"temp": 91, "vib": 8}"#)
        _ = subject.hear(Self.telemetry, #"{"temp": 60, "vib": 1}"#)
        let closed = try #require(subject.tick(after: .seconds(10)).episodes.closed.first)
        #expect(closed.episode.triggers.map(\.name) == ["overheat", "shaking"])
    }

    @Test("a slight alert of the same message as the one that opens is no part of it")
    func slightOfTheSameMessage() throws {
        var subject = try subject(
            Self.shaking + overheat, "episodes: { severity: critical, follow_up: 10s }\n")
        let both = subject.hear(Self.telemetry, #"{"temp": 91, "vib": 8}"#)
        #expect(both.decisions.count == 2 && both.episodes.count == 1)
        _ = subject.hear(Self.telemetry, #"{"temp": 91, "vib": 1}"#)
        #expect(subject.tick(after: .seconds(60)).episodes.isEmpty)
        #expect(subject.mind.episodesOpen == 1)
    }

    @Test("rules can do without")
    func disabled() throws {
        var subject = try subject(overheat, "episodes: { enabled: false }\n")
        #expect(subject.hear(Self.telemetry, #"{"temp": 91}"#).episodes.isEmpty)
        #expect(subject.mind.episodesOpen == 0)
    }

    @Test("an episode of an entity that is forgotten closes at once")
    func eviction() throws {
        var subject = try subject(overheat)
        subject.mind.entities.countMax = 1
        _ = subject.hear(Self.telemetry, #"{"temp": 91}"#)
        let outcome = subject.hear("plant/a/press-8/telemetry", #"{"temp": 20}"#)
        let closed = try #require(outcome.episodes.closed.first)
        #expect(closed.episode.entity == "press-7" && closed.episode.endedAt == subject.at)
        #expect(closed.summary == "1s: overheat for 1s (at 91)")
        #expect(subject.mind.episodesOpen == 0)
    }

    @Test("a rule that is gone ends its part of an episode")
    func orphan() throws {
        var subject = try subject(overheat)
        _ = subject.hear(Self.telemetry, #"{"temp": 91}"#)
        let activated = try subject.activate(Self.quick + pressRules(Self.shaking))
        #expect(activated.decisions.count == 1 && subject.mind.episodesOpen == 1)
        #expect(subject.tick(after: .seconds(10)).episodes.closed.count == 1)
    }

    @Test("with too many open, a further one is not opened, which is told of once")
    func full() throws {
        var subject = try subject(overheat)
        subject.mind.episodes.countMax = 1
        _ = subject.hear(Self.telemetry, #"{"temp": 91}"#)
        let second = subject.hear("plant/a/press-8/telemetry", #"{"temp": 91}"#)
        let third = subject.hear("plant/a/press-9/telemetry", #"{"temp": 91}"#)
        #expect(second.codes == ["TOO_MANY_EPISODES"] && third.codes.isEmpty)
        #expect(second.decisions.count == 1 && second.episodes.isEmpty)
    }

    @Test("triggers beyond the bound are counted")
    func manyTriggers() throws {
        let count = Limits.episodeTriggersMax + 3
        let rules = (0..<count).map { overheat.replacing("overheat", with: "overheat-\($0)") }
        var subject = try subject(rules.joined())
        _ = subject.hear(Self.telemetry, #"{"temp": 91}"#)
        _ = subject.hear(Self.telemetry, #"{"temp": 60}"#)
        let closed = try #require(subject.tick(after: .seconds(10)).episodes.closed.first)
        #expect(closed.episode.triggers.count == Limits.episodeTriggersMax)
        #expect(closed.episode.furtherTriggers == 3 && closed.summary.contains("; and 3 more"))
        #expect(subject.tick(after: .seconds(0)).memories.isEmpty)
    }

    @Test("a restored mind closes its episodes as the one that went on")
    func checkpoint() throws {
        var subject = try subject(overheat + Self.noStart)
        for device in ["press-7", "press-8", "press-9"] {
            _ = subject.hear("plant/a/\(device)/telemetry", #"{"temp": 91, "vib": 1.5}"#)
        }
        _ = subject.hear("cmd/press-9/start/proposed", #"{"action": "start"}"#)
        _ = subject.hear("plant/a/press-8/telemetry", #"{"temp": 60}"#)
        let ruleset = try #require(subject.mind.ruleset)
        var restored = subject
        restored.mind = try Mind(
            settings: MindUnderTest.settings, checkpoint: subject.mind.checkpoint(),
            ruleset: ruleset)
        #expect(restored.mind.checkpoint() == subject.mind.checkpoint())
        for step in 0..<30 {
            let device = ["press-7", "press-9"][step % 2]
            let text = #"{"temp": \#(step % 5 == 4 ? 91 : 60)}"#
            let went = subject.hear("plant/a/\(device)/telemetry", text, after: .seconds(3))
            let came = restored.hear("plant/a/\(device)/telemetry", text, after: .seconds(3))
            #expect(went.judgement == came.judgement)
        }
        #expect(restored.mind.checkpoint() == subject.mind.checkpoint())
    }

    @Test(
        "what a rule file says about episodes is checked",
        arguments: [
            ("episodes: { run_up: 2d }", "'run_up' must be from 0s to 1d, not 2d"),
            ("episodes: { followup: 1s }", "unknown key 'followup'"),
            (
                "episodes: { severity: bad }",
                "'severity' must be info, warning or critical, not 'bad'"
            ),
            ("episodes: { enabled: maybe }", "'enabled' must be true or false, not 'maybe'"),
            ("episodes: 7", "'episodes' must be a mapping, not a value"),
        ])
    func faults(_ text: String, _ message: String) throws {
        let error = #expect(throws: RuleSetErrors.self) { try loadRules(text + "\n") }
        #expect(error?.errors.map(\.message) == [message])
    }

    @Test("only one file says what holds for all")
    func twice() throws {
        let files = ["a.yaml", "b.yaml"].map { RuleFile(name: $0, text: Self.quick) }
        let error = #expect(throws: RuleSetErrors.self) { try RuleSetLoader.load(files) }
        #expect(error?.errors.map(\.message) == ["a second 'episodes' section"])
        let one = try RuleSetLoader.load([files[0], RuleFile(name: "b.yaml", text: overheatFile)])
        #expect(one.episodes.followUp == .seconds(10) && one.episodes.runUp == .seconds(30))
    }

    private let overheatFile = pressRules(overheat)
}

extension [EpisodeChange] {
    var opened: [Episode] {
        compactMap { if case .opened(let episode) = $0 { episode } else { nil } }
    }

    var closed: [(episode: Episode, at: Timestamp, summary: String)] {
        compactMap { change in
            guard case .closed(let episode, let at, let summary) = change else { return nil }
            return (episode, at, summary)
        }
    }
}
