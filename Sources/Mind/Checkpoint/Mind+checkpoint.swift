import Core
import Crypto

extension Mind {
    /// Counts up with every change of the form below.
    static let checkpointVersion: UInt8 = 5

    /// The whole state of the mind after its last event, without the rules themselves.
    ///
    /// Equal minds give equal bytes, whatever way they came about.
    ///
    /// - Parameter size: bytes that the one before took.
    public func checkpoint(after size: Int = 0) -> [UInt8] {
        var encoder = CheckpointEncoder()
        // Too much rather than too little: what is not written to costs nothing, and what outgrows
        // its place is there twice while it moves.
        encoder.reserve(max(2 * size, 4_096 + entities.count * 1_024 + souls.count * 128))
        encoder.byte(Self.checkpointVersion)
        encoder.text(ruleset?.digest ?? "")
        encoder.int(sequence)
        encoder.time(now)
        encoder.count(entities.count)
        entities.forEachFromOldest { _, state in encoder.entity(state) }
        let pending = alerts.pending
        encoder.count(pending.count)
        for entry in pending {
            encoder.time(entry.due)
            encoder.text(entry.topic)
        }
        encoder.memory(memory, of: entities)
        encoder.baselines(baselines, of: entities)
        encoder.count(proposed.count)
        proposed.forEachFromOldest { _, state in
            encoder.text(state.name)
            encoder.time(state.lastSeen)
        }
        encoder.memory(proposedMemory, of: proposed)
        encoder.episodes(episodes)
        encoder.souls(souls)
        rollUps.encode(to: &encoder, of: entities)
        return Self.sealed(encoder.takeBytes())
    }

    /// With a digest behind it, so that a damaged checkpoint never passes for another mind.
    static func sealed(_ bytes: consuming [UInt8]) -> [UInt8] {
        bytes.append(contentsOf: SHA256.hash(data: bytes))
        return bytes
    }

    private static func unsealed(_ bytes: [UInt8]) throws(CheckpointError) -> [UInt8] {
        let content = Array(bytes.dropLast(SHA256.byteCount))
        guard SHA256.hash(data: content) == bytes[content.count...] else {
            throw .damaged(offset: bytes.count)
        }
        return content
    }

    /// Which rule set a checkpoint was made under; empty when none had taken effect.
    public static func rulesetDigest(ofCheckpoint bytes: [UInt8]) throws(CheckpointError) -> String
    {
        var decoder = CheckpointDecoder(bytes)
        return try header(&decoder)
    }

    /// The mind as it was when the checkpoint was made.
    ///
    /// - Parameter ruleset: the one that the checkpoint names.
    /// - Throws: `.unknownVersion`, `.damaged`, `.otherRuleset`: take an older checkpoint.
    public init(
        settings: Settings, checkpoint bytes: [UInt8], ruleset: RuleSet?
    ) throws(CheckpointError) {
        self.init(settings: settings)
        guard bytes.first == Self.checkpointVersion else {
            throw bytes.first.map { .unknownVersion($0) } ?? .damaged(offset: 0)
        }
        var decoder = CheckpointDecoder(try Self.unsealed(bytes))
        let digest = try Self.header(&decoder)
        guard digest == ruleset?.digest ?? "" else { throw .otherRuleset(digest) }
        if let ruleset { adopt(ruleset) }
        sequence = try decoder.int()
        now = try decoder.time()
        let places = alertPlaces()
        var firingCount = 0
        for _ in 0..<(try decoder.count()) {
            let state = try decoder.entity { places[$0]?[$1] }
            guard entities.find(state.name) == nil else { throw decoder.damaged }
            firingCount += state.firing.count
            _ = entities.append(state)
        }
        var pending: [AlertBoard.Resolved] = []
        for _ in 0..<(try decoder.count()) {
            pending.append(.init(due: try decoder.time(), topic: try decoder.text()))
        }
        try restoreMemories(from: &decoder)
        guard decoder.isAtEnd else { throw decoder.damaged }
        alerts.restore(firingCount: firingCount, pending: pending)
    }

    private mutating func restoreMemories(
        from decoder: inout CheckpointDecoder
    ) throws(CheckpointError) {
        let (active, plans) = (active, plans)
        memory = try decoder.memory(of: entities, ruleset) { route, rule in
            plans.indices.contains(route) && plans[route].kind == .telemetry
                && active[route].containsAscending(rule)
        }
        baselines = try decoder.baselines(of: entities, baselinePlans)
        for _ in 0..<(try decoder.count()) {
            let (name, lastSeen) = (try decoder.text(), try decoder.time())
            guard proposed.find(name) == nil else { throw decoder.damaged }
            _ = proposed.append(EntityState(name: name, at: lastSeen))
        }
        // What is proposed sets no timers.
        proposedMemory = try decoder.memory(of: proposed, ruleset) { _, _ in false }
        episodes = try decoder.episodes()
        souls = try decoder.souls()
        rollUps = try RollUpMemory(from: &decoder, of: entities, plans)
    }

    private static func header(_ decoder: inout CheckpointDecoder) throws(CheckpointError) -> String
    {
        let version = try decoder.byte()
        guard version == checkpointVersion else { throw .unknownVersion(version) }
        return try decoder.text()
    }
}

extension CheckpointEncoder {
    mutating func entity(_ state: EntityState) {
        text(state.name)
        time(state.firstSeen)
        time(state.lastSeen)
        object(state.settled)
        count(state.latest.count)
        for latest in state.latest {
            text(latest.route)
            time(latest.recordedAt)
            byte(latest.payload == nil ? 0 : latest.isCurrent ? 2 : 1)
            if let payload = latest.payload { self.data(payload) }
        }
        count(state.firing.count)
        for alert in state.firing {
            text(alert.rule)
            byte(UInt8(Rule.Severity.allCases.firstIndex(of: alert.severity) ?? 0))
            text(alert.route)
            time(alert.since)
            text(alert.decisionID)
        }
    }
}

extension CheckpointDecoder {
    /// - Parameter place: finds a rule of the active set by its route's name and its own.
    mutating func entity(
        rulePlace place: (_ route: String, _ rule: String) -> Int?
    ) throws(CheckpointError) -> EntityState {
        let (name, firstSeen, lastSeen) = (try text(), try time(), try time())
        let settled = try object()
        var latest: [LatestPayload] = []
        for _ in 0..<(try count()) { latest.append(try latestPayload()) }
        var state = EntityState(
            name: name, firstSeen: firstSeen, lastSeen: lastSeen, settled: settled,
            latest: latest)
        for _ in 0..<(try count()) {
            let (rule, severity, route) = (try text(), Int(try byte()), try text())
            let (since, decisionID) = (try time(), try text())
            guard let index = place(route, rule), Rule.Severity.allCases.indices.contains(severity)
            else { throw damaged }
            state.firing.append(
                FiringAlert(
                    ruleIndex: index, rule: rule, severity: Rule.Severity.allCases[severity],
                    route: route, since: since, decisionID: decisionID))
        }
        return state
    }

    private mutating func latestPayload() throws(CheckpointError) -> LatestPayload {
        let (route, recordedAt, form) = (try text(), try time(), try byte())
        guard form > 0 else { return LatestPayload(route: route, recordedAt: recordedAt) }
        guard form <= 2, let document = try? JSONDocument(try data()) else { throw damaged }
        var latest = LatestPayload(route: route, document, at: recordedAt)
        latest.isCurrent = form == 2
        return latest
    }
}
