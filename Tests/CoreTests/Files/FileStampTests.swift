import Core
import Foundation
import Testing

@Suite("Stamps of files")
struct FileStampTests {
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("jamey-stamp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    private func write(_ text: String, to name: String) throws -> String {
        let file = directory.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    @Test("a file that is replaced, grows or is gone has another stamp, one that is left has not")
    func changes() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = try write("one", to: "a")
        let first = try #require(FileStamp(path))
        #expect(FileStamp(path) == first)
        let other = try write("two", to: "b")
        // Another file of the same size, in one step.
        try #require(rename(other, path) == 0)
        let second = try #require(FileStamp(path))
        #expect(second != first)
        _ = try write("three", to: "a")
        #expect(FileStamp(path) != second)
        try FileManager.default.removeItem(atPath: path)
        #expect(FileStamp(path) == nil)
    }

    @Test("a link is what it leads to")
    func links() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let (old, new) = (try write("old", to: "old"), try write("new", to: "new"))
        let link = directory.appendingPathComponent("link").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: old)
        let before = try #require(FileStamp(link))
        #expect(before == FileStamp(old))
        try FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: new)
        #expect(FileStamp(link) != before && FileStamp(link) == FileStamp(new))
    }
}
