import CEL
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

    @Test("their routes alone are those that they have when they are loaded")
    func routes() throws {
        let files = try exampleFiles()
        for part in [files] + files.map({ [$0] }) {
            let set = try RuleSetLoader.load(part)
            let alone = try RuleSetLoader.routes(of: part)
            #expect(alone.map(\.wholeText) == set.routes.map(\.wholeText))
        }
    }

    @Test(
        "a rig is started in health, and not without flow or below its calibration",
        arguments: [
            ("valve1-0", 32.0, 79.0, []), ("valve1-0", 31.0, 79.0, ["rig-flow"]),
            ("valve1-0", 32.0, 75.0, ["rig-cold"]), ("valve1-1", 32.0, 75.0, []),
            ("valve1-1", 30.0, 75.0, ["rig-flow"]),
        ] as [(String, Double, Double, [String])])
    func rig(device: String, flow: Double, temperature: Double, expected: [String]) throws {
        let set = try RuleSetLoader.load(try exampleFiles())
        let last = try map([
            ("volume_flow_rate_rms", .double(flow)), ("temperature", .double(temperature)),
        ])
        let params = try map([("device", .string(device)), ("verb", .string("start"))])
        var hits: [String] = []
        for rule in set.rules where rule.name.hasPrefix("rig-") && rule.stance == .oppose {
            var values: [String: Value] = ["params": params, "device.last": last]
            for variable in rule.variables {
                values["variables.\(variable.name)"] = try variable.expression.evaluate(
                    DictionaryActivation(values))
            }
            let scene = DictionaryActivation(values)
            guard try rule.when.evaluate(scene) == .bool(true) else { continue }
            hits.append(rule.name)
            guard case .string(let text)? = try rule.message?.evaluate(scene) else {
                Issue.record("no message")
                continue
            }
            #expect(text.contains(device))
        }
        #expect(hits == expected)
    }

    private func map(_ entries: [(String, Value)]) throws -> Value {
        .map(try #require(MapValue(entries.map { (Value.string($0.0), $0.1) })))
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
