import Core
import Foundation
import Testing

@Suite("What tells one content of a file from the next")
final class FileStampTests {
    private let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/jamey-stamp-\(UUID().uuidString)"
        try write("first")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func write(_ text: String, atomically: Bool = false) throws {
        try Data(text.utf8).write(
            to: URL(fileURLWithPath: path), options: atomically ? .atomic : [])
    }

    @Test("another length, another file of the name and none are told apart")
    func stamps() throws {
        let first = try #require(FileStamp(path))
        #expect(FileStamp(path) == first)
        try write("longer")
        let second = FileStamp(path)
        #expect(second != first && second != nil)
        try write("langer", atomically: true)
        #expect(FileStamp(path) != second)
        try FileManager.default.removeItem(atPath: path)
        #expect(FileStamp(path) == nil)
    }
}
