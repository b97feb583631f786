import Core
import Foundation
import Glibc

/// The built command, run as a person or a script runs it.
final class Command {
    /// What a run that has ended leaves.
    struct Result {
        /// The exit code; 128 and the number where a signal ended it.
        var code: Int32
        var output: String
        var errors: String

        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// Beside the tests, unless the environment names another directory.
    static let path: String = {
        let tests = (CommandLine.arguments[0] as NSString).deletingLastPathComponent
        return (ProcessInfo.processInfo.environment["JAMEY_BIN"] ?? tests) + "/jameyctl"
    }()

    private let files: Scratch
    private let process: pid_t
    private var isCollected = false

    /// Starts a program; `jameyctl` unless another is named.
    /// - Parameters:
    ///   - output: Where its output goes; nil keeps it for `wait`.
    ///   - errors: Likewise.
    ///   - environment: nil for that of the tests.
    init(
        _ arguments: [String], program: String = Command.path, input: String = "",
        output: String? = nil, errors: String? = nil, environment: [String: String]? = nil
    ) throws {
        files = try Scratch()
        try files.write("in", input)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let create = O_WRONLY | O_CREAT | O_APPEND
        let target = output ?? files.directory + "/out"
        let complaints = errors ?? files.directory + "/err"
        posix_spawn_file_actions_addopen(&actions, 0, files.directory + "/in", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, target, create, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, complaints, create, 0o600)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        words.append(nil)
        let variables = environment ?? ProcessInfo.processInfo.environment
        var settings: [UnsafeMutablePointer<CChar>?] = variables.map { name, value in
            strdup("\(name)=\(value)")
        }
        defer { for setting in settings { free(setting) } }
        settings.append(nil)
        // Threads of the tests block signals, which a program that was started by hand does not.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid: pid_t = 0
        let code = posix_spawn(&pid, program, &actions, &attributes, words, settings)
        guard code == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: code) ?? .ENOENT)
        }
        process = pid
    }

    deinit {
        if isCollected { return }
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    static func run(_ arguments: String..., input: String = "") throws -> Result {
        try Command(arguments, input: input).wait()
    }

    /// What it has written so far.
    var output: String { text("out") }
    var errors: String { text("err") }

    func send(_ signal: Int32) { kill(process, signal) }

    /// Waits for the end; kills what does not end within a minute.
    func wait() -> Result {
        var status: Int32 = 0
        let ended = awaits { waitpid(self.process, &status, WNOHANG) == self.process }
        if !ended {
            kill(process, SIGKILL)
            waitpid(process, &status, 0)
        }
        isCollected = true
        let signal = status & 0x7f
        return Result(
            code: signal == 0 ? status >> 8 & 0xff : 128 + signal, output: output, errors: errors)
    }

    private func text(_ name: String) -> String {
        let data = FileManager.default.contents(atPath: files.directory + "/" + name) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}

/// Whether a condition comes true within a minute.
func awaits(_ condition: () -> Bool) -> Bool {
    let start = SystemTime().monotonic()
    while !condition() {
        if SystemTime().monotonic() - start > .seconds(60) { return false }
        // Between two looks; there is nothing to be woken by.
        poll(nil, 0, 5)
    }
    return true
}
