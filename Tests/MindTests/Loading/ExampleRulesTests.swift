import Glibc
import Testing

@testable import Mind

@Suite("The example rules")
struct ExampleRulesTests {
    @Test("every file of etc/jamey/rules.d loads, alone and with the others")
    func load() throws {
        let files = try exampleFiles()
        #expect(files.map(\.name) == ["10-press.yaml", "20-pump.yaml"])
        for file in files { #expect(complaints(files: [file]) == []) }
        let set = try RuleSetLoader.load(files)
        #expect(set.routes.count == 5)
        #expect(set.rules.contains { $0.name == "rig-flow" })
    }

    private func exampleFiles() throws -> [RuleFile] {
        // Tests/MindTests/Loading/ExampleRulesTests.swift stands four levels below the project.
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let path = "/\(root)/etc/jamey/rules.d"
        let directory = try #require(opendir(path))
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".yaml") { names.append(name) }
        }
        return try names.sorted().map { name in
            RuleFile(name: name, text: try text(of: path + "/" + name))
        }
    }

    private func text(of path: String) throws -> String {
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
            bytes += buffer[..<count]
        }
        return try #require(String(validating: bytes, as: UTF8.self))
    }
}
