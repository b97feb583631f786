import Core
import GRDBSQLite

extension StoreWriter {
    /// Writes the events of a batch, many in one run of a statement: half of what a row costs is
    /// the run.
    func insert(_ events: [Event]) throws(SQLiteFailure) {
        let rows = WriteStatements.eventRows
        var next = 0
        while next < events.count {
            let end = next + rows
            if end <= events.count, events[next..<end].allSatisfy(\.isSmallMessage) {
                try insertTogether(events[next..<end])
                next = end
            } else {
                try insertAlone(events[next])
                next += 1
            }
        }
    }

    /// Small messages, as many as `insertEvents` has rows.
    private func insertTogether(_ events: ArraySlice<Event>) throws(SQLiteFailure) {
        var blobs = BlobRow(reusing: rowBytes)
        var parameter: Int32 = 1
        for event in events {
            guard case .message(let message) = event.body else {
                preconditionFailure("only messages are written together")
            }
            let flags = EventFlags(
                kind: .message, qos: message.qos, retain: message.retain,
                isDuplicate: message.isDuplicate)
            let row = statements.insertEvents
            row.bind(event.sequence, at: parameter)
            row.bind(event.at.microseconds, at: parameter + 1)
            row.bind(flags.rawValue, at: parameter + 2)
            switch try place(of: message.topic, for: event.sequence) {
            case .known(let id), .new(let id): row.bind(id, at: parameter + 3)
            case .writtenOut: blobs.add(message.topic.utf8, at: parameter + 3)
            }
            row.bind(Int64(message.packetID), at: parameter + 4)
            if let properties = PropertiesCoding.encode(message.properties) {
                blobs.add(properties, at: parameter + 5)
            } else {
                row.bindNull(at: parameter + 5)
            }
            blobs.add(message.payload, at: parameter + 6)
            parameter += 7
        }
        try statements.insertEvents.run(blobs)
        rowBytes = blobs.recycled()
    }

    /// How a row names its topic; a new one gets its own row first.
    private func place(
        of topic: String, for sequence: EventSequence
    ) throws(SQLiteFailure) -> TopicDictionary.Place {
        let place = topics.place(of: topic, usedBy: sequence)
        if case .new(let id) = place {
            statements.insertTopic.bind(id, at: 1)
            try statements.insertTopic.bind(topic, at: 2)
            try statements.insertTopic.run()
        }
        return place
    }

    private func insertAlone(_ event: Event) throws(SQLiteFailure) {
        let row = statements.insertEvent
        row.bind(event.sequence, at: 1)
        row.bind(event.at.microseconds, at: 2)
        switch event.body {
        case .message(let message):
            let flags = EventFlags(
                kind: .message, qos: message.qos, retain: message.retain,
                isDuplicate: message.isDuplicate)
            row.bind(flags.rawValue, at: 3)
            switch try place(of: message.topic, for: event.sequence) {
            case .known(let id), .new(let id): row.bind(id, at: 4)
            case .writtenOut: try row.bind(bytesOf: message.topic, at: 4)
            }
            row.bind(Int64(message.packetID), at: 5)
            try row.bind(copy: PropertiesCoding.encode(message.properties), at: 6)
            try row.run(bytes: message.payload, at: 7)
        case .ruleset(let digest):
            bindNoMessage(.ruleset)
            try row.run(bytes: Array(digest.utf8), at: 7)
        case .control(let request):
            bindNoMessage(.control)
            try row.run(bytes: request.json, at: 7)
        case .tick:
            bindNoMessage(.tick)
            row.bindNull(at: 7)
            try row.run()
        }
    }

    private func bindNoMessage(_ kind: EventFlags.Kind) {
        let row = statements.insertEvent
        row.bind(EventFlags(kind: kind).rawValue, at: 3)
        row.bindNull(at: 4)
        row.bind(0, at: 5)
        row.bindNull(at: 6)
    }
}

extension Event {
    /// Whether its bytes may be copied together with those of others.
    fileprivate var isSmallMessage: Bool {
        guard case .message(let message) = body else { return false }
        return message.payload.count <= Limits.togetherBytesMax
            && message.topic.utf8.count <= Limits.togetherBytesMax
    }
}
