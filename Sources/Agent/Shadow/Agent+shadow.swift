import Core
import Mind
import Store

/// Rules in shadow hear what the mind hears, and never act (decision 0023).
extension Agent {
    /// Lets the shadows judge what the mind has judged, and notes where they differ.
    func shadow(_ event: Event, _ outcome: Outcome) {
        let sequence = outcome.isRecorded ? event.sequence : nil
        for index in shadow.running.indices {
            let shadowed = shadow.running[index].mind.perceiveInShadow(event)
            counters.shadowed(shadowed)
            if !outcome.decisions.isEmpty || !shadowed.decisions.isEmpty {
                let found = mind.differences(
                    outcome, inShadow: shadow.running[index].mind, shadowed,
                    source: shadow.running[index].source, at: event.at, sequence: sequence)
                if !found.isEmpty { note(found, by: index) }
            }
            if !shadowed.rejections.isEmpty { tell(shadowed.rejections, beside: outcome) }
        }
        if shadow.running.contains(where: \.isTooLarge) { endLarge() }
    }

    /// A timer of a shadow is due, and none of the mind: the log hears nothing of it.
    func tickShadows(at time: Timestamp) {
        guard let due = shadow.nextTimer, due <= time else { return }
        let event = Event(sequence: mind.sequence + 1, at: time, body: .tick)
        shadow(event, Outcome(isRecorded: false))
    }

    /// An event outside of bursts was committed: the shadows take it in.
    func followInShadow(_ event: Event) {
        for index in shadow.running.indices {
            _ = shadow.running[index].mind.perceiveInShadow(event)
        }
    }

    private func note(_ found: [ShadowDifference], by index: Int) {
        shadow.running[index].differences += found.count
        let now = time.monotonic()
        for var difference in found {
            counters.differs(difference.kind)
            guard let omitted = shadow.take(difference.kind, at: now) else {
                counters.shadowOmitted += 1
                continue
            }
            difference.omitted = omitted
            batch.differences.append(difference)
            guard shadow.updates.count < Limits.shadowUpdatesPerBurst else {
                counters.shadowUnpublished += 1
                continue
            }
            shadow.updates.append(
                Publication(
                    topic: mind.settings.shadowTopic, payload: difference.json,
                    qos: .atMostOnce))
        }
    }

    /// Rules that cannot be judged are told of once, as those in force are; what is wrong with the
    /// message itself was told already.
    private func tell(_ rejections: [Rejection], beside outcome: Outcome) {
        for var rejection in rejections where !outcome.rejections.contains(rejection) {
            rejection.component = "shadow"
            tell(rejection)
        }
    }

    private func endLarge() {
        shadow.running.removeAll(where: \.isTooLarge)
        let bound = Limits.shadowBytesMax >> 20
        shadow.fault = "it knew more than \(bound) MiB and was ended"
        tell(.shadowTooLarge)
    }

    // MARK: What is in shadow

    /// Reads the directory of rules in shadow again; what is wrong with it leaves the set that it
    /// had, and the rules in force.
    func readShadow(from source: (any RuleSource)?) {
        guard let source else { return }
        do throws(RuleSetErrors) {
            let files = try source.read()
            shadow.directory = files.isEmpty ? nil : try source.load(files)
            shadow.fault = nil
        } catch {
            shadow.fault = RulesFault.wrong(error).summary
            tell(.shadowRefused(error))
        }
    }

    /// Begins the shadows anew from the mind where a set is another than before.
    func beginShadows() {
        var wanted: [(ShadowDifference.Source, RuleSet)] = []
        if let set = mind.ruleset?.withShadowRules { wanted.append((.rules, set)) }
        if let set = shadow.directory, set.digest != mind.ruleset?.digest {
            wanted.append((.directory, set))
        }
        let isSame =
            shadow.active == mind.ruleset?.digest
            && shadow.running.map(\.source) == wanted.map(\.0)
            && shadow.running.map(\.ruleset.digest) == wanted.map(\.1.digest)
        guard !isSame else { return }
        shadow.active = mind.ruleset?.digest
        shadow.running = wanted.map { source, ruleset in
            log.info(
                "rules are in shadow",
                metadata: ["source": "\(source.rawValue)", "ruleset": "\(ruleset.digest)"])
            return ShadowDesk.Running(
                source: source, ruleset: ruleset, mind: mind.shadow(under: ruleset))
        }
    }

    /// The mind was made again from the store: so are those in shadow from it.
    func restartShadows() {
        shadow.active = nil
        beginShadows()
    }

    /// Has the set take effect that the directory has in shadow.
    func promote(
        by change: RuleChange, at now: MonotonicTime
    ) throws(RulesFault) -> RulesAnswer {
        guard let running = shadow.running.first(where: { $0.source == .directory }) else {
            throw .nothingInShadow(rules: mind.ruleset?.shadowPlaces ?? [])
        }
        return try take(running.ruleset, by: change, at: now)
    }

    // MARK: What health tells

    func writeShadow(to json: inout JSONWriter) {
        guard !shadow.running.isEmpty || shadow.fault != nil else { return }
        json.object("shadow") { json in
            json.member("reason", ifPresent: shadow.fault)
            json.array("sets") { list in
                for running in shadow.running {
                    list.object {
                        $0.member("source", running.source.rawValue)
                        $0.member("ruleset", running.ruleset.digest)
                        $0.member("rules", running.ruleset.rules.count)
                        $0.member("differences", running.differences)
                        $0.member("bytes", running.mind.knownBytes)
                    }
                }
            }
        }
    }
}

extension RuleSet {
    /// Where its rules in shadow stand: `hot (10.yaml:12)`.
    var shadowPlaces: [String] {
        rules.filter { $0.mode == .shadow }.map { "\($0.name) (\($0.file):\($0.line))" }
    }
}

extension Rejection {
    static func shadowRefused(_ errors: RuleSetErrors) -> Rejection {
        Rejection(
            code: "SHADOW_REFUSED",
            message: "the rules in shadow are as before: \(errors)", component: "shadow",
            severity: .error)
    }

    static let shadowTooLarge = Rejection(
        code: "SHADOW_TOO_LARGE",
        message: "rules in shadow knew more than \(Limits.shadowBytesMax >> 20) MiB and were "
            + "ended; they begin anew when rules change or the agent starts",
        component: "shadow", severity: .error)
}
