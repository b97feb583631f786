import Core
import Foundation
import Glibc
import Testing

@testable import jameyctl

@Suite("What doctor makes of what it sees")
struct FindingsTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    // MARK: Disk

    private func disk(
        free: Int, used: Int = 0, max: Int = 1 << 30, inodes: (Int, Int) = (0, 0),
        isReadOnly: Bool = false
    ) -> [String: Finding.Level] {
        let space = DiskSpace(
            freeBytes: free, sizeBytes: 4 << 30, freeInodes: inodes.0, inodes: inodes.1,
            isReadOnly: isReadOnly)
        let found = DiskCheck.findings(space, used: used, max: max, at: "/data")
        return Dictionary(uniqueKeysWithValues: found.map { ($0.check, $0.level) })
    }

    @Test("a disk is full, may become full, or has room")
    func disks() {
        #expect(disk(free: 2 << 30) == ["disk": .ok])
        #expect(disk(free: 512 << 20) == ["disk": .warning])
        #expect(disk(free: 512 << 20, used: 768 << 20) == ["disk": .ok])
        #expect(disk(free: 512 << 20, used: 2 << 30) == ["disk": .ok])
        #expect(disk(free: Limits.doctorDiskFreeMin - 1) == ["disk": .error])
        #expect(disk(free: 2 << 30, isReadOnly: true) == ["disk": .error])
        #expect(disk(free: 2 << 30, inodes: (9, 1_000)) == ["disk": .ok, "inodes": .error])
        #expect(disk(free: 2 << 30, inodes: (10, 1_000)) == ["disk": .ok])
    }

    @Test("a store that is nowhere is a warning")
    func nowhere() {
        let missing = DiskCheck(storePath: "/none/such/jamey.db", storeBytesMax: 1)
        #expect(missing.findings().map(\.level) == [.warning])
    }

    // MARK: Clock

    @Test("a clock is kept right, is not, or was set back")
    func clocks() {
        func check(_ reading: ClockCheck.Reading?, _ skew: Duration?) -> [String] {
            ClockCheck(reading: reading, skew: skew).findings()
                .map { "\($0.check) \($0.level.rawValue)" }
        }
        let good = ClockCheck.Reading(isSynchronised: true, error: .milliseconds(4))
        #expect(check(good, nil) == ["clock ok"])
        #expect(check(good, .seconds(1)) == ["clock ok"])
        #expect(check(good, .seconds(2)) == ["clock.skew warning", "clock ok"])
        let free = ClockCheck.Reading(isSynchronised: false, error: .milliseconds(4))
        #expect(check(free, nil) == ["clock warning"])
        let vague = ClockCheck.Reading(isSynchronised: true, error: .seconds(2))
        #expect(check(vague, nil) == ["clock warning"])
        #expect(check(nil, .zero) == ["clock warning"])
    }

    // MARK: Versions

    @Test("versions that do not go together are told of")
    func versions() {
        func check(_ installed: String?, _ running: String?) -> Int {
            VersionCheck(installed: installed, running: running).findings()
                .count { $0.level == .warning }
        }
        let own = Version.number
        #expect(check(own, own) == 0 && check(own, nil) == 0 && check(nil, nil) == 0)
        #expect(check(own, "2.9.9") == 2)
        #expect(check("2.9.9", nil) == 1)
        let all = VersionCheck(installed: own, running: own).findings()
        #expect(all.first?.message.contains("SQLite 3.") == true, "\(all)")
        #expect(all.first?.message.contains("Linux ") == true, "\(all)")
    }

    // MARK: Permissions

    private func write(_ name: String, mode: mode_t) throws -> String {
        let path = try scratch.write(name, "x")
        try #require(chmod(path, mode) == 0)
        return path
    }

    private func permissions(
        _ outline: ConfigurationOutline, account: Account? = nil
    ) -> [Finding] {
        PermissionCheck(
            configuration: scratch.directory + "/jamey.yaml", outline: outline,
            credentials: scratch.directory, account: account
        ).findings()
    }

    @Test("files with good permissions are well")
    func goodModes() throws {
        var outline = ConfigurationOutline()
        _ = try write("jamey.yaml", mode: 0o644)
        outline.storePath = try write("jamey.db", mode: 0o600)
        _ = try write("rules/a.yaml", mode: 0o644)
        outline.ruleDirectories = [scratch.directory + "/rules"]
        let secret = try write("password", mode: 0o640)
        outline.files = [
            .init(key: "broker.password_file", reference: .path(secret), isSecret: true),
            .init(key: "broker.tls.key", reference: .credential("password"), isSecret: true),
        ]
        outline.socket = nil
        #expect(permissions(outline).map(\.level) == [.ok])
    }

    @Test("each file that is open to whom it should not be is an error with its chmod")
    func badModes() throws {
        var outline = ConfigurationOutline()
        let configuration = try write("jamey.yaml", mode: 0o646)
        outline.storePath = try write("jamey.db", mode: 0o604)
        let rule = try write("rules/a.yaml", mode: 0o666)
        outline.ruleDirectories = [scratch.directory + "/rules"]
        let secret = try write("password", mode: 0o604)
        let authority = try write("ca.pem", mode: 0o666)
        outline.files = [
            .init(key: "broker.password_file", reference: .path(secret), isSecret: true),
            .init(key: "broker.tls.ca", reference: .path(authority)),
            .init(key: "audit.sign_key", reference: .path("/none/such"), isSecret: true),
        ]
        let socket = try write("api.sock", mode: 0o666)
        outline.socket = socket
        let found = permissions(outline)
        #expect(found.allSatisfy { $0.level == .error && $0.advice != nil }, "\(found)")
        #expect(found.count == 7, "\(found)")
        for path in [configuration, rule, secret, authority, socket, "/none/such"] {
            #expect(found.contains { $0.message.contains(path) }, "\(path): \(found)")
        }
        #expect(found.contains { $0.advice == "chmod o= \(secret)" })
    }

    @Test("a credential that is elsewhere is a warning: only systemd knows where it is")
    func credential() throws {
        var outline = ConfigurationOutline()
        outline.ruleDirectories = []
        outline.socket = nil
        outline.storePath = scratch.store
        outline.files = [
            .init(key: "broker.password_file", reference: .credential("none"), isSecret: true)
        ]
        #expect(permissions(outline).map(\.level) == [.warning])
    }

    // MARK: Configuration

    @Test("a file that this account may not read hides no error beside it")
    func denied() {
        let denied = "jamey.yaml: error: /etc/jamey/x cannot be opened: Permission denied"
        let wrong = ["rules.d/a.yaml:1:1: error: unknown key 'rulez'", "    rulez: []", "    ^"]
        #expect(ConfigurationCheck.isHidden([denied]))
        #expect(ConfigurationCheck.isHidden([denied, denied]))
        for lines in [wrong, wrong + [denied], [denied] + wrong, ["Permission denied"], []] {
            #expect(!ConfigurationCheck.isHidden(lines), "\(lines)")
        }
    }

    // MARK: Agent

    @Test("what to do about an agent that is not heard depends on why")
    func unheard() {
        let place = DaemonPlace.socket("/run/x")
        func finding(_ ending: Ending) -> Finding { DaemonCheck.unheard(ending, at: place) }
        func answered(_ status: Int) -> Ending {
            let body = Array(#"{"error":"no","code":"NO"}"#.utf8)
            return Ending(DaemonAnswer(status: status, body: body), from: place, hasKey: true)
        }
        let advice: [(Ending, Finding.Level, String)] = [
            (Ending(.unreachable(ECONNREFUSED), at: place), .error, "systemctl start jameyd"),
            (Ending(.unreachable(EACCES), at: place), .warning, "as root"),
            (Ending(.foreign, at: place), .error, "look who answers at /run/x"),
            (Ending(.untrusted("x"), at: place), .error, "--ca"),
            (Ending(.late, at: place), .error, "systemctl restart jameyd"),
            (answered(503), .error, "run doctor again"), (answered(500), .error, "journalctl"),
            (answered(401), .warning, "another key"), (answered(403), .warning, "another key"),
        ]
        for (ending, level, words) in advice {
            let found = finding(ending)
            #expect(found.level == level && found.check == "daemon", "\(found)")
            #expect(found.advice?.contains(words) == true, "\(found)")
        }
        let started = finding(answered(500)).advice?.contains("start jameyd") == true
        #expect(!started)
    }

    // MARK: Programs

    @Test("another program is run to its end, with what it says")
    func programs() throws {
        func run(_ script: String, within patience: Duration = .seconds(60)) -> ProgramRun? {
            ProgramRun(
                "/bin/sh", ["-c", script], environment: ["WORD": "b"], within: patience)
        }
        let failed = try #require(run("echo a; echo $WORD >&2; cat; exit 3"))
        #expect(failed.end == .exited(3) && failed.lines == ["a", "b"])
        #expect(run("kill -9 $$")?.end == .killed)
        let late = try #require(run("echo a; exec sleep 60", within: .milliseconds(300)))
        #expect(late.end == .late)
        let much = try #require(run("head -c 1000000 /dev/zero"))
        #expect(
            much.end == .exited(0) && much.output.utf8.count == Limits.programOutputBytesMax)
        #expect(ProgramRun("/none/such", []) == nil)
        #expect(ProgramRun.path(of: "sh")?.hasSuffix("/sh") == true)
        #expect(ProgramRun.path(of: "no-such-program") == nil)
    }

    // MARK: Report

    @Test("findings are told in 80 columns, with what to do, and as JSON")
    func report() throws {
        let long = String(repeating: "word ", count: 40)
        var second = Finding.error("store", long, do: long)
        second.details = (1...30).map { "line \($0) " + long }
        let report = DoctorReport(
            [.ok("disk", "1.0 GiB are left"), second, .hidden("audit", "\u{1B}[2J")],
            paint: Paint(isOn: false))
        #expect(!report.isWell)
        #expect(report.lines.allSatisfy { $0.count <= 80 && !$0.contains("\u{1B}") })
        #expect(report.lines.first == "ok       disk: 1.0 GiB are left")
        #expect(report.lines.contains("         | and 10 more lines"))
        #expect(report.lines.contains { $0.hasPrefix("         → word word") })
        #expect(report.lines.last == "1 error, 1 warning")
        let json = try JSONScanner.scan(report.json)
        #expect(json["ok"]?.bool == false && json["errors"]?.int == 1)
        #expect(json["warnings"]?.int == 1)
        let first = json["findings"]?.array?.first
        #expect(first?["check"]?.string == "disk" && first?["level"]?.string == "ok")
        #expect(first?["advice"] == nil)
        let coloured = DoctorReport([second], paint: Paint(isOn: true)).lines
        #expect(coloured.first?.hasPrefix("\u{1B}[31merror\u{1B}[0m    store: word") == true)
        #expect(DoctorReport([.ok("a", "b")], paint: Paint(isOn: false)).isWell)
    }
}
