import Core
import Foundation

/// A run of jameyctl beside the daemon of a scenario.
struct Tool {
    var end: ChildProcess.End?
    /// Standard output and standard error.
    var output: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
    /// The output as JSON objects, one a line.
    var objects: [JSONValue] { lines.compactMap { try? JSONScanner.scan(Array($0.utf8)) } }
}

extension Scenario {
    /// Runs jameyctl at the agent's store, while the clients live on.
    func tool(_ arguments: String...) throws -> Tool {
        try command(arguments + ["--database", site.store])
    }

    /// Runs jameyctl, while the clients live on.
    func command(_ arguments: [String]) throws -> Tool {
        let log = site.directory.path + "/tool-\(UUID().uuidString)"
        let command = try ChildProcess(
            [Site.jameyctl] + arguments, environment: ProcessInfo.processInfo.environment,
            log: log)
        try stage.wait("the command \(arguments)", seconds: 60) { !command.isRunning }
        return Tool(
            end: command.poll(),
            output: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
    }
}
