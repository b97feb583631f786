import ArgumentParser
import Foundation
import Testing

@testable import jameyctl

@Suite("docs/commands.md")
struct CommandsDocumentationTests {
    /// `["audit", "verify"]` and all others that do something.
    private static func commands(
        of type: any ParsableCommand.Type, at path: [String] = []
    ) -> [[String]] {
        let inner = type.configuration.subcommands
        guard !inner.isEmpty else { return [path] }
        return inner.flatMap { command in
            commands(of: command, at: path + [command.configuration.commandName ?? ""])
        }
    }

    @Test("it names every command")
    func complete() throws {
        // Tests/JameyctlTests/CommandsDocumentationTests.swift.
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let page = try String(contentsOfFile: "/\(root)/docs/commands.md", encoding: .utf8)
        let commands = Self.commands(of: Jameyctl.self).map {
            (["jameyctl"] + $0).joined(separator: " ")
        }
        #expect(commands.contains("jameyctl keys create"))
        for command in commands {
            #expect(page.contains("`\(command)"), "\(command) is missing")
        }
    }
}
