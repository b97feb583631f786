import Core
import Foundation
import Testing

@Suite("Room on a disk")
final class DiskSpaceTests {
    private let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/jamey-space-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @Test("the room of a real file system is told, and that there is none")
    func space() throws {
        let space = try #require(DiskSpace(path: path))
        #expect(space.freeBytes > 0 && space.sizeBytes >= space.freeBytes && !space.isReadOnly)
        #expect(DiskSpace(path: path + "/none") == nil)
    }

    @Test("a store is its file and the log beside it, whichever are there")
    func store() throws {
        let store = path + "/jamey.db"
        #expect(DiskSpace.bytes(ofStore: store) == 0)
        try Data(count: 5).write(to: URL(fileURLWithPath: store))
        #expect(DiskSpace.bytes(ofStore: store) == 5)
        try Data(count: 7).write(to: URL(fileURLWithPath: store + "-wal"))
        #expect(DiskSpace.bytes(ofStore: store) == 12)
    }
}
