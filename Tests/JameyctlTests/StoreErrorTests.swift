import Core
import Glibc
import Store
import Testing

@testable import jameyctl

@Suite("Stores that cannot be read")
struct StoreErrorTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("every reason has its exit code and says what to do")
    func endings() {
        let all: [(ReadError, Int32)] = [
            (.noSuchFile("a.db"), 66), (.notADatabase("x"), 65), (.corrupt("x"), 65),
            (.newerVersion(found: 9, supported: 2), 65), (.olderVersion(found: 1, required: 2), 65),
            (.permission("x"), 77), (.busy("x"), 75), (.io("x"), 74),
        ]
        for (error, code) in all {
            let ending = Ending(error)
            #expect(ending.code == code)
            #expect(ending.cause == error)
            #expect(ending.text?.hasPrefix("jameyctl: \(error)") == true)
        }
    }

    private func expect(
        _ code: Int32, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for command in [["decisions"], ["log", "export"]] {
            let result = try Command(command + ["--database", scratch.store]).wait()
            #expect(result.code == code, "\(result)", sourceLocation: sourceLocation)
            #expect(result.output.isEmpty, sourceLocation: sourceLocation)
            #expect(result.errors.hasPrefix("jameyctl: "), sourceLocation: sourceLocation)
            for word in words {
                #expect(
                    result.errors.contains(word), "\(result)", sourceLocation: sourceLocation)
            }
        }
    }

    @Test("no store, a file of another kind, and stores of other builds are told apart")
    func files() throws {
        try expect(66, "there is no store at \(scratch.store)", "--database")
        try scratch.write("jamey.db", "hello")
        try expect(65, "not a store of jamey", "--database")
        unlink(scratch.store)
        try scratch.writer().close()
        // The schema's version in the header of the file (SQLite's file format, section 1.3).
        var bytes = try TextFile.readBytes(scratch.store, bytesMax: 1 << 20) { _ in nil }
        bytes[63] += 1
        try scratch.write("jamey.db", bytes)
        try expect(65, "use the newer one")
        bytes[63] -= 2
        try scratch.write("jamey.db", bytes)
        try expect(65, "start the daemon once")
    }

    @Test("a follower bears a store that is being made, for some time only")
    func patience() throws {
        try scratch.write("jamey.db", "")
        let output = open(scratch.directory + "/out", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(output) }
        let feed = DecisionFeed(
            DecisionSelection(limit: 1), isJSON: true, output: LineOutput(descriptor: output))
        let started = SystemTime().monotonic()
        for patience in [Duration.zero, .milliseconds(300)] {
            var follower = DecisionFollower(path: scratch.store, feed: feed, patience: patience)
            do throws(Ending) {
                try follower.run()
                Issue.record("it gave up without a word")
            } catch {
                #expect(error.code == 65 && error.text?.contains("not a store of jamey") == true)
                #expect(SystemTime().monotonic() - started >= patience)
            }
        }
    }

    @Test("a follower does not wait where waiting cannot help")
    func hopeless() throws {
        try scratch.writer().close()
        var bytes = try TextFile.readBytes(scratch.store, bytesMax: 1 << 20) { _ in nil }
        bytes[63] += 1
        try scratch.write("jamey.db", bytes)
        let result = try Command.run("decisions", "--follow", "--database", scratch.store)
        #expect(result.code == 65 && result.errors.contains("use the newer one"))
    }
}
