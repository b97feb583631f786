import Core
import Foundation
import Glibc
import Testing

@testable import jameyctl

@Suite("jameyctl keys")
struct KeysTests {
    private let scratch: Scratch
    private var socket: String { scratch.directory + "/api.sock" }

    init() throws { scratch = try Scratch() }

    private static let secret = "jamey_0a1b2c3d4e5f_c2VjcmV0"
    private static let made = """
        {"id":"0a1b2c3d4e5f","name":"grafana","role":"viewer","created_at":\
        "2026-03-01T12:00:00.000Z","created_by":"uid:0","expires_at":"2999-06-01T12:00:00.000Z",\
        "key":"\(secret)"}
        """

    private func run(
        _ arguments: [String], _ answer: String = made, status: Int = 201
    ) throws -> (result: Command.Result, asked: [PlayedDaemon.Asked]) {
        let daemon = try PlayedDaemon(socket) { _ in .json(answer, status: status) }
        let result = try Command(["keys"] + arguments + ["--socket", socket]).wait()
        return (result, daemon.asked)
    }

    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return status.st_mode & 0o777
    }

    @Test("a new key is alone on standard output; what it is stands on standard error")
    func create() throws {
        let arguments = ["create", "grafana", "--role", "operator", "--expires-in", "90d"]
        let (result, asked) = try run(arguments)
        #expect(result.code == 0 && result.output == Self.secret + "\n")
        let start = "key 0a1b2c3d4e5f (grafana, viewer), good until 2999-06-01 12:00:00"
        #expect(result.errors.hasPrefix(start), "\(result)")
        #expect(!result.errors.contains(Self.secret))
        #expect(asked.first?.method == "POST" && asked.first?.target == "/keys")
        #expect(
            asked.first?.body == #"{"name":"grafana","role":"operator","expires_in":"90d"}"#)
        let (plain, least) = try run(["create", "x"])
        #expect(plain.code == 0 && least.first?.body == #"{"name":"x","role":"viewer"}"#)
    }

    @Test("--output takes the place of a file, with mode 0600, and nothing is printed of the key")
    func output() throws {
        let path = try scratch.write("key", "the one before\n")
        try #require(chmod(path, 0o644) == 0)
        let (result, _) = try run(["create", "grafana", "--output", path])
        #expect(result.code == 0 && result.output.isEmpty)
        #expect(result.errors.contains(path) && !result.errors.contains(Self.secret))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == Self.secret + "\n")
        #expect(try mode(path) == 0o600)
        let (json, _) = try run(["create", "grafana", "-o", path, "--json"])
        #expect(!json.output.contains(Self.secret) && !json.errors.contains(Self.secret))
        let body = try JSONScanner.scan(Array(json.output.utf8))
        #expect(body["id"]?.string == "0a1b2c3d4e5f" && body["key"] == nil)
        // Nothing is left beside it.
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.directory)
        #expect(names == ["key"])
    }

    @Test("a file that cannot be written keeps a key from being made")
    func unwritable() throws {
        for path in [scratch.directory, scratch.directory + "/none/key"] {
            let (result, asked) = try run(["create", "x", "--output", path])
            #expect(result.code == 74 && asked.isEmpty, "\(result)")
        }
        let (refused, _) = try run(
            ["create", "x", "--output", scratch.directory + "/key"],
            #"{"error":"too many","code":"CONFLICT"}"#, status: 409)
        #expect(refused.code == 65)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.directory).isEmpty)
    }

    @Test("a key that cannot be handed over is named, with what to do, and is an error")
    func lost() throws {
        let daemon = try PlayedDaemon(socket) { _ in .json(Self.made, status: 201) }
        for words in [["create", "x"], ["rotate", "0a1b2c3d4e5f", "--json"]] {
            let command = try Command(
                ["keys"] + words + ["--socket", socket], output: "/dev/full")
            let result = command.wait()
            #expect(result.code == 74, "\(result)")
            #expect(result.errors.contains("jameyctl keys revoke 0a1b2c3d4e5f"), "\(result)")
            #expect(!result.errors.contains(Self.secret))
        }
        #expect(daemon.asked.count == 2)
    }

    @Test("a reader that is gone before it has the key does not end the command quietly")
    func lostToAPipe() throws {
        let pipe = scratch.directory + "/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        let reader = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        try #require(reader >= 0)
        // It goes while the key is made.
        let daemon = try PlayedDaemon(socket) { _ in
            close(reader)
            return .json(Self.made, status: 201)
        }
        let command = try Command(["keys", "create", "x", "--socket", socket], output: pipe)
        let result = command.wait()
        #expect(result.code == 74, "\(result)")
        #expect(result.errors.contains("jameyctl keys revoke 0a1b2c3d4e5f"), "\(result)")
        #expect(daemon.asked.count == 1)
    }

    @Test("--json without --output is what the API answers, key and all")
    func json() throws {
        let (result, _) = try run(["create", "grafana", "--json"])
        #expect(result.code == 0 && result.output == Self.made + "\n")
    }

    @Test("a key is rotated by its id, with an overlap")
    func rotate() throws {
        let answer = Self.made.replacing(
            #""key""#, with: #""previous_until":"2026-03-02T12:00:00.000Z","key""#)
        let (result, asked) = try run(
            ["rotate", "0a1b2c3d4e5f", "--overlap", "1h"], answer, status: 200)
        #expect(result.code == 0 && result.output == Self.secret + "\n")
        #expect(result.errors.contains("the secret before is good until 2026-03-02 12:00:00"))
        #expect(asked.first?.target == "/keys/0a1b2c3d4e5f/rotate")
        #expect(asked.first?.body == #"{"overlap":"1h"}"#)
        let none = #"{"error":"there is no such key","code":"NOT_FOUND"}"#
        #expect(try run(["rotate", "0a1b2c3d4e5f"], none, status: 404).result.code == 1)
    }

    @Test("a key is revoked by its id, without a word")
    func revoke() throws {
        let (result, asked) = try run(["revoke", "0a1b2c3d4e5f"], "", status: 204)
        #expect(result.code == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result)")
        #expect(asked.first?.method == "DELETE" && asked.first?.target == "/keys/0a1b2c3d4e5f")
    }

    @Test("what came of revoking is told as JSON, and a key that is not there is not")
    func revokeAsJSON() throws {
        let (result, _) = try run(["revoke", "0a1b2c3d4e5f", "--json"], "", status: 204)
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
        #expect(result.output == #"{"id":"0a1b2c3d4e5f","revoked":true}"# + "\n")
        let none = #"{"error":"there is no such key","code":"NOT_FOUND"}"#
        let (missing, _) = try run(["revoke", "0a1b2c3d4e5f", "--json"], none, status: 404)
        #expect(missing.code == 1 && missing.output.isEmpty, "\(missing)")
        #expect(missing.errors.contains("there is no such key; jameyctl keys"))
    }

    @Test("keys are listed with their state and without secrets")
    func list() throws {
        let keys = """
            {"keys":[{"id":"000000000001","name":"a","role":"admin","last_used_at":\
            "2026-03-01T12:00:00.000Z"},{"id":"000000000002","name":"b","role":"viewer",\
            "expires_at":"2999-01-01T00:00:00.000Z"},{"id":"000000000003","name":"c","role":\
            "viewer","expires_at":"2001-01-01T00:00:00.000Z"},{"id":"000000000004","name":"d",\
            "role":"operator","revoked_at":"2026-03-01T12:00:00.000Z"}]}
            """
        for arguments in [[], ["list"]] {
            let (result, asked) = try run(arguments, keys, status: 200)
            #expect(result.code == 0 && asked.first?.target == "/keys?limit=50")
            #expect(
                result.output == """
                    ID            ROLE      STATE                  LAST USED (UTC)      NAME
                    000000000001  admin     good                   2026-03-01 12:00:00  a
                    000000000002  viewer    good until 2999-01-01  never                b
                    000000000003  viewer    expired                never                c
                    000000000004  operator  revoked                never                d

                    """)
        }
    }

    @Test(
        "a wrong command line exits with 64 before anything is asked",
        arguments: [
            ["create"], ["create", ""], ["create", "x", "--role", "root"],
            ["create", "x", "--expires-in", "soon"], ["create", "x", "--expires-in", "1s"],
            ["create", String(repeating: "x", count: 101)], ["rotate", "x"],
            ["rotate", "0a1b2c3d4e5f", "--overlap", "31d"], ["revoke", "0A1B2C3D4E5F"],
            ["revoke"],
        ])
    func commandLine(_ arguments: [String]) throws {
        let (result, asked) = try run(arguments)
        #expect(result.code == 64 && asked.isEmpty, "\(result)")
    }
}
