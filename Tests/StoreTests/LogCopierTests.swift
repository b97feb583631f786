import Core
import Foundation
import GRDBSQLite
import TestSupport
import Testing

@testable import Store

@Suite("The write-ahead log is copied beside the loop")
struct LogCopierTests {
    let scratch: Scratch
    let disk = FaultVFS()
    private let payload = [UInt8](repeating: 1, count: 4_000)

    init() throws { scratch = try Scratch() }

    private func writer() throws(OpenError) -> StoreWriter {
        try scratch.writer(.power, options: StoreOptions(copiesBeside: true, vfs: disk.name))
    }

    /// Until the copy that is at work has ended, and with it what the loop does then.
    private func awaitEnd(_ writer: StoreWriter) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while writer.copier?.isBusy == true {
            _ = try writer.maintain()
            try #require(ContinuousClock.now < deadline, "the copy does not end")
        }
    }

    @Test("maintain begins a copy and goes on; once it has ended the log begins anew")
    func copies() throws {
        let writer = try writer()
        try writer.fill(1...5_000, payload: payload)
        let before = disk.syncs(of: .database)
        #expect(try writer.maintain() == false)
        #expect(writer.copier?.isBusy == true)
        // Commits go on beside it.
        try writer.fill(5_001...5_020, payload: payload)
        try awaitEnd(writer)
        #expect(disk.syncs(of: .database) > before)
        let size = scratch.size("-wal")
        try writer.fill(5_021...9_000, payload: payload)
        #expect(scratch.size("-wal") == size)
        #expect(try writer.events().map(\.sequence) == Array(1...9_000))
        let crashed = try scratch.crashedCopy().writer()
        #expect(try crashed.events() == writer.events())
    }

    @Test("more than a rest that came in meanwhile is left to another copy")
    func rounds() throws {
        let writer = try writer()
        try writer.fill(1...5_000, payload: payload)
        _ = try writer.maintain()
        try writer.fill(5_001...6_000, payload: payload)
        // The first copy ends, and the next call finds a thousand pages more.
        var turns = 0
        while writer.copiedPages < 6_000, turns < 10_000_000 {
            _ = try writer.maintain()
            turns += 1
        }
        #expect(writer.copier?.isBusy == true)
        try awaitEnd(writer)
        let size = scratch.size("-wal")
        try writer.fill(6_001...6_500, payload: payload)
        #expect(scratch.size("-wal") == size)
    }

    @Test("a copy that fails is told, loses nothing, and is made again")
    func fault() throws {
        let writer = try writer()
        try writer.fill(1...5_000, payload: payload)
        disk.failSyncs()
        _ = try writer.maintain()
        let error = #expect(throws: CommitError.self) { try awaitEnd(writer) }
        guard case .io = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(writer.copier?.isBusy == false)
        disk.heal()
        let before = disk.syncs(of: .database)
        try writer.fill(5_001...10_000, payload: payload)
        _ = try writer.maintain()
        try awaitEnd(writer)
        #expect(disk.syncs(of: .database) > before)
        #expect(try writer.events().count == 10_000)
        #expect(try scratch.crashedCopy().writer().events().count == 10_000)
    }

    @Test("closing waits for the copy and leaves no log behind")
    func closing() throws {
        let writer = try writer()
        try writer.fill(1...5_000, payload: payload)
        _ = try writer.maintain()
        try writer.close()
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "-wal"))
        #expect(try scratch.writer().events().count == 5_000)
    }

    @Test("a crash while a copy is at work loses nothing")
    func crash() throws {
        let writer = try writer()
        try writer.fill(1...5_000, payload: payload)
        _ = try writer.maintain()
        let crashed = try scratch.crashedCopy().writer()
        #expect(try crashed.events().count == 5_000)
    }

    @Test("a failed sync of a commit writes the whole log again, though a copy is at work")
    func suspicion() throws {
        let writer = try writer()
        try writer.fill(1...5_000, payload: payload)
        disk.failSyncs()
        #expect(throws: CommitError.self) {
            try writer.commit(batch([message(5_001)]), synced: true)
        }
        disk.heal()
        _ = try writer.maintain()
        _ = try writer.commit(batch([message(5_001)]), synced: true)
        #expect(try writer.events().count == 5_001)
    }
}
