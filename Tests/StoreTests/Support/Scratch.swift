import Core
import Foundation
import GRDB
import Glibc
import TestSupport
import Testing

@testable import Store

/// A store in a directory of a test's own, both removed with the object.
final class Scratch {
    private let home: TestDirectory
    var directory: String { home.path }
    var path: String { directory + "/store.db" }

    init() throws { home = try TestDirectory("store") }

    /// What a power cut or a `kill -9` would leave, at this moment, at another place.
    func crashedCopy() throws -> Scratch {
        let copy = try Scratch()
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: copy.path + suffix)
        }
        return copy
    }

    func writer(
        _ durability: Durability = .process, options: StoreOptions = StoreOptions()
    ) throws(OpenError) -> StoreWriter {
        try StoreWriter(path: path, durability: durability, options: options)
    }

    /// Runs SQL behind the store's back.
    func execute(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    func text(_ sql: String) throws -> String? {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try String.fetchOne($0, sql: sql) }
    }

    func size(_ suffix: String = "") -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
        return attributes?[.size] as? Int ?? -1
    }

    /// The locks on the database's file that processes hold, as the kernel lists them
    /// (proc_locks(5)).
    func heldLocks() throws -> [String] {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let number = try #require(attributes[.systemFileNumber] as? NSNumber)
        let descriptor = open("/proc/locks", O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var (listed, piece): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 1 << 16))
        while case let count = read(descriptor, &piece, piece.count), count > 0 {
            listed += piece[..<count]
        }
        return String(decoding: listed, as: UTF8.self).split(separator: "\n")
            .map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
            .filter { $0.contains(":\(number) ") }
    }

    /// Every file of the directory, by name.
    func contents() throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
            contents[name] = FileManager.default.contents(atPath: directory + "/" + name)
        }
        return contents
    }

    /// Overwrites a part of the file.
    func damage(at offset: Int, with bytes: [UInt8]) throws {
        guard let file = FileHandle(forUpdatingAtPath: path) else {
            throw CocoaError(.fileNoSuchFile)
        }
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data(bytes))
        try file.close()
    }
}

// What the tests put into a store.

func message(
    _ sequence: EventSequence, topic: String = "plant/a/press-1/telemetry",
    payload: [UInt8]? = nil, qos: QoS = .atLeastOnce, packetID: UInt16? = nil
) -> Event {
    Event(
        sequence: sequence, at: Timestamp(microseconds: sequence * 1_000_000),
        body: .message(
            Message(
                topic: topic, payload: payload ?? Array("{\"n\":\(sequence)}".utf8), qos: qos,
                packetID: packetID ?? UInt16(truncatingIfNeeded: sequence))))
}

func batch(_ events: [Event]) -> Batch {
    var batch = Batch()
    batch.events = events
    return batch
}

func decision(_ id: String, of sequence: EventSequence, entity: String = "press-1") -> Decision {
    Decision(
        id: id, kind: .verdict, at: Timestamp(microseconds: sequence * 1_000_000),
        eventSequence: sequence, route: "press-commands", entity: entity, isPositive: false,
        json: Array("{\"decision_id\":\"\(id)\"}".utf8))
}

func checkpoint(_ sequence: EventSequence, bytes: [UInt8] = [1, 2, 3]) -> StoredCheckpoint {
    StoredCheckpoint(
        sequence: sequence, at: Timestamp(microseconds: sequence * 1_000_000), bytes: bytes)
}

func publication(_ topic: String) -> Publication {
    Publication(topic: topic, payload: Array("x".utf8))
}

/// Nobody else can use the store, as long as the connection lives.
let exclusiveLock = "PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; UPDATE meta SET value = 0"

extension StoreReader {
    func collect(
        from first: EventSequence = 1, through last: EventSequence = .max, atMost limit: Int = .max
    ) throws(ReadError) -> [Event] {
        var found: [Event] = []
        try forEachEvent(from: first, through: last) { event in
            found.append(event)
            return found.count < limit
        }
        return found
    }
}

extension StoreWriter {
    func events(after sequence: EventSequence = 0) throws(ReadError) -> [Event] {
        var found: [Event] = []
        try forEachEvent(after: sequence) { found.append($0) }
        return found
    }

    /// Commits messages first...last in bursts.
    func fill(
        _ range: ClosedRange<EventSequence>, payload: [UInt8]? = nil, burst: Int = 512,
        topic: (EventSequence) -> String = { "plant/a/press-\($0 % 100)/telemetry" }
    ) throws(CommitError) {
        var events: [Event] = []
        for sequence in range {
            events.append(message(sequence, topic: topic(sequence), payload: payload))
            if events.count == burst || sequence == range.upperBound {
                _ = try commit(batch(events), synced: false)
                events.removeAll(keepingCapacity: true)
            }
        }
    }
}
