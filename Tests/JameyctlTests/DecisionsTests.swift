import Core
import Glibc
import Store
import Testing

@testable import jameyctl

@Suite("jameyctl decisions")
struct DecisionsTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// The rules of the decisions that a run shows, by their numbers.
    private func numbers(_ options: String...) throws -> [Int] {
        let all = ["decisions", "--database", scratch.store] + options
        let result = try Command(all).wait()
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
        return Self.numbers(result.lines)
    }

    private static func numbers(_ lines: [String]) -> [Int] {
        lines.compactMap { line in
            line.firstRange(of: "rule-").flatMap {
                Int(line[$0.upperBound...].prefix(while: \.isNumber))
            }
        }
    }

    @Test("the newest stand last, whoever holds the store, with their kind, entity and number")
    func shown() throws {
        let writer = try scratch.writer()
        #expect(try numbers() == [])
        var all = (1...60).map { decision($0) }
        all[57] = decision(58, kind: .alert)
        all[58] = decision(59, entity: "press-8")
        try writer.commit(decisions: all)
        #expect(try numbers() == Array(11...60))
        #expect(try numbers("--limit", "3") == [58, 59, 60])
        #expect(try numbers("-n", "0") == [])
        #expect(try numbers("--kind", "alert") == [58])
        #expect(try numbers("--kind", "verdict", "-n", "2") == [59, 60])
        #expect(try numbers("--entity", "press-8") == [59])
        #expect(try numbers("--entity", "none") == [])
        try writer.close()
        #expect(try numbers("--limit", "1") == [60])
    }

    @Test("--since shows all of a time, however many, and --limit the newest of them")
    func since() throws {
        let now = SystemTime().now()
        let count = Limits.decisionsPageRows * 2 + 10
        let all = (1...count).map { number in
            decision(
                number, entity: number % 2 == 0 ? "even" : "odd",
                at: number <= 10 ? now + .seconds(-7_260) : now + .seconds(-60))
        }
        try scratch.writer().commit(decisions: all)
        #expect(try numbers("--since", "2h") == Array(11...count))
        #expect(try numbers("--since", "3h") == Array(1...count))
        #expect(try numbers("--since", "30s") == [])
        #expect(try numbers("--since", "2h", "-n", "2") == [count - 1, count])
        #expect(try numbers("--since", "2h", "-n", "1000", "--entity", "even").first == 12)
        #expect(try numbers("--since", "2h", "--entity", "even").first == 12)
        let time = (now + .seconds(-60)).rfc3339(.microseconds)
        #expect(try numbers("--since", time).count == count - 10)
    }

    @Test("--json is what is stored, byte for byte, line by line")
    func json() throws {
        let all = (1...3).map { decision($0) }
        try scratch.writer().commit(decisions: all)
        let result = try Command.run("decisions", "--json", "--database", scratch.store)
        let stored = all.map { String(decoding: $0.json, as: UTF8.self) + "\n" }.joined()
        #expect(result.output == stored)
    }

    @Test("a follower waits for the store, shows what comes, and ends quietly with 0")
    func follow() throws {
        for signal in [SIGTERM, SIGINT] {
            let path = scratch.directory + "/\(signal).db"
            let command = try Command([
                "decisions", "--follow", "--kind", "alert", "--database", path,
            ])
            #expect(awaits { command.errors.contains("waiting for it") })
            let writer = try StoreWriter(path: path, durability: .process)
            try writer.commit(decisions: [decision(1, kind: .alert), decision(2)])
            #expect(awaits { Self.numbers(command.lines) == [1] })
            try writer.commit(decisions: [decision(3)])
            try writer.commit(decisions: (4...600).map { decision($0, kind: .alert) })
            #expect(awaits { Self.numbers(command.lines) == [1] + Array(4...600) })
            try writer.close()
            command.send(signal)
            let result = command.wait()
            #expect(result.code == 0)
            #expect(result.errors == "jameyctl: there is no store at \(path) yet: waiting for it\n")
        }
    }

    @Test("a follower goes on in the store that takes the place of the one before")
    func replaced() throws {
        try scratch.writer().commit(decisions: [decision(1), decision(2), decision(3)])
        let command = try Command(["decisions", "-f", "-n", "1", "--database", scratch.store])
        #expect(awaits { Self.numbers(command.lines) == [3] })
        let backup = try scratch.writer("backup.db")
        try backup.commit(decisions: [decision(2)])
        try backup.close()
        for suffix in ["", "-wal", "-shm"] { unlink(scratch.store + suffix) }
        #expect(rename(scratch.directory + "/backup.db", scratch.store) == 0)
        try scratch.writer().commit(decisions: [decision(4)])
        #expect(awaits { Self.numbers(command.lines) == [3, 4] })
        command.send(SIGTERM)
        #expect(command.wait().code == 0)
    }

    @Test("a follower whose reader has enough ends, though nothing new comes")
    func closedPipe() throws {
        try scratch.writer().commit(decisions: [decision(1)])
        let script =
            "\"$0\" decisions --follow --database \"$1\" | head -n 1; exit ${PIPESTATUS[0]}"
        let command = try Command(
            ["-c", script, Command.path, scratch.store], program: "/bin/bash")
        let result = command.wait()
        #expect(result.code == 0 && result.errors.isEmpty)
        #expect(result.lines.count == 1)
    }

    @Test("a follower that cannot write because nobody reads still obeys a signal")
    func blockedPipe() throws {
        let pipe = scratch.directory + "/pipe"
        mkfifo(pipe, 0o600)
        let reader = open(pipe, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        // Far more than a pipe holds.
        try scratch.writer().commit(decisions: (1...20_000).map { decision($0) })
        let command = try Command(
            ["decisions", "--follow", "--json", "-n", "10000", "--database", scratch.store],
            output: pipe)
        #expect(awaits { Self.isFull(reader) })
        command.send(SIGTERM)
        #expect(command.wait().code == 0)
    }

    @Test("so does one whose output was handed over as one that does not wait")
    func blockedPipeThatDoesNotWait() throws {
        let pipe = scratch.directory + "/pipe"
        mkfifo(pipe, 0o600)
        let reader = open(pipe, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        try scratch.writer().commit(decisions: (1...20_000).map { decision($0) })
        let python = """
            import fcntl, os, sys
            fcntl.fcntl(1, fcntl.F_SETFL, fcntl.fcntl(1, fcntl.F_GETFL) | os.O_NONBLOCK)
            os.execv(sys.argv[1], sys.argv[1:])
            """
        let command = try Command(
            [
                "python3", "-c", python, Command.path, "decisions", "--follow", "--json", "-n",
                "10000", "--database", scratch.store,
            ], program: "/usr/bin/env", output: pipe)
        #expect(awaits { Self.isFull(reader) })
        command.send(SIGTERM)
        #expect(command.wait().code == 0)
    }

    /// A pipe holds 64 KiB (pipe(7)).
    private static func isFull(_ descriptor: Int32) -> Bool {
        var count: Int32 = 0
        return ioctl(descriptor, UInt(FIONREAD), &count) == 0 && count >= 60 << 10
    }

    @Test("wrong options say what is right")
    func options() throws {
        for (option, value, word) in [
            ("--limit", "-1", "limit"), ("--limit", "10001", "from 0 to 10000"),
            ("--since", "2x", "no unit"), ("--since", "2026-13-01T00:00:00Z", "no such date"),
            ("--kind", "guess", "verdict"),
        ] {
            let result = try Command.run("decisions", "\(option)=\(value)")
            #expect(result.code == 64)
            #expect(result.errors.contains(word), "\(result.errors)")
        }
    }
}

extension Command {
    var lines: [String] { output.split(separator: "\n").map(String.init) }
}
