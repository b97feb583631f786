import Core
import Foundation
import Glibc
import Testing

@testable import jameyctl

@Suite("What doctor makes of the agent's account")
struct AgentAccountTests {
    private let scratch: Scratch
    /// Nobody that owns anything here.
    private let stranger = Account(name: "jamey", user: 54_321, groups: [54_321])

    init() throws { scratch = try Scratch() }

    private func write(_ name: String, mode: mode_t) throws -> String {
        let path = try scratch.write(name, "x")
        try #require(chmod(path, mode) == 0)
        return path
    }

    /// An installation in a directory that anybody may pass, where nothing is wrong for its owner.
    private func installation(
        configuration mode: mode_t = 0o644
    ) throws -> (configuration: String, outline: ConfigurationOutline) {
        try #require(chmod(scratch.directory, 0o755) == 0)
        let configuration = try write("etc/jamey.yaml", mode: mode)
        var outline = ConfigurationOutline()
        outline.storePath = try write("state/jamey.db", mode: 0o600)
        _ = try write("etc/rules.d/a.yaml", mode: 0o644)
        outline.ruleDirectories = [scratch.directory + "/etc/rules.d"]
        outline.socket = nil
        for name in ["etc", "etc/rules.d", "state"] {
            try #require(chmod(scratch.directory + "/" + name, 0o755) == 0)
        }
        return (configuration, outline)
    }

    private func findings(
        _ installation: (configuration: String, outline: ConfigurationOutline), _ account: Account?,
        isAgentHeard: Bool = false
    ) -> [Finding] {
        PermissionCheck(
            configuration: installation.configuration, outline: installation.outline,
            credentials: scratch.directory, account: account, isAgentHeard: isAgentHeard
        ).findings()
    }

    private var owner: Account {
        // Never root, who may do everything: the owner, with what owners may.
        Account(name: "owner", user: getuid(), groups: [])
    }

    @Test("the account of the store's directory is the agent's, and all is well with its own files")
    func own() throws {
        let place = try installation(configuration: 0o600)
        if getuid() != 0 {
            #expect(Account.ofAgent(storePath: place.outline.storePath)?.user == getuid())
        }
        #expect(findings(place, owner).map(\.level) == [.ok])
        let unknown = findings(place, nil)
        #expect(unknown.map(\.level) == [.ok], "\(unknown)")
        #expect(unknown.first?.message.contains("not known") == true, "\(unknown)")
    }

    /// Whether a stranger comes as far as to the directories of the tests.
    fileprivate static var isReachable: Bool {
        let stranger = Account(name: "", user: 54_321, groups: [])
        let directory = FileManager.default.temporaryDirectory.path
        return stranger.barrier(to: directory, .pass) == nil
    }

    @Test(
        "a configuration of mode 0600 and a store of another account are errors with a mend",
        .enabled(if: AgentAccountTests.isReachable))
    func foreign() throws {
        let place = try installation(configuration: 0o600)
        let found = findings(place, stranger)
        #expect(found.allSatisfy { $0.level == .error }, "\(found)")
        let unread = found.first { $0.message.contains(place.configuration) }
        #expect(unread?.message.contains("jamey cannot read") == true, "\(found)")
        // A group that has no name has its number.
        #expect(unread?.advice?.hasPrefix("chgrp 54321 \(place.configuration)") == true)
        let (store, state) = (place.outline.storePath, scratch.directory + "/state")
        for path in [store, state] {
            let mend = found.first { $0.message.contains("write \(path):") }?.advice
            // A directory of root's is for others, too.
            let begin = getuid() == 0 && path == state ? "keep the store " : "chown jamey: \(path) "
            #expect(mend?.hasPrefix(begin) == true, "\(path): \(found)")
        }
        #expect(found.count == 3, "\(found)")
        let heard = findings(place, stranger, isAgentHeard: true)
        #expect(heard.map(\.level) == [.warning, .warning, .warning], "\(heard)")
    }

