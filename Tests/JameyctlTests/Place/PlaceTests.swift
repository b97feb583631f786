import ArgumentParser
import Core
import Foundation
import Glibc
import Store
import Testing

@testable import jameyctl

@Suite("Where a command asks")
struct PlaceTests {
    private let scratch: Scratch
    private var socket: String { scratch.directory + "/api.sock" }

    init() throws { scratch = try Scratch() }

    private func resolve(
        _ arguments: [String] = [], fileFor option: String? = nil
    ) async throws -> Place {
        let (socket, store) = (socket, scratch.store)
        return try await onThread {
            Result {
                try PlaceOptions.parse(arguments).resolve(
                    fileFor: option, socket: socket, store: store)
            }
        }.get()
    }

    private func ending(_ body: () async throws -> Void) async -> Ending? {
        do { try await body() } catch { return error as? Ending }
        return nil
    }

    @Test("the daemon is asked where it answers, whatever it says, else the store's file")
    func answering() async throws {
        guard case .file(let absent) = try await resolve() else {
            Issue.record("nobody answers there")
            return
        }
        #expect(absent.path == scratch.store && absent.silentSocket == socket)
        // A file that an agent has left, where nobody listens any longer.
        try scratch.write("api.sock", "")
        guard case .file = try await resolve() else {
            Issue.record("it is no socket")
            return
        }
        unlink(socket)
        let daemon = try PlayedDaemon(socket) { _ in
            .json(#"{"error":"it stands still","code":"UNAVAILABLE"}"#, status: 503)
        }
        guard case .daemon(let client) = try await resolve() else {
            Issue.record("somebody answers there")
            return
        }
        #expect(client.place == .socket(socket))
        #expect(daemon.asked.map(\.target) == ["/livez"])
    }

    @Test(
        "a socket that this account may not open is told of, and not taken for nobody",
        .enabled(if: getuid() != 0, "root may open it"))
    func forbidden() async throws {
        let daemon = try PlayedDaemon(socket) { _ in .json("{}") }
        try #require(chmod(socket, 0) == 0)
        let told = await ending { _ = try await resolve() }
        #expect(told?.code == 77, "\(String(describing: told))")
        #expect(told?.text?.contains("use sudo, or usermod -aG jamey") == true)
        #expect(daemon.asked.isEmpty)
        // A file that is named needs no socket.
        _ = try await resolve(["--database", scratch.store])
    }

    @Test("what only the file can do goes there unasked, and nowhere else")
    func file() async throws {
        let daemon = try PlayedDaemon(socket) { _ in .json("{}") }
        guard case .file(let store) = try await resolve(fileFor: "--event") else {
            Issue.record("the daemon cannot")
            return
        }
        #expect(store == StoreFile(path: scratch.store) && daemon.asked.isEmpty)
        let refused = await ending {
            _ = try await resolve(["--socket", socket], fileFor: "--event")
        }
        #expect(refused?.code == 64 && refused?.text?.contains("--event needs") == true)
    }

    @Test("what is named is taken without a look at the others")
    func named() async throws {
        let daemon = try PlayedDaemon(socket) { _ in .json("{}") }
        let other = scratch.directory + "/other.db"
        guard case .file(let store) = try await resolve(["--database", other]) else {
            Issue.record("a file was named")
            return
        }
        #expect(store == StoreFile(path: other))
        guard case .daemon(let client) = try await resolve(["--url", "http://127.0.0.1:1"]) else {
            Issue.record("a URL was named")
            return
        }
        #expect(client.place.description == "http://127.0.0.1:1" && daemon.asked.isEmpty)
    }

    @Test("where there is neither an agent nor a store, both are told")
    func neither() async throws {
        guard case .file(let store) = try await resolve() else {
            Issue.record("nobody answers there")
            return
        }
        let told = await ending { _ = try store.open() }
        #expect(told?.code == 66, "\(String(describing: told))")
        #expect(told?.text?.contains("no agent answers at \(socket)") == true)
        #expect(told?.text?.contains("there is no store at \(scratch.store)") == true)
        // Of a file that was named, only that one.
        let named = await ending { _ = try StoreFile(path: scratch.store).open() }
        #expect(named?.code == 66 && named?.text?.contains("no agent") == false)
        try scratch.write("jamey.db", "hello")
        let other = await ending { _ = try store.open() }
        #expect(other?.code == 65 && other?.text?.contains("no agent") == false)
    }

    @Test(
        "a file and the daemon at once are a wrong command line",
        arguments: [
            ["--url", "http://127.0.0.1:1"], ["--socket", "/run/a"], ["--key-file", "k"],
            ["--ca", "c"],
        ])
    func both(_ options: [String]) throws {
        let result = try Command(["decisions", "--database", "a.db"] + options).wait()
        #expect(result.code == 64 && result.errors.contains("--database"), "\(result)")
    }

    @Test("the environment's URL gives way to a file that is named, and to nothing else")
    func environment() throws {
        try scratch.writer().close()
        var environment = ProcessInfo.processInfo.environment
        environment["JAMEY_URL"] = "http://127.0.0.1:1"
        let named = try Command(
            ["decisions", "--database", scratch.store], environment: environment
        ).wait()
        #expect(named.code == 0 && named.output.isEmpty, "\(named)")
        let asked = try Command(["decisions"], environment: environment).wait()
        #expect(asked.code == 69 && asked.errors.contains("http://127.0.0.1:1"), "\(asked)")
        let event = try Command(["why-not", "--event", "1", "a"], environment: environment).wait()
        #expect(event.code == 64 && event.errors.contains("--event"), "\(event)")
    }

    @Test("options that need the file are refused where the daemon is named")
    func options() throws {
        try scratch.write("rules/a.yaml", "routes: [{ name: r, topic: other }]")
        let rules = scratch.directory + "/rules"
        for (arguments, option) in [
            (["why-not", "--event", "1", "a"], "--event"),
            (["memory", "store", "x", "--user", "ada"], "--user"),
            (["soul", "set", "a", "0.5", "--user", "ada"], "--user"),
            (["soul", "forget", "a", "--user", "ada"], "--user"),
            (["soul", "decay", "a", "--user", "ada"], "--user"),
            (["rules", "promote", "--user", "ada"], "--user"),
            (["shadow", "report", "-n", "1001"], "--limit 1001"),
            (["backtest", "--rules", rules, "--html", "x.html"], "--html"),
            (["backtest", "--rules", rules, "--jobs", "2"], "--jobs"),
        ] {
            let result = try Command(arguments + ["--socket", socket]).wait()
            #expect(
                result.code == 64 && result.errors.contains("\(option) needs the store's file"),
                "\(arguments): \(result)")
        }
    }
}
