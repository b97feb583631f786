import Core

/// Reads what a rule says about time, and checks it against the rest of the rule and its routes.
enum TimingReader {
    static let keys = ["for", "keep_firing_for", "absent", "cooldown"]

    static func read(_ map: YAMLMapping) -> Rule.Timing {
        var timing = Rule.Timing()
        timing.hold = duration("for", of: map) ?? .zero
        timing.keepFiring = duration("keep_firing_for", of: map) ?? .zero
        timing.absent = duration("absent", of: map)
        timing.cooldown = duration("cooldown", of: map) ?? .zero
        if map.contains("absent") {
            map.refuse(
                "for", "'for' means nothing beside 'absent', which waits by itself",
                hint: "remove one of the two")
            map.refuse(
                "keep_firing_for",
                "'keep_firing_for' means nothing beside 'absent': the alert is resolved when the "
                    + "entity is heard again")
        }
        return timing
    }

    private static func duration(_ key: String, of map: YAMLMapping) -> Duration? {
        map[key]?.duration(in: Limits.ruleDurationMin...Limits.ruleDurationMax)
    }

    /// The keys of a rule that are about time, where they stand.
    static func keys(of map: YAMLMapping) -> [YAMLValue] {
        map.pairs.map(\.key).filter { key in keys.contains { "'\($0)'" == key.name } }
    }

    /// Refuses what a rule's routes do not allow.
    static func check(_ draft: RuleDraft, on routes: [Route]) {
        if let judge = routes.first(where: \.isProposal) {
            for key in draft.timingKeys {
                key.report(
                    "\(key.name) means nothing on '\(judge.name)', which judges each proposal by "
                        + "itself",
                    hint: "give it to a rule of its own on a telemetry route")
            }
            for place in draft.baselines {
                place.report(
                    "'baseline' is learned from what devices say, and '\(judge.name)' judges "
                        + "proposals",
                    hint: "put the rule on a telemetry route")
            }
            return
        }
        for route in routes { checkRecord(draft, on: route) }
    }

    /// What is not recorded leaves no mark (decision 0009), so nothing can be remembered of it.
    private static func checkRecord(_ draft: RuleDraft, on route: Route) {
        if route.record == .none {
            for place in draft.sites {
                place.report(
                    "'\(route.name)' records nothing, so 'over', 'changed' and 'baseline' would "
                        + "see nothing of what came before",
                    hint: "record: all, changed or every 10s")
            }
        }
        guard let absent = draft.timingKeys.first(where: { $0.name == "'absent'" }) else { return }
        switch route.record {
        case .all: return
        case .none, .changed:
            absent.report(
                "'absent' needs to know when an entity was heard, and '\(route.name)' does not "
                    + "record every message",
                hint: "record: all, or every and a shorter duration than that of 'absent'")
        case .every(let interval):
            guard let duration = draft.rule?.timing.absent, duration <= interval else { return }
            absent.report(
                "'absent' must be longer than \(interval.text), since '\(route.name)' records no "
                    + "more often")
        }
    }
}
