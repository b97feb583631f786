import Core
import Store

extension Recording {
    /// Three things of every kind that is kept, about one entity and as many about another, in
    /// minutes, hours and days that are behind it.
    ///
    /// Wants the rules of `PressRules`.
    public func keepEverything(about entity: String, besides other: String) throws {
        for number in 1...3 {
            for name in [entity, other] { try speak(name, number) }
        }
        for name in [entity, other] {
            let others = MemoryQuery(entity: name == entity ? other : entity, limit: 3)
            for stored in try reader().search(others).memories.reversed() {
                try control(.change(.link(stored.id, name, true), author: "ada"))
            }
        }
        var batch = Batch()
        for number in Int64(1)...3 {
            for name in [entity, other] {
                batch.episodes += episode(of: name, number)
                batch.rollUps += ["telemetry", "wired"].map { rollUp(of: name, $0, number) }
                batch.differences += [ShadowDifference.Kind.score, .alertNew].map {
                    difference(of: name, $0, number)
                }
            }
        }
        try commit(batch)
        let later = Resolution.minute.start(of: at.minute + 10_000)
        while try writer.consolidate(at: later, isOver: { false }) {}
        for number in Int64(1)...3 {
            for name in [entity, other] {
                try writer.acknowledge(
                    Acknowledgement(
                        decisionID: "\(number) of \(name)", rule: "overheat", entity: name,
                        at: at + .seconds(number), actor: Actor(name: "ann", address: "unix"),
                        note: "seen"))
                // As retention keeps it when it deletes the event.
                let episode = name == entity ? number : 9
                try execute(
                    "INSERT INTO episode_event VALUES (\(episode), \(900 + number), "
                        + "\(at.microseconds), '\(name)', 'plant/a/\(name)/telemetry', x'7b7d')")
            }
        }
    }

    private func speak(_ name: String, _ number: Int) throws {
        try hear("plant/a/\(name)/telemetry", #"{"vib":\#(number),"temp":70.5}"#)
        try hear("cmd/\(name)/spin/proposed", #"{"action":"spin","rpm":\#(900 + number)}"#)
        try control(
            .soul(SoulRequest(entity: name, action: .set(0.25), author: "ada")))
        try control(
            .store(
                MemoryDraft(
                    layer: .semantic, content: "seal \(number) leaks", tags: ["hot"],
                    entity: name, author: "ada")))
    }

    private func episode(of name: String, _ number: Int64) -> [EpisodeChange] {
        var episode = Episode(
            entity: name, decisionID: "\(number) opened by \(name)", eventSequence: number,
            openedAt: at + .seconds(number), runUpFrom: at, followUp: .seconds(1),
            severity: "warning",
            triggers: [
                Episode.Trigger(
                    kind: .alert, name: "overheat", decisionID: "\(number) of \(name)",
                    message: "hot", since: at + .seconds(number))
            ])
        let opened = EpisodeChange.opened(episode)
        episode.endedAt = at + .seconds(number)
        let end = at + .seconds(number + 1)
        return [opened, .closed(episode, at: end, summary: "it was hot")]
    }

    /// Of a field that both routes have, and of one by its route's name.
    public func rollUp(of name: String, _ route: String, _ number: Int64) -> RollUp {
        var summary = Summary()
        for value in [7, 9] { summary.add(Double(value)) }
        let minute = at.minute + 60 * number
        return RollUp(
            entity: name, route: route, period: minute, closed: minute + 1,
            fields: ["temp", route].map { RollUp.Field(name: $0, summary: summary) })
    }

    private func difference(
        of name: String, _ kind: ShadowDifference.Kind, _ number: Int64
    ) -> ShadowDifference {
        let time = at + .seconds(number)
        let json = #"{"kind":"\#(kind.name)","entity":"\#(name)","timestamp":"\#(time.rfc3339())"}"#
        return ShadowDifference(
            kind: kind, source: .rules, at: time, eventSequence: number, route: "telemetry",
            entity: name, rules: ["overheat"], active: "sha256:1", shadow: "sha256:2",
            json: Array(json.utf8))
    }
}
