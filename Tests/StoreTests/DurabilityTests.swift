import Core
import Foundation
import GRDBSQLite
import TestSupport
import Testing

@testable import Store

@Suite("Durability and faults of the disk")
struct DurabilityTests {
    let scratch: Scratch
    let disk = FaultVFS()

    init() throws { scratch = try Scratch() }

    func writer(_ durability: Durability = .power) throws(OpenError) -> StoreWriter {
        try scratch.writer(durability, options: StoreOptions(vfs: disk.name))
    }

    @Test("a synced commit is on the disk when it returns, and only a synced one waits for it")
    func syncs() throws {
        let writer = try writer()
        for (sequence, isSynced) in [false, false, true, true, false, true, false].enumerated() {
            let before = disk.syncs(of: .log)
            _ = try writer.commit(batch([message(EventSequence(sequence) + 1)]), synced: isSynced)
            #expect(disk.syncs(of: .log) == before + (isSynced ? 1 : 0), "commit \(sequence)")
        }
    }

    @Test("the head of the audit chain is on the disk before others are told of it")
    func auditHead() throws {
        let writer = try writer()
        for (sequence, isSynced) in [(EventSequence(1), false), (2, true), (3, false)] {
            var next = batch([message(sequence)])
            next.decisions = [decision("d\(sequence)", of: sequence)]
            _ = try writer.commit(next, synced: isSynced)
            let before = disk.syncs(of: .log)
            #expect(try writer.durableAuditHead() == writer.auditHead)
            #expect(disk.syncs(of: .log) == before + (isSynced ? 0 : 1))
            #expect(try writer.durableAuditHead() == writer.auditHead)
            #expect(disk.syncs(of: .log) == before + (isSynced ? 0 : 1))
        }
        disk.failSyncs()
        var next = batch([message(4)])
        next.decisions = [decision("d4", of: 4)]
        _ = try writer.commit(next, synced: false)
        #expect(throws: CommitError.self) { try writer.durableAuditHead() }
        disk.heal()
        #expect(try writer.durableAuditHead() == writer.auditHead)
    }

    @Test("durability of the process never waits for the disk in a commit")
    func process() throws {
        let writer = try writer(.process)
        _ = try writer.commit(batch([message(1)]), synced: true)
        let before = disk.syncs(of: .log) + disk.syncs(of: .database)
        for sequence in EventSequence(2)...20 {
            _ = try writer.commit(batch([message(sequence)]), synced: true)
        }
        #expect(disk.syncs(of: .log) + disk.syncs(of: .database) == before)
    }

    @Test("a full disk acknowledges nothing, and the same batch goes in when there is room")
    func full() throws {
        let writer = try writer()
        _ = try writer.commit(batch([message(1)]), synced: true)
        var next = batch([message(2, topic: "new"), message(3)])
        next.publications = [publication("out")]
        next.decisions = [decision("d", of: 2)]
        next.checkpoint = checkpoint(3, bytes: [UInt8](repeating: 1, count: 50_000))
        for left in [0, 1, 5, 12] {
            disk.change { ($0.writeFault, $0.writesLeft) = (SQLITE_FULL, left) }
            #expect(throws: CommitError.diskFull) { try writer.commit(next, synced: true) }
            disk.change { $0.writeFault = nil }
            #expect(writer.lastEvent?.sequence == 1)
            #expect(writer.outboxDepth == 0)
            #expect(try writer.events().count == 1)
            #expect(try writer.checkpoints().isEmpty)
            #expect(try scratch.crashedCopy().writer().lastEvent?.sequence == 1)
        }
        let given = try writer.commit(next, synced: true).firstOutboxID
        #expect(try writer.events().map(\.sequence) == [1, 2, 3])
        #expect(try writer.outbox(after: 0, limit: 9).map(\.id) == [given])
        let crashed = try scratch.crashedCopy().writer()
        #expect(try crashed.events() == writer.events())
    }

