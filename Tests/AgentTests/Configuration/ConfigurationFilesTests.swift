import Core
import Glibc
import Mind
import Testing

@testable import Agent

/// A directory of its own for one test; gone with it.
private final class Scratch {
    let path: String

    init() throws {
        var template = Array("/tmp/jamey-configuration-XXXXXX\0".utf8CString)
        guard mkdtemp(&template) != nil else { throw TextFileError.cannotOpen("mkdtemp") }
        path = String(decoding: template.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }

    deinit {
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name == "." || name == ".." { continue }
                if unlink(path + "/" + name) != 0 { rmdir(path + "/" + name) }
            }
            closedir(directory)
        }
        rmdir(path)
    }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws -> String {
        let file = path + "/" + name
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL, mode)
        guard descriptor >= 0, Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw TextFileError.cannotOpen(file)
        }
        fchmod(descriptor, mode)
        close(descriptor)
        return file
    }

    @discardableResult
    func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws -> String {
        try write(name, Array(text.utf8), mode: mode)
    }
}

@Suite("Passwords in files")
struct CredentialTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("a password is what stands in the file, without the line end behind it")
    func read() throws {
        for (name, text) in [("a", "secret"), ("b", "secret\n"), ("c", "secret\r\n")] {
            let path = try scratch.write(name, text)
            #expect(try Credential.read(path).bytes == Array("secret".utf8))
        }
        let two = try scratch.write("d", "secret\n\n")
        #expect(try Credential.read(two).bytes == Array("secret\n".utf8))
    }

    @Test("a password that every user may read is refused", arguments: [0o604, 0o602, 0o644])
    func open(mode: mode_t) throws {
        let path = try scratch.write("p", "secret", mode: mode)
        #expect(
            throws: CredentialError.unreadable(
                path: path, reason: "is open to every user: chmod o= \(path)")
        ) { try Credential.read(path) }
    }

    @Test("a group may read it")
    func group() throws {
        let path = try scratch.write("p", "secret", mode: 0o640)
        #expect(try Credential.read(path).bytes.count == 6)
    }

    @Test("nothing, too much, a zero byte, a directory and no file are refused")
    func refusals() throws {
        let large = [UInt8](repeating: 65, count: Limits.credentialBytesMax + 1)
        let cases: [(String, String)] = [
            (try scratch.write("empty", "\n"), "is empty"),
            (try scratch.write("large", large), "is larger than 65535 bytes"),
            (try scratch.write("huge", large + large), "is larger than 65537 bytes"),
            (try scratch.write("zero", [65, 0, 66]), "holds a zero byte"),
            (scratch.path, "is not a regular file"),
            (scratch.path + "/none", "cannot be opened: No such file or directory"),
            ("a\0b", "cannot be opened: the path holds a zero byte"),
        ]
        for (path, reason) in cases {
            #expect(throws: CredentialError.unreadable(path: path, reason: reason)) {
                try Credential.read(path)
            }
        }
    }

    @Test("a credential of systemd's is found in its directory, and missed without one")
    func systemd() throws {
        try scratch.write("mqtt", "secret")
        let reference = FileReference.credential("mqtt")
        let credential = try Credential.read(reference, credentialsDirectory: scratch.path)
        #expect(credential.bytes == Array("secret".utf8))
        #expect(throws: CredentialError.noCredentialsDirectory(name: "mqtt")) {
            try Credential.read(reference, credentialsDirectory: nil)
        }
        #expect(throws: CredentialError.noCredentialsDirectory(name: "mqtt")) {
            try Credential.read(reference, credentialsDirectory: "")
        }
        #expect("\(CredentialError.noCredentialsDirectory(name: "mqtt"))".contains("'mqtt'"))
    }

    @Test("no printed form shows a password")
    func secrecy() throws {
        let credential = try Credential.read(try scratch.write("p", "secret"))
        var dumped = ""
        dump(credential, to: &dumped)
        for text in ["\(credential)", String(reflecting: credential), dumped] {
            #expect(!text.contains("secret") || text.contains("(secret)"))
            #expect(!text.contains("115"))
        }
    }
}

