import Core

extension CheckpointEncoder {
    mutating func episodes(_ board: EpisodeBoard) {
        let entries = board.ordered
        count(entries.count)
        for entry in entries {
            episode(entry.episode)
            count(entry.firing.count)
            for decision in entry.firing { text(decision) }
        }
        let closings = board.closings
        count(closings.count)
        for (entity, due) in closings {
            text(entity)
            time(due)
        }
    }

    private mutating func episode(_ episode: Episode) {
        text(episode.entity)
        text(episode.decisionID)
        int(episode.eventSequence)
        time(episode.openedAt)
        time(episode.runUpFrom)
        int(episode.followUp.microseconds)
        text(episode.severity)
        count(episode.triggers.count)
        for trigger in episode.triggers {
            byte(trigger.kind == .alert ? 0 : 1)
            text(trigger.name)
            text(trigger.decisionID)
            text(trigger.message)
            time(trigger.since)
            optional(trigger.until)
            count(trigger.count)
        }
        count(episode.furtherTriggers)
        count(episode.changes.count)
        for change in episode.changes {
            text(change.field)
            double(change.before)
        }
        optional(episode.endedAt)
    }

    private mutating func optional(_ value: Timestamp?) {
        byte(value == nil ? 0 : 1)
        if let value { time(value) }
    }
}

extension CheckpointDecoder {
    mutating func episodes() throws(CheckpointError) -> EpisodeBoard {
        var board = EpisodeBoard()
        for _ in 0..<(try count()) {
            let episode = try episode()
            guard !board.has(episode.entity) else { throw damaged }
            var firing: [String] = []
            for _ in 0..<(try count()) { firing.append(try text()) }
            board.begin(EpisodeBoard.Entry(episode, firing: firing))
        }
        for _ in 0..<(try count()) {
            let entity = try text()
            guard board.has(entity), board.close(entity, at: try time()) else { throw damaged }
        }
        return board
    }

    private mutating func episode() throws(CheckpointError) -> Episode {
        var episode = Episode(
            entity: try text(), decisionID: try text(), eventSequence: try int(),
            openedAt: try time(), runUpFrom: try time(),
            followUp: .microseconds(try int()), severity: try text())
        guard Rule.Severity(rawValue: episode.severity) != nil else { throw damaged }
        for _ in 0..<(try count()) { episode.triggers.append(try trigger()) }
        episode.furtherTriggers = try size()
        for _ in 0..<(try count()) {
            episode.changes.append(Episode.Change(field: try text(), before: try double()))
        }
        episode.endedAt = try optionalTime()
        return episode
    }

    private mutating func trigger() throws(CheckpointError) -> Episode.Trigger {
        let kind: Episode.Trigger.Kind = try byte() == 0 ? .alert : .denial
        return Episode.Trigger(
            kind: kind, name: try text(), decisionID: try text(), message: try text(),
            since: try time(), until: try optionalTime(), count: try size())
    }

    private mutating func optionalTime() throws(CheckpointError) -> Timestamp? {
        try byte() == 0 ? nil : try time()
    }
}
