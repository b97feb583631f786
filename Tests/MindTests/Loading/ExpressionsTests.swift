import Testing

@testable import Mind

@Suite("Errors inside of expressions")
struct LoadingExpressionsTests {
    private func complaints(when: String, variables: String = "[]") -> [String] {
        MindTests.complaints(
            "rules:\n- name: a\n  topic: t\n  variables: \(variables)\n  when: \(when)\n")
    }

    @Test("they are told at their place in the file, whatever the style of the scalar")
    func places() {
        for (when, place) in [
            ("payload.x > nowhere", "5:21"), ("'payload.x > nowhere'", "5:22"),
            (#""payload.x > \"a\" || nowhere""#, "5:31"), ("'payload[''x''] > nowhere'", "5:27"),
            ("|\n    payload.x > 1\n    && nowhere", "7:8"),
            (">-\n    payload.x > 1\n    && nowhere", "7:8"),
            ("payload.x > 1\n    && nowhere", "6:8"),
        ] {
            let found = complaints(when: when)
            #expect(found.count == 1, "\(found)")
            #expect(
                found.first?.hasPrefix("1.yaml:\(place): error: 'when': unknown name 'nowhere'")
                    == true, "\(when): \(found)")
        }
    }

    @Test("all errors of one expression are told")
    func several() {
        #expect(complaints(when: "nowhere > neverwhere").count == 2)
    }

    @Test("a variable is seen by what stands below it only")
    func order() {
        let late = "[{ name: a, expression: 'variables.b' }, { name: b, expression: '1' }]"
        #expect(
            complaints(when: "variables.a", variables: late) == [
                "1.yaml:4:39: error: 'expression': no variable 'b' is declared before this "
                    + "expression"
            ])
        let own = "[{ name: abc, expression: '1' }]"
        #expect(
            complaints(when: "variables.abd == 1", variables: own) == [
                "1.yaml:5:9: error: 'when': no variable 'abd' is declared before this expression "
                    + "(did you mean 'abc'?)"
            ])
        #expect(complaints(when: "variables == 1").first?.contains("write variables.name") == true)
    }

    @Test("a variable whose expression is at fault is not missed elsewhere")
    func broken() {
        let found = complaints(
            when: "variables.a == 1", variables: "[{ name: a, expression: '1 +' }]")
        #expect(found.count == 1, "\(found)")
    }

    @Test("every name of the environment can be used")
    func names() throws {
        for name in RuleEnvironment.Name.allCases {
            #expect(complaints(when: "dyn(\(name.text)) == 1") == [])
            #expect(RuleEnvironment.Name(slot: name.rawValue) == name)
        }
        #expect(RuleEnvironment.Name(slot: RuleEnvironment.Name.count) == nil)
        #expect(complaints(when: "text.overlap(topic, \"a b\") > 0.5") == [])
    }
}
