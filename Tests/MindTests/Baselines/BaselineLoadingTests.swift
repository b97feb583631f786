import Core
import Testing

@testable import Mind

@Suite("Loading rules that ask what is usual")
struct BaselineLoadingTests {
    private func complaints(_ when: String) -> [String] {
        MindTests.complaints("rules:\n- name: a\n  topic: t\n  when: '\(when)'\n")
    }

    @Test(
        "what is no field of the payload is refused, and what to write is said",
        arguments: [
            "baseline.zscore(payload.x + 1) > 3.0", "baseline.zscore(device.last.x) > 3.0",
            "baseline.zscore(1.0) > 3.0", "baseline.zscore(double(payload.x)) > 3.0",
            "[1.0].exists(e, baseline.zscore(e) > 3.0)",
            "payload.x > baseline.quantile(payload.x * 2, 0.5)",
        ])
    func fields(when: String) {
        let found = complaints(when)
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains("takes a field of the payload") == true, "\(found)")
        #expect(found.first?.contains("(payload.temp…)") == true, "\(found)")
    }

    @Test("arguments and results have their types")
    func types() {
        for (when, part) in [
            ("baseline.zscore(payload.x) > \"a\"", "string"),
            ("baseline.zscore() > 1.0", "takes 1 argument"),
            ("baseline.joint(payload.x) > 1.0", "takes 0 argument"),
            ("baseline.joint()", "bool"),
            ("baseline.departed() > 1.0", "list"),
            ("baseline.quantile(payload.x, payload.q) > 1.0", "from 0.0 to 1.0"),
            ("baseline.quantile(payload.x, 1.5) > 1.0", "from 0.0 to 1.0"),
            ("baseline.mean(payload.x) > 1.0", "unknown function"),
            ("baseline > 1.0", "baseline"),
        ] {
            let found = complaints(when)
            #expect(found.count == 1 && found.first?.contains(part) == true, "\(when): \(found)")
        }
        for when in [
            "baseline.zscore(payload.x) > 3", "baseline.joint() > 1.0 && payload.on",
            "payload.x > baseline.quantile(payload.x, 0.999) * 1.1",
            #"baseline.departed().exists(f, f.startsWith("temp"))"#,
            #""a" in baseline.departed()"#, "baseline.zscore(payload) > 3.0",
            "[1.0, 2.0].exists(e, baseline.joint() > e)",
        ] {
            #expect(complaints(when) == [], "\(when)")
        }
    }

    @Test("guards and routes that record nothing are refused")
    func routes() {
        let judged = "- { name: r, on: judged, stance: veto, when: baseline.joint() > 1.0 }\n"
        #expect(
            MindTests.complaints(rules(judged)).first?.contains(
                "'judged' judges proposals (put the rule on a telemetry route)") == true)
        let everywhere = "- { name: r, stance: veto, when: baseline.joint() > 1.0 }\n"
        #expect(MindTests.complaints(rules(everywhere)).count == 1)
        let silent = """
            routes: [{ name: n, topic: n, record: none }]
            rules: [{ name: r, on: n, when: baseline.joint() > 1.0 }]
            """
        #expect(
            MindTests.complaints(silent).first?.contains("'n' records nothing") == true)
    }

    @Test("as many fields as the bound are learned about, and no more")
    func bound() {
        func text(_ count: Int) -> String {
            let rules = (0..<count).map {
                "  - { name: r\($0), topic: t\($0), when: baseline.zscore(payload.f\($0)) > 3.0 }"
            }
            return "rules:\n" + rules.joined(separator: "\n") + "\n"
        }
        #expect(MindTests.complaints(text(Limits.baselineFieldsMax / 2)) == [])
        // Also where they are of one route.
        let lines = (0..<(Limits.baselineFieldsMax + 1)).map {
            "  - { name: r\($0), topic: t, when: baseline.zscore(payload.f\($0)) > 3.0 }"
        }
        let many =
            "routes: [{ name: t, topic: t }]\nrules:\n"
            + lines.joined(separator: "\n").replacing("topic: t,", with: "on: t,") + "\n"
        let found = MindTests.complaints(many)
        #expect(found.count == 1 && found.first?.contains("at most 1000") == true, "\(found)")
    }
}
