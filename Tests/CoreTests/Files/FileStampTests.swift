import Core
import Foundation
import Glibc
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

    @Test("other permissions are another stamp, though content and times of writing stay")
    func permissions() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = try write("one", to: "a")
        try #require(chmod(path, 0o644) == 0)
        let open = try #require(FileStamp(path))
        try #require(chmod(path, 0o600) == 0)
        #expect(FileStamp(path) != open)
    }

    @Test("a file that is written over and dated back has another stamp")
    func datedBack() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = try write("one", to: "a")
        var status = stat()
        try #require(stat(path, &status) == 0)
        let first = try #require(FileStamp(path))
        // The kernel's clock for files turns in steps, of milliseconds.
        let end = ContinuousClock.now + .seconds(30)
        repeat {
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            try handle.write(contentsOf: Data("two".utf8))
            try handle.close()
            let code = utimensat(AT_FDCWD, path, [status.st_atim, status.st_mtim], 0)
            try #require(code == 0)
        } while FileStamp(path) == first && ContinuousClock.now < end
        #expect(FileStamp(path) != first)
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
