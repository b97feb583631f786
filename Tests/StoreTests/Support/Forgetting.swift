import Core
import Foundation
import GRDB
import Testing

@testable import Store

/// Finds an entity as a level of the topic, and by what a request says.
struct LevelFinder: EntityFinder {
    let name: String

    func trace(in topic: String) -> TopicTrace {
        if topic.split(separator: "/").contains(where: { $0 == name }) { return .about }
        return topic.hasSuffix("/memory/store") ? .inPayload : .none
    }

    func isAbout(request payload: [UInt8], on topic: String) -> Bool {
        (try? JSONScanner.scan(payload))?["entity"]?.string == name
    }
}

extension StoreWriter {
    /// Asks for an entity to be forgotten, as the next event of the log.
    @discardableResult
    func beginForgetting(_ entity: String) throws(CommitError) -> EventSequence {
        let last = lastEvent ?? LogPosition(sequence: 0, at: Timestamp(microseconds: 0))
        let digest = String(repeating: "d", count: 64)
        var batch = Batch()
        batch.events = [
            Event(
                sequence: last.sequence + 1, at: last.at,
                body: .control(.forgotten(digest: digest, author: "")))
        ]
        batch.forget = entity
        _ = try commit(batch, synced: false)
        renewTopics(LevelFinder(name: entity))
        return last.sequence + 1
    }

    /// Takes one step, and does what it waits for.
    /// - Returns: whether there are more.
    func stepForgetting() throws -> Bool {
        guard let job = currentForgetting else { return false }
        switch try forgetStep(LevelFinder(name: job.entity)) {
        case .idle: return false
        case .more: break
        case .waiting(.checkpoint):
            var batch = Batch()
            batch.checkpoint = checkpoint(lastEvent?.sequence ?? 0)
            _ = try commit(batch, synced: false)
        case .waiting(.outbox):
            var batch = Batch()
            batch.confirmed = try outbox(after: 0, limit: 100_000).map(\.id)
            _ = try commit(batch, synced: false)
        case .waiting(.reader): Issue.record("a reader is in the way")
        }
        return true
    }

    /// All of it.
    func forget(_ entity: String) throws {
        try beginForgetting(entity)
        while try stepForgetting() {}
    }
}

extension Scratch {
    /// Which of the files hold one of these.
    func files(holding forms: [[UInt8]]) throws -> [String] {
        try contents().filter { _, content in
            forms.contains { content.firstRange(of: $0) != nil }
        }.map(\.key).sorted()
    }

    /// Tables with a row in which one of these stands.
    func tables(holding form: String) throws -> [String] {
        try EntityTraces.all.filter { table in
            guard !table.traces.isEmpty, table.name != "memory_index" else { return false }
            let conditions = table.traces.map {
                "instr(CAST(\($0) AS BLOB), CAST('\(form)' AS BLOB))"
            }
            let sql = "SELECT CAST(count(*) AS TEXT) FROM \(table.name) WHERE "
            return try text(sql + conditions.joined(separator: " OR ")) != "0"
        }.map(\.name)
    }
}

/// A reader that looks at one moment of the store until it ends.
final class ReadTransaction {
    private let queue: DatabaseQueue

    init(_ path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN")
            _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM event")
        }
    }

    func end() {
        do {
            try queue.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
            try queue.close()
        } catch { Issue.record(error) }
    }
}
