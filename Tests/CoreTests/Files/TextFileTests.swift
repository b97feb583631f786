import Foundation
import Testing

@testable import Core

@Suite("Text files and directories")
final class TextFileTests {
    private let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/jamey-files-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    private func list(filesMax: Int = 10) throws(TextDirectoryError) -> [TextDirectory.File] {
        try TextDirectory.read(
            path, suffixes: [".yaml", ".yml"], filesMax: filesMax, bytesMax: 100)
    }

    private func failure(_ path: String, bytesMax: Int = 100) -> TextFileError? {
        do throws(TextFileError) {
            _ = try TextFile.read(path, bytesMax: bytesMax)
            return nil
        } catch {
            #expect(!error.description.isEmpty)
            return error
        }
    }

    private func failure(ofDirectory path: String, filesMax: Int = 10) -> TextDirectoryError? {
        do throws(TextDirectoryError) {
            _ = try TextDirectory.read(path, suffixes: [""], filesMax: filesMax, bytesMax: 100)
            return nil
        } catch {
            #expect(!error.description.isEmpty)
            return error
        }
    }

    @Test("a text within its bound is read whole; at one byte more it is refused")
    func bound() throws {
        try write("a", Array("Grüße".utf8))
        #expect(try TextFile.read(path + "/a", bytesMax: 7) == "Grüße")
        #expect(failure(path + "/a", bytesMax: 6) == .tooLarge(bytesMax: 6))
    }

    @Test("what is no text file says why it is not read")
    func refusals() throws {
        try write("latin", [0x47, 0xFC])
        #expect(failure(path + "/latin") == .notUTF8)
        #expect(failure(path) == .notRegular)
        mkfifo(path + "/pipe", 0o600)
        #expect(failure(path + "/pipe") == .notRegular)
        #expect(failure(path + "/none") == .cannotOpen("No such file or directory"))
        #expect(failure("a\0b") == .cannotOpen("the path holds a zero byte"))
        // Opening it succeeds, reading at its start does not.
        #expect(failure("/proc/self/mem") == .cannotRead("Input/output error"))
        #expect(throws: TextFileError.refused("too public")) {
            try TextFile.readBytes(self.path + "/latin", bytesMax: 100) { _ in "too public" }
        }
    }

    @Test("a pipe is read to its end")
    func pipe() throws {
        let pipe = Pipe()
        let sent = [UInt8](repeating: 7, count: 50_000)
        try pipe.fileHandleForWriting.write(contentsOf: Data(sent))
        try pipe.fileHandleForWriting.close()
        let read = try TextFile.readAll(
            pipe.fileHandleForReading.fileDescriptor, bytesMax: 50_000)
        #expect(read == sent)
    }

    @Test("a directory's files come in the order of their names, by bytes, unless hidden")
    func order() throws {
        for name in ["b.yaml", "a.yml", "B.yaml", ".c.yaml", "notes.txt", "d.yaml~"] {
            try write(name, Array(name.utf8))
        }
        symlink(path + "/b.yaml", path + "/aa.yaml")
        let files = try list()
        #expect(files.map(\.name) == ["B.yaml", "a.yml", "aa.yaml", "b.yaml"])
        #expect(try files.map { try $0.text.get() } == ["B.yaml", "a.yml", "b.yaml", "b.yaml"])
    }

    @Test("a file that cannot be read does not hide the others")
    func unreadable() throws {
        try write("1.yaml", [0xFF])
        try write("2.yaml", [0x61])
        let files = try list()
        #expect(files.map(\.text) == [.failure(.notUTF8), .success("a")])
    }

    @Test("what is no directory, or holds too much, says so")
    func noDirectory() throws {
        #expect(failure(ofDirectory: path + "/none") == .doesNotExist)
        #expect(failure(ofDirectory: "a\0b") == .cannotOpen("the path holds a zero byte"))
        for name in ["1", "2", "3"] { try write(name, []) }
        #expect(failure(ofDirectory: path + "/1") == .cannotOpen("Not a directory"))
        #expect(failure(ofDirectory: path, filesMax: 3) == nil)
        #expect(failure(ofDirectory: path, filesMax: 2) == .tooManyFiles(count: 3, max: 2))
    }
}