@Suite("Configuration and rules on the disk")
struct ConfigurationFilesTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("a configuration is read from its file")
    func load() throws {
        let path = try scratch.write("jamey.yaml", "node: edge-7\n")
        #expect(try ConfigurationFile.load(path) == AgentConfiguration(node: "edge-7"))
    }

    @Test("a configuration that is missing, too large or no UTF-8 is unreadable")
    func unreadable() throws {
        let large = try scratch.write(
            "large", [UInt8](repeating: 35, count: Limits.configurationBytesMax + 1))
        let broken = try scratch.write("broken", [0x61, 0xFF])
        for (path, reason) in [
            (scratch.path + "/none", "cannot be opened: No such file or directory"),
            (large, "is larger than 1048576 bytes"), (broken, "is not valid UTF-8"),
        ] {
            let expected = ConfigurationError.unreadable(path: path, reason: reason)
            #expect(throws: expected) { try ConfigurationFile.load(path) }
            #expect("\(expected)" == "\(path): error: \(reason)")
        }
    }

    @Test("a configuration at fault says where, with the line")
    func invalid() throws {
        let path = try scratch.write("jamey.yaml", "nodes: edge-7\n")
        do throws(ConfigurationError) {
            _ = try ConfigurationFile.load(path)
            Issue.record("it was accepted")
        } catch {
            #expect(
                "\(error)" == """
                    \(path):1:1: error: unknown key 'nodes' (did you mean 'node'?)
                        nodes: edge-7
                        ^
                    """)
        }
    }

    @Test("rule files are read in the order of their names; hidden and other files are not")
    func directory() throws {
        try scratch.write("20-b.yaml", "b")
        try scratch.write("10-a.yml", "a")
        try scratch.write(".30-c.yaml", "c")
        try scratch.write("notes.txt", "d")
        try scratch.write("40-e.yaml~", "e")
        symlink(scratch.path + "/20-b.yaml", scratch.path + "/15-link.yaml")
        let directory = try RuleDirectory.read(scratch.path)
        #expect(directory.files.map(\.name) == ["10-a.yml", "15-link.yaml", "20-b.yaml"])
        #expect(directory.files.map(\.text) == ["a", "b", "b"])
        #expect(directory.notice == nil)
    }

    @Test("a directory that is missing or has no rule files has no rules, and a notice")
    func noRules() throws {
        let missing = try RuleDirectory.read(scratch.path + "/none")
        #expect(missing.files.isEmpty)
        #expect(missing.notice?.contains("does not exist") == true)
        let empty = try RuleDirectory.read(scratch.path)
        #expect(empty.files.isEmpty)
        #expect(empty.notice?.contains("has no rule files") == true)
    }

    @Test("all rule files that cannot be read are told at once")
    func unreadableRules() throws {
        try scratch.write("1.yaml", [0xFF])
        try scratch.write("2.yaml", "")
        symlink(scratch.path + "/none", scratch.path + "/3.yaml")
        mkdir(scratch.path + "/4.yaml", 0o700)
        do throws(RuleSetErrors) {
            _ = try RuleDirectory.read(scratch.path)
            Issue.record("it was accepted")
        } catch {
            #expect(
                error.errors.map { "\($0.file) \($0.message)" } == [
                    "1.yaml is not valid UTF-8",
                    "3.yaml cannot be opened: No such file or directory",
                    "4.yaml is not a regular file",
                ])
        }
    }

    @Test("a directory that is a file, and one with too many files, are refused")
    func badDirectory() throws {
        let file = try scratch.write("file", "")
        #expect(throws: RuleSetErrors.self) { try RuleDirectory.read(file) }
        for number in 0...Limits.ruleFilesMax { try scratch.write("\(number).yaml", "") }
        #expect(throws: RuleSetErrors.self) { try RuleDirectory.read(scratch.path) }
    }

    @Test("a pipe in place of a file does not hold the agent")
    func pipe() throws {
        mkfifo(scratch.path + "/1.yaml", 0o600)
        #expect(throws: RuleSetErrors.self) { try RuleDirectory.read(scratch.path) }
    }
}

@Suite("The configuration that is shipped")
struct ShippedConfigurationTests {
    @Test("etc/jamey/jamey.yaml says what the defaults are")
    func defaults() throws {
        // Tests/AgentTests/Configuration/ConfigurationFilesTests.swift.
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let configuration = try ConfigurationFile.load("/\(root)/etc/jamey/jamey.yaml")
        #expect(configuration == AgentConfiguration(node: "edge-1"))
    }
}
