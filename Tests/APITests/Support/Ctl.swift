import Foundation

/// The built `jameyctl`, run as a person or a script runs it.
enum Ctl {
    /// What a run that has ended leaves.
    struct Ended: Sendable {
        var code: Int32
        var output: String
        var errors: String

        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// Beside the tests, unless the environment names another directory.
    private static let path: String = {
        let tests = (CommandLine.arguments[0] as NSString).deletingLastPathComponent
        return (ProcessInfo.processInfo.environment["JAMEY_BIN"] ?? tests) + "/jameyctl"
    }()

    /// Waits on a thread of its own: those that tests and handlers share are few.
    static func run(_ arguments: [String]) async -> Ended {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Self.wait(arguments)) }
        }
    }

    private static func wait(_ arguments: [String]) -> Ended {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        do { try process.run() } catch { return Ended(code: -1, output: "", errors: "\(error)") }
        // What goes to standard error fits into its pipe.
        let told = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Ended(
            code: process.terminationStatus, output: String(decoding: told, as: UTF8.self),
            errors: String(decoding: complaint, as: UTF8.self))
    }
}
