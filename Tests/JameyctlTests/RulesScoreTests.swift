import Core
import Testing

@testable import jameyctl

@Suite("jameyctl rules score")
struct RulesScoreTests {
    private let scratch: Scratch
    private var rules: String { scratch.directory + "/rules.d" }

    init() throws {
        scratch = try Scratch()
        try scratch.write(
            "rules.d/1.yaml",
            """
            routes: [{ name: rig, topic: "rig/{device}/telemetry", entity: "{device}" }]
            rules:
              - name: hot
                on: rig
                when: payload.temp > 80
                messageExpression: 'params.device + " is hot"'

            """)
    }

    /// Four readings: a hit, a false alarm, a miss and a quiet one.
    @discardableResult
    private func recording(_ name: String, faults: String = "1010") throws -> String {
        let temperatures = [90, 90, 70, 70]
        var lines = ["datetime;Temp;anomaly"]
        for (second, fault) in faults.enumerated() {
            lines.append("2020-03-09 10:14:0\(second);\(temperatures[second]);\(fault).0")
        }
        return try scratch.write(name, lines.joined(separator: "\n") + "\n")
    }

    @Test("tells the measures of each recording with a fault, and of all")
    func measures() throws {
        let one = try recording("pump-1.csv")
        let two = try recording("pump-2.a.csv", faults: "1000")
        let without = try recording("fine.csv", faults: "0000")
        let unlabelled = try scratch.write("free.csv", "datetime;Temp\n2020-03-09 10:14:00;90\n")
        let result = try Command.run(
            "rules", "score", rules, one, two, without, unlabelled, "--learning", "0", "--messages")
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
        #expect(
            result.lines.dropLast() == [
                "recording         F1   FAR %   MAR %  scored",
                "pump-1         0.500    50.0    50.0       4", "  pump-1 is hot",
                "pump-2         0.667    33.3     0.0       4", "  pump-2 is hot",
                "all 2          0.571    40.0    33.3       8",
            ])
        #expect(result.lines.last?.hasSuffix(" ns a reading") == true)
        // The readings at the beginning are heard, not counted.
        let learning = try Command.run("rules", "score", rules, one, "--learning", "2")
        #expect(learning.lines[1] == "pump-1         0.000     0.0   100.0       2")
    }

    @Test("as JSON, the measures have names, of each recording and of all")
    func asJSON() throws {
        let one = try recording("pump-1.csv")
        let two = try recording("pump-2.a.csv", faults: "1000")
        let arguments = ["rules", "score", rules, one, two, "--learning", "0", "--json"]
        let result = try Command(arguments).wait()
        #expect(result.code == 0 && result.errors.isEmpty && result.lines.count == 1, "\(result)")
        let json = try JSONScanner.scan(Array(result.output.utf8))
        #expect(json["ok"]?.bool == true && json["ns_per_reading"]?.int != nil)
        let recordings = try #require(json["recordings"]?.array)
        #expect(recordings.map { $0["name"]?.string } == ["pump-1", "pump-2"])
        let first = recordings[0]
        #expect(first["file"]?.string == one && first["scored"]?.int == 4)
        for count in ["hits", "false_alarms", "misses", "quiet"] {
            #expect(first[count]?.int == 1, "\(count)")
        }
        for share in ["f1", "false_alarm_rate", "missed_alarm_rate"] {
            #expect(first[share]?.double == 0.5, "\(share)")
        }
        #expect(first["rejections"]?.array?.isEmpty == true && first["messages"] == nil)
        #expect(json["all"]?["recordings"]?.int == 2 && json["all"]?["scored"]?.int == 8)
        let told = try Command(arguments + ["--messages"]).wait()
        #expect(told.output.contains(#""messages":["pump-1 is hot"]"#), "\(told)")
    }

    @Test("as JSON, what is wrong stands on standard output, with the same code")
    func faultsAsJSON() throws {
        func fault(_ path: String) throws -> (code: Int32, error: JSONValue?) {
            let result = try Command.run("rules", "score", rules, path, "--json")
            #expect(result.errors.isEmpty && result.lines.count == 1, "\(result)")
            let json = try JSONScanner.scan(Array(result.output.utf8))
            #expect(json["ok"]?.bool == false)
            return (result.code, json["errors"]?.array?.first)
        }
        let malformed = try fault(try scratch.write("b.csv", "datetime;Temp\nnow;1\n"))
        #expect(malformed.code == 65 && malformed.error?["line"]?.int == 2)
        #expect(malformed.error?["message"]?.string == "no time: now")
        #expect(try fault(scratch.directory + "/c.csv").code == 66)
        #expect(try fault(try recording("d.csv", faults: "0000")).code == 66)
    }

    @Test("what is wrong is told, with the code of what it is")
    func errors() throws {
        let good = try recording("a.csv")
        let bad = try scratch.write("b.csv", "datetime;Temp\nnow;1\n")
        let malformed = try Command.run("rules", "score", rules, bad)
        #expect(malformed.code == 65 && malformed.errors.contains("b.csv: line 2: no time: now"))
        let missing = try Command.run("rules", "score", rules, scratch.directory + "/c.csv")
        #expect(missing.code == 66 && missing.errors.contains("c.csv"))
        let fine = try Command.run("rules", "score", rules, try recording("d.csv", faults: "0000"))
        #expect(fine.code == 66 && fine.errors.contains("no recording has a fault"))
        let noRules = try Command.run("rules", "score", scratch.directory + "/none", good)
        #expect(noRules.code == 66)
        #expect(try Command.run("rules", "score", rules, good, "--learning", "-1").code == 64)
    }
}
