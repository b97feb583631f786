import ArgumentParser
import Glibc
import Store

/// How a command ends before it is through: what to tell, and the code to exit with.
struct Ending: Error, Equatable {
    var code: Int32
    /// For standard error; nil where nothing is to be said.
    var text: String?
    /// Where the store is the reason: a follower goes on after some of them.
    var cause: ReadError?
    /// Whoever asked the agent is told the same again, however long he waits.
    var isLasting = false

    /// The reader of our output has enough, or a signal asked for the end.
    static let quiet = Ending(code: 0)

    /// Something went wrong that no file of a person's is the place of.
    static func failure(_ code: Int32, _ text: String) -> Ending {
        Ending(code: code, text: "jameyctl: " + text)
    }
}

/// Exit codes by sysexits.h.
enum Exit {
    static let noValue: Int32 = 1
    static let data: Int32 = 65
    static let noInput: Int32 = 66
    static let io: Int32 = 74
    static let tryAgain: Int32 = 75
    static let permission: Int32 = 77
}

extension Ending {
    /// The store cannot be read.
    init(_ error: ReadError) {
        var advice = ""
        switch error {
        case .noSuchFile:
            code = Exit.noInput
            advice = "; name it with --database, or start the agent, which makes it"
        case .notADatabase:
            code = Exit.data
            advice = "; name another with --database"
        case .newerVersion, .olderVersion, .corrupt: code = Exit.data
        case .permission: code = Exit.permission
        case .busy: code = Exit.tryAgain
        case .io: code = Exit.io
        }
        text = "jameyctl: " + error.description + advice
        cause = error
    }
}

/// A command that can end early.
protocol EndingCommand: ParsableCommand {
    func perform() throws(Ending)
}

extension EndingCommand {
    func run() throws {
        do throws(Ending) {
            try perform()
        } catch {
            if let text = error.text { StandardError.write(text) }
            if error.code != 0 { throw ExitCode(error.code) }
        }
    }
}

/// Where errors and notices go.
enum StandardError {
    /// Names of devices and the words of other programs are in it: it is made fit for a terminal.
    static func write(_ text: String) {
        let bytes = Array((text.printableLines + "\n").utf8)
        // There is nobody to tell when this fails.
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