    @Test("the agent is the owner of the directory, or jamey where it may write by its group")
    func ofAgent() {
        let known = Account(name: "jamey", user: 54_321, groups: [54_322])
        let cases: [(mode_t, uid_t, gid_t, uid_t)] = [
            (0o755, 54_320, 54_322, 54_320), (0o770, 54_320, 54_322, 54_321),
            (0o770, 54_320, 54_323, 54_320), (0o700, 54_321, 54_322, 54_321),
            (0o700, 0, 0, 54_321),
        ]
        for (mode, owner, group, agent) in cases {
            let facts = FileFacts(mode: mode, owner: owner, group: group)
            #expect(Account.ofAgent(facts, known: known)?.user == agent, "\(facts)")
        }
        let foreign = FileFacts(mode: 0o770, owner: 54_320, group: 54_322)
        #expect(Account.ofAgent(foreign, known: nil)?.user == 54_320)
    }

    @Test(
        "a directory that the account cannot pass is named, and not what is behind it",
        .enabled(if: AgentAccountTests.isReachable))
    func barrier() throws {
        let place = try installation()
        try #require(chmod(scratch.directory + "/etc", 0o700) == 0)
        let found = findings(place, stranger).filter { $0.message.contains("cannot read /") }
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.message.contains("read \(scratch.directory)/etc:") == true)
        let advice = try #require(found.first?.advice)
        #expect(advice.contains("put it where jamey may read it"), "\(advice)")
        #expect(advice.contains("install -m 640 -g 54321"), "\(advice)")
        #expect(advice.contains("chgrp") == (getuid() != 0), "\(advice)")
    }

    @Test("no directory that others rely on is to be given away, or opened")
    func ofTheSystem() {
        let cases: [(String, uid_t, Bool)] = [
            ("/root", 0, true), ("/etc/ssl/private", 0, true), ("/var/lib", 0, true),
            ("/", 0, true), ("/srv/anna", 1_000, true), ("/srv/rigs/press", 1_000, false),
            ("/etc/jamey", 0, false), ("/var/lib/jamey", 0, false), ("/srv/jameys", 0, true),
        ]
        for (path, owner, isOfTheSystem) in cases {
            let told = PermissionCheck.isOfTheSystem(path, owner: owner)
            #expect(told == isOfTheSystem, "\(path)")
        }
    }

    @Test(
        "what a link leads to is looked at where it is, and so is the way to the link",
        .enabled(if: AgentAccountTests.isReachable))
    func links() throws {
        var linked = try installation()
        let key = try write("archive/key.pem", mode: 0o644)
        let archive = scratch.directory + "/archive"
        let link = scratch.directory + "/etc/key.pem"
        try #require(symlink("../archive/key.pem", link) == 0)
        linked.outline.files = [.init(key: "http.tls.key", reference: .path(link))]
        let place = linked
        func unread(_ mode: mode_t, _ directoryMode: mode_t) throws -> [String] {
            try #require(chmod(key, mode) == 0 && chmod(archive, directoryMode) == 0)
            return findings(place, stranger).map(\.message).filter {
                $0.contains("cannot read /")
            }
        }
        #expect(try unread(0o644, 0o755).isEmpty)
        let file = try unread(0o600, 0o755)
        #expect(file.count == 1 && file[0].contains("read \(key):"), "\(file)")
        let directory = try unread(0o644, 0o700)
        #expect(
            directory.count == 1 && directory[0].contains("read \(archive):"), "\(directory)")
    }

    @Test(
        "only what the agent does not start without is told as that",
        .enabled(if: AgentAccountTests.isReachable))
    func consequences() throws {
        var place = try installation(configuration: 0o600)
        let vital = ["broker.tls.ca", "broker.password_file", "audit.sign_key"]
        let others = ["http.tls.key", "http.jwt.jwks"]
        for key in vital + others {
            let path = try write("files/" + key, mode: 0o600)
            place.outline.files.append(.init(key: key, reference: .path(path)))
        }
        let rules = scratch.directory + "/etc/rules.d/a.yaml"
        try #require(chmod(rules, 0o600) == 0)
        try #require(chmod(scratch.directory + "/files", 0o755) == 0)
        let told = findings(place, stranger).map(\.message).filter {
            $0.contains("cannot read /")
        }
        let ends = told.filter { $0.hasSuffix("the agent does not start with it") }
        #expect(ends.count == 4 && ends[0].contains(place.configuration), "\(ends)")
        let lacks = told.filter { $0.hasSuffix("what it is for does not work") }
        #expect(lacks.count == 3 && lacks[0].contains(rules), "\(lacks)")
        #expect(told.count == 7, "\(told)")
    }

    @Test(
        "where something is hidden, all is well as far as this account can see",
        .enabled(if: getuid() != 0, "nothing is hidden from root"))
    func hidden() throws {
        let place = try installation()
        let restriction = "as far as this account can see"
        #expect(findings(place, nil).first?.message.hasPrefix(restriction) == false)
        for name in ["state", "etc/rules.d"] {
            let path = scratch.directory + "/" + name
            try #require(chmod(path, 0o600) == 0)
            let found = findings(place, nil)
            #expect(found.map(\.level) == [.ok], "\(name): \(found)")
            #expect(found.first?.message.hasPrefix(restriction) == true, "\(name): \(found)")
            try #require(chmod(path, 0o755) == 0)
        }
    }

    @Test(
        "an account has all groups that the system says it has",
        .enabled(if: getpwuid(getuid()) != nil, "this account has no name"))
    func groups() throws {
        let account = Account(user: getuid())
        let told = try Command(["id", "-G", account.name], program: "/usr/bin/env").wait()
        try #require(told.code == 0, "\(told)")
        let groups = told.output.split { $0.isWhitespace }.compactMap { gid_t($0) }
        #expect(Set(account.groups) == Set(groups), "\(account): \(told.output)")
        let first = try Command(["id", "-gn", account.name], program: "/usr/bin/env").wait()
        #expect(account.groupName + "\n" == first.output)
    }

    @Test("owner, group and others are taken in this order, and only the first that fits")
    func classes() {
        let facts = FileFacts(mode: 0o046, owner: 7, group: 8)
        let cases: [(uid_t, [gid_t], read: Bool, write: Bool)] = [
            (7, [8], false, false), (1, [8], true, false), (1, [9], true, true),
            (0, [], true, true),
        ]
        for (user, groups, read, write) in cases {
            let account = Account(name: "x", user: user, groups: groups)
            #expect(account.may(.read, facts) == read, "\(user) \(groups)")
            #expect(account.may([.read, .write], facts) == write, "\(user) \(groups)")
        }
    }

    @Test("a directory on the way that every user can write to is an error, unless it is sticky")
    func directories() throws {
        let place = try installation()
        for (name, mode) in [("state", 0o777), ("etc", 0o757)] as [(String, mode_t)] {
            let path = scratch.directory + "/" + name
            try #require(chmod(path, mode) == 0)
            let found = findings(place, owner)
            #expect(found.map(\.level) == [.error], "\(found)")
            #expect(found.first?.advice == "chmod o-w \(path)", "\(found)")
            try #require(chmod(path, 0o1777) == 0)
            #expect(findings(place, owner).map(\.level) == [.ok])
            try #require(chmod(path, 0o755) == 0)
        }
    }

    @Test("a write-ahead log that others can read is told of as the store is")
    func log() throws {
        let place = try installation()
        let wal = try write("state/jamey.db-wal", mode: 0o604)
        let found = findings(place, owner)
        #expect(found.map(\.level) == [.error], "\(found)")
        #expect(found.first?.advice == "chmod 600 \(wal)", "\(found)")
    }
}