    @Test("a failed sync acknowledges nothing, and the next commit writes the log once more")
    func failedSync() throws {
        let writer = try writer()
        _ = try writer.commit(batch([message(1)]), synced: true)
        _ = try writer.commit(batch([message(2)]), synced: false)
        disk.change { $0.syncFault = SQLITE_IOERR | 4 << 8 }
        for _ in 0..<2 {
            let error = #expect(throws: CommitError.self) {
                try writer.commit(batch([message(3)]), synced: true)
            }
            guard case .io = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(writer.lastEvent?.sequence == 2)
        }
        disk.change { $0.syncFault = nil }
        let before = disk.syncs(of: .database)
        _ = try writer.commit(batch([message(3)]), synced: true)
        // All of the log went into the file and was synced there, before anything new was written.
        #expect(disk.syncs(of: .database) > before)
        #expect(try writer.events().map(\.sequence) == [1, 2, 3])
        #expect(try scratch.crashedCopy().writer().events().count == 3)
    }

    @Test("the disk refuses to open: full, or failing")
    func open() throws {
        disk.change { $0.writeFault = SQLITE_FULL }
        #expect(throws: OpenError.diskFull) { try writer() }
        disk.change { $0.writeFault = SQLITE_IOERR | 3 << 8 }
        let error = #expect(throws: OpenError.self) { try writer() }
        guard case .io = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        disk.change { $0.writeFault = nil }
        _ = try writer().commit(batch([message(1)]), synced: true)
    }

    @Test("the log is copied into the file when maintain is called and it is long enough")
    func maintain() throws {
        let writer = try writer()
        #expect(try writer.maintain() == false)
        let payload = [UInt8](repeating: 1, count: 4_000)
        let before = disk.syncs(of: .database)
        try writer.fill(1...5_000, payload: payload)
        #expect(disk.syncs(of: .database) == before)
        #expect(try writer.maintain())
        #expect(disk.syncs(of: .database) > before)
        #expect(try writer.maintain() == false)
        let size = scratch.size("-wal")
        try writer.fill(5_001...9_000, payload: payload)
        // The log began anew in the same file.
        #expect(scratch.size("-wal") == size)
        disk.change { $0.syncFault = SQLITE_IOERR | 4 << 8 }
        try writer.fill(9_001...10_000, payload: payload)
        #expect(throws: CommitError.self) { try writer.maintain() }
        disk.change { $0.syncFault = nil }
        #expect(try writer.events().count == 10_000)
    }

    @Test("a commit bounds the log itself where maintain is never called")
    func boundedLog() throws {
        let writer = try writer(.process)
        let payload = [UInt8](repeating: 1, count: 1 << 20)
        let before = disk.syncs(of: .database)
        try writer.fill(1...200, payload: payload, burst: 4)
        #expect(disk.syncs(of: .database) > before)
        #expect(scratch.size("-wal") < (Limits.walPagesMax + 1_100) * 4_200)
    }

    @Test("another program's lock fails a commit, and only as long as it is held")
    func busy() throws {
        let writer = try writer()
        let other = try Connection(path: scratch.path, vfs: nil)
        try other.execute("BEGIN IMMEDIATE")
        let error = #expect(throws: CommitError.self) {
            try writer.commit(batch([message(1)]), synced: true)
        }
        guard case .busy = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try other.execute("ROLLBACK")
        _ = try writer.commit(batch([message(1)]), synced: true)
        #expect(try writer.events().count == 1)
    }

    @Test("a closed store is one file, and says that it was closed")
    func close() throws {
        let writer = try writer()
        _ = try writer.commit(batch([message(1)]), synced: true)
        #expect(try StoreReader(path: scratch.path).status().isClosed == false)
        try writer.close()
        #expect(scratch.size("-wal") <= 0)
        #expect(try StoreReader(path: scratch.path).status().isClosed)
        #expect(try self.writer().events().count == 1)
    }

    @Test("a store that cannot be closed cleanly is whole at the next start")
    func failedClose() throws {
        let writer = try writer()
        _ = try writer.commit(batch([message(1)]), synced: true)
        disk.change { $0.syncFault = SQLITE_IOERR | 4 << 8 }
        #expect(throws: CommitError.self) { try writer.close() }
        disk.change { $0.syncFault = nil }
        #expect(try self.writer().events().count == 1)
    }

    @Test(
        "a disk that really is full acknowledges nothing and goes on when there is room",
        .enabled(if: SmallDisk.isPossible, "mounting a tmpfs needs root"))
    func realDisk() throws {
        let small = try SmallDisk(scratch.directory + "/small", kibibytes: 560)
        let path = small.directory + "/store.db"
        let ballast = small.directory + "/ballast"
        let writer = try StoreWriter(path: path)
        _ = try writer.commit(batch([message(1)]), synced: true)
        try Data(count: 100 << 10).write(to: URL(fileURLWithPath: ballast))
        let payload = [UInt8](repeating: 1, count: 100_000)
        var next: EventSequence = 2
        #expect(throws: CommitError.diskFull) {
            while next < 20 {
                _ = try writer.commit(batch([message(next, payload: payload)]), synced: true)
                next += 1
            }
        }
        #expect(try writer.events().count == Int(next) - 1)
        try FileManager.default.removeItem(atPath: ballast)
        _ = try writer.commit(batch([message(next, payload: payload)]), synced: true)
        #expect(try writer.events().count == Int(next))
    }
}
