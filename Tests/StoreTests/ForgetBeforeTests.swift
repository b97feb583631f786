import Core
import TestSupport
import Testing

@testable import Store

@Suite("Forgetting old memories, slice by slice")
struct ForgetBeforeTests {
    private let scratch: Scratch
    private let slice = Limits.forgetSliceRows

    init() throws { scratch = try Scratch() }

    private func change(_ layer: Memory.Layer?, alsoPinned: Bool = false) -> MemoryChange {
        .forgetBefore(.latest, layer: layer, alsoPinned: alsoPinned)
    }

    @Test("those of a layer are found without a look at those of another before them")
    func layers() throws {
        func steps(behind facts: Int) throws -> Int {
            let scratch = try Scratch()
            let writer = try scratch.writer()
            try writer.remember(
                (0..<facts).map { memory(1, "fact \($0)", layer: .semantic) }
                    + (1...slice).map { memory(1, "repair \($0)") })
            var changed: [Int] = []
            let steps = try writer.steps { changed = try writer.change([change(.episodic)]) }
            #expect(changed == [slice])
            #expect(try writer.change([change(.episodic)]) == [0])
            let reader = try StoreReader(path: scratch.path)
            #expect(try reader.memoryCounts().total == facts)
            #expect(try reader.check() == [])
            return steps
        }
        let few = try steps(behind: 1)
        let many = try steps(behind: 10_000)
        #expect(few > 0 && many < 2 * few, "\(few) steps behind one fact, \(many) behind 10,000")
    }

    @Test("a slice begins where the last one ended, and what was unpinned is looked at again")
    func places() throws {
        let writer = try scratch.writer()
        let pinned = MemoryID(2 * slice)
        try writer.remember((1...4 * slice).map { memory(1, "repair \($0)") })
        try scratch.execute("UPDATE memory SET pinned = 1 WHERE id <= \(pinned)")
        #expect(try writer.change([change(nil)]) == [slice])
        #expect(writer.state.forgetPass?.place == pinned + MemoryID(slice))
        #expect(try writer.change([change(nil)]) == [slice])
        #expect(writer.state.forgetPass?.place == pinned + MemoryID(2 * slice))
        #expect(try writer.change([change(nil), .pin(7, false), change(nil)]) == [0, 1, 1])
        // Another request begins with the first one, and so does another writer.
        #expect(try writer.change([change(nil, alsoPinned: true)]) == [slice])
        try writer.close()
        let next = try scratch.writer()
        #expect(next.state.forgetPass == nil)
        #expect(try next.change([change(nil, alsoPinned: true)]) == [slice - 1])
        #expect(try StoreReader(path: scratch.path).memoryCounts().total == 0)
    }

    @Test("a slice that fails is not passed over")
    func failure() throws {
        let disk = FaultVFS()
        let writer = try scratch.writer(.power, options: StoreOptions(vfs: disk.name))
        try writer.remember((1...2 * slice).map { memory(1, "repair \($0)") })
        disk.fill()
        #expect(throws: CommitError.diskFull) { try writer.change([change(nil)]) }
        disk.heal()
        #expect(writer.state.forgetPass == nil)
        #expect(try writer.change([change(nil), change(nil)]) == [slice, slice])
    }
}
