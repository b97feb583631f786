import Core
import Testing

@testable import jameyctl

@Suite("jameyctl rules explain")
struct RulesExplainTests {
    private let scratch: Scratch
    private var rules: String { scratch.directory + "/rules.d" }

    init() throws {
        scratch = try Scratch()
        try scratch.write(
            "rules.d/1.yaml",
            """
            routes:
              - { name: press, topic: "plant/{line}/{device}", entity: "{device}" }
              - name: commands
                guard: { propose: "cmd/{device}", approved: "do/{device}", denied: "no/{device}" }
            rules:
              - { name: hot, on: press, when: payload.temp > 80.0 && payload.rpm > 5 }
              - { name: mean, on: press, when: 'over.avg(payload.temp, "1m") > 60.0', for: 30s }
              - { name: cold, on: press, when: payload.temp < 10, mode: shadow }
              - { name: no, on: commands, stance: veto, when: device.last.temp > 80 }

            """)
    }

    private func explain(
        _ topic: String, _ payload: String, _ more: String...
    ) throws -> Command.Result {
        let file = try scratch.write("payload.json", payload)
        let arguments = ["rules", "explain", rules, "--topic", topic, "--payload", file] + more
        return try Command(arguments).wait()
    }

    @Test("tells which rules are asked, by which term, and what each term gives")
    func telemetry() throws {
        let found = try explain(
            "plant/1/a", #"{"temp":70,"rpm":9}"#, "--at", "2026-01-01T00:00:00Z")
        #expect(found.code == 0 && found.errors.isEmpty, "\(found)")
        #expect(
            found.output == """
                route press (telemetry), entity 'a' line=1 device=a
                  hot: false   [1.yaml:6]
                    passed over: payload.temp > 80.0 is false
                    false  payload.temp > 80.0   (payload.temp is 70)
                    true  payload.rpm > 5   (payload.rpm is 9)
                  mean: true, for 30s   [1.yaml:7]
                    asked about every message of the route
                    true  over.avg(payload.temp, "1m") > 60.0
                      (over.avg(payload.temp, "1m") is 70)
                  cold: false   [1.yaml:8]
                    not asked: its mode is shadow
                    false  payload.temp < 10   (payload.temp is 70)
                nothing follows

                """)
    }

    @Test("gives the verdict on a proposal, with a memory of the device")
    func proposal() throws {
        let last = try scratch.write("last.json", #"{"temp":90}"#)
        let found = try explain("cmd/a", "{}", "--last", last, "--json")
        #expect(found.code == 0, "\(found)")
        let json = try JSONScanner.scan(Array(found.output.utf8))
        let rule = json["routes"]?.array?.first?["rules"]?.array?.first
        #expect(rule?["result"]?.string == "true" && rule?["asked"]?.bool == true)
        #expect(rule?["terms"]?.array?.first?["value"]?.string == "90")
        #expect(json["decisions"]?.array?.first?["approved"]?.bool == false)
        #expect(json["topics"]?.array?.last?.string == "no/a")
        let unknown = try explain("cmd/a", "{}")
        #expect(unknown.output.contains("no: error: "))
        #expect(unknown.output.contains(#""approved":false"#))
    }

    @Test("a payload that is no JSON, a topic that nobody wants, and files that are not there")
    func others() throws {
        let malformed = try explain("plant/1/a", "{")
        #expect(malformed.code == 0 && malformed.output.contains("MALFORMED_JSON: "))
        #expect(try explain("else", "1").output.hasPrefix("no route wants 'else'"))
        #expect(try explain("else", "1", "--last", scratch.directory + "/none").code == 66)
        #expect(try explain("else", "1", "--at", "noon").code == 65)
        let missing = try Command.run(
            "rules", "explain", rules + "/none", "--topic", "a", "--payload", "-", input: "1")
        #expect(missing.code == 66)
    }
}
