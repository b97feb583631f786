import Core
import Testing

@testable import Mind

@Suite("What is wrong with rules")
struct LoadingRuleFaultsTests {
    @Test(
        "each fault is told at its place",
        arguments: [
            ("weight: ten", "'weight' must be a number, not 'ten'"),
            ("weight: '10'", "'weight' must be a number, not text (remove the quotes)"),
            ("weight: -1", "'weight' must be from 0 to 100, not -1"),
            ("weight: 100.5", "'weight' must be from 0 to 100, not 100.5"),
            ("weight: .nan", "'weight' must be a number, not '.nan'"),
            ("weight: nan", "'weight' must be a number, not 'nan'"),
            ("weight: 1e999", "'weight' must be a finite number, not '1e999'"),
            ("weight: 0x10", "'weight' must be a number, not '0x10'"),
            ("weight: [1]", "'weight' must be a number, not a list"),
            ("weight:", "'weight' must be a number, not empty"),
            ("weigth: 10", "unknown key 'weigth' (did you mean 'weight'?)"),
            ("stance: suport", "'stance' must be support, oppose or veto, not 'suport'"),
            ("description: ''", "'description' must have 1 to 500 characters"),
            ("strength: 1.5", "'strength' must be from 0 to 1, not 1.5"),
            ("on_error: allow", "'on_error' must be deny or ignore, not 'allow'"),
            ("mode: on", "'mode' must be active, shadow or off, not 'on'"),
            ("severity: fatal", "'severity' must be info, warning or critical, not 'fatal'"),
            ("variables: {}", "'variables' must be a list, not a mapping"),
            ("variables: [{ name: a }]", "missing key 'expression'"),
            ("variables: [{ expression: '1' }]", "missing key 'name'"),
            ("variables: [{ name: 1a, expression: '1' }]", "'1a' cannot be a variable's name"),
            ("variables: [{ name: in, expression: '1' }]", "it is a word of the language"),
            ("message: [a]", "'message' must be text, not a list"),
            ("messageExpression: '1 +'", "'messageExpression': "),
            ("actions: publish", "'actions' must be a list, not a value"),
            ("actions: [{}]", "an action is missing"),
            ("actions: [{ publsh: {} }]", "unknown key 'publsh' (did you mean 'publish'?)"),
            ("actions: [{ publish: { topic: a } }]", "missing key 'payload'"),
            ("actions: [{ publish: { payload: '1' } }]", "missing key 'topic'"),
            ("actions: [{ publish: { topic: 'a/+', payload: '1' } }]", "cannot contain `+`"),
            ("actions: [{ publish: { topic: 'a/{b}', payload: '1' } }]", "{b} is not captured"),
            ("actions: [{ publish: { topic: a, payload: '1', qos: 2 } }]", "from 0 to 1, not 2"),
            ("actions: [{ publish: { topic: a, payload: '1', retain: yes } }]", "true or false"),
            ("actions: [{ remember: { content: '1' } }]", "missing key 'layer'"),
            ("actions: [{ remember: { layer: episodic } }]", "missing key 'content'"),
            (
                "actions: [{ remember: { layer: working, content: '1' } }]",
                "'layer' must be episodic, semantic or long-term, not 'working'"
            ),
            (
                "actions: [{ remember: { layer: episodic, content: '1', tags: [''] } }]",
                "'tags' must have 1 to 100 characters"
            ),
            ("actions: [{ feel: {} }]", "missing key 'emotion'"),
            ("actions: [{ feel: { emotion: angre } }]", "(did you mean 'anger'?)"),
            ("for: 30", "'for': "),
            ("for: 0s", "'for' must be from 1ms to 366d, not 0s"),
            ("keep_firing_for: 367d", "'keep_firing_for' must be from 1ms to 366d, not 367d"),
            ("absent: soon", "'absent': "),
            ("cooldown: 60", "'cooldown': "),
            ("stance: oppose", "'stance' means nothing on telemetry"),
        ])
    func faults(key: String, expected: String) {
        let found = complaints(
            rules("  - name: a\n    on: heard\n    when: 'true'\n    \(key)\n"))
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.hasPrefix("1.yaml:12:") == true, "\(found)")
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test(
        "a rule without what it needs is refused",
        arguments: [
            ("{ on: heard, when: 'true' }", "9:5: error: missing key 'name'"),
            ("{ name: a, on: heard }", "9:5: error: missing key 'when'"),
            ("{ name: a, on: herd, when: 'true' }", "unknown route 'herd' (did you mean 'heard'?)"),
            ("{ name: a, on: zzzzzzz, when: 'true' }", "(there are: heard, judged, evaluate)"),
            ("{ name: a, on: [], when: 'true' }", "'on' must name at least one route"),
            ("{ name: a, on: [{}], when: 'true' }", "'on' must be text, not a mapping"),
            ("{ name: a, on: judged, when: 'true' }", "missing key 'stance': 'judged' judges"),
            ("{ name: a, when: 'true' }", "missing key 'stance': 'judged' judges proposals"),
            ("{ name: a, topic: 't/#/x', when: 'true' }", "'topic': in `#`"),
            ("{ name: a, topic: t, on: heard, when: 'true' }", "either 'on' or 'topic'"),
            ("{ name: heard, topic: t, when: 'true' }", "a second route (every rule with"),
            ("{ name: evaluate, topic: t, when: 'true' }", "cannot be named 'evaluate'"),
            ("{ name: a/b, on: heard, when: 'true' }", "'name' cannot hold '/'"),
            (#"{ name: "a\u0007", on: heard, when: 'true' }"#, "cannot hold control characters"),
            ("a", "9:5: error: 'rules' must be a mapping, not a value"),
            (
                "{ name: a, on: heard, when: 'true', message: a, messageExpression: '1' }",
                "a rule has one of 'message' and 'messageExpression'"
            ),
            (
                "{ name: a, on: judged, stance: veto, when: 'true', "
                    + "actions: [{ publish: { topic: t, payload: '1' } }] }",
                "actions on proposals are not available in this version"
            ),
            (
                "{ name: a, on: heard, when: 'true', variables: "
                    + "[{ name: x, expression: '1' }, { name: x, expression: '2' }] }",
                "a second variable is named 'x'"
            ),
        ])
    func incomplete(rule: String, expected: String) {
        let found = complaints(rules("  - \(rule)\n"))
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test("names and descriptions have so many characters, however many bytes those are")
    func lengths() throws {
        let name = String(repeating: "é", count: 100)
        let text = { (name: String, description: String) in
            rules("  - { name: \(name), description: \(description), on: heard, when: 'true' }\n")
        }
        let description = String(repeating: "ß", count: 500)
        #expect(try loadRules(text(name, description)).rules.count == 1)
        #expect(complaints(text(name + "é", "d")).count == 1)
        #expect(complaints(text("n", description + "x")).count == 1)
    }

    @Test("two rules of one name are refused, in different files too")
    func duplicates() {
        let text = "rules:\n  - { name: a, topic: t, when: 'true' }\n"
        #expect(
            complaints(text, text) == [
                "2.yaml:2:13: error: a second rule is named 'a' (the first is at 1.yaml:2)"
            ])
    }

    @Test("actions and variables of one rule are bounded")
    func bounds() {
        let action = "{ publish: { topic: t, payload: '1' } }"
        let rule = { (key: String, items: [String]) in
            let list = items.joined(separator: ",")
            return rules("  - { name: a, on: heard, when: 'true', \(key): [\(list)] }")
        }
        let actions = Array(repeating: action, count: Limits.ruleActionsMax + 1)
        #expect(complaints(rule("actions", actions)).first?.contains("more than 16") == true)
        let variables = (0...Limits.ruleVariablesMax).map { "{ name: v\($0), expression: '1' }" }
        #expect(complaints(rule("variables", variables)).first?.contains("more than 64") == true)
    }

    @Test("files are bounded in size and number, rules in number")
    func fileBounds() {
        let large = String(repeating: "#", count: Limits.ruleFileBytesMax + 1)
        #expect(complaints(large).first?.contains("a rule file has at most 4194304") == true)
        let files = (0...Limits.ruleFilesMax).map { RuleFile(name: "\($0)", text: "") }
        #expect(complaints(files: files).first?.contains("1001 rule files") == true)
        let rule = "- { name: a, on: b, when: 'true' }\n"
        let rules = "rules:\n" + String(repeating: rule, count: Limits.rulesMax + 1)
        #expect(complaints(rules) == ["1.yaml:2:1: error: more than 20000 rules"])
    }

    @Test("the errors of a set are bounded, and the last says that there are more")
    func errorBound() {
        let wrong = "rules:\n" + String(repeating: "  - x\n", count: Limits.sourceErrorsMax)
        let names = (10..<99).map { "\($0).yaml" }
        let found = complaints(files: names.map { RuleFile(name: $0, text: wrong) })
        #expect(found.count == Limits.ruleSetErrorsMax)
        #expect(found.first?.hasPrefix("10.yaml:2:5: error:") == true, "\(found.first ?? "")")
        let last = found.last ?? ""
        #expect(last.hasSuffix("too many errors; the rest of the files is not shown"), "\(last)")
    }

    @Test("all errors of all files are told at once, in order, each with its line and a caret")
    func allAtOnce() throws {
        do throws(RuleSetErrors) {
            _ = try loadRules(
                "rules:\n  - name: a\n    weigth: 1\n    topic: t\n    when: payload.x >\n",
                "a: [\n",
                "routes:\n  - { name: r }\n")
            Issue.record("it was accepted")
        } catch {
            #expect(error.errors.map(\.file) == ["1.yaml", "1.yaml", "2.yaml", "3.yaml"])
            #expect(error.errors.map(\.position.line) == [3, 5, 2, 2])
            #expect(
                error.description.hasPrefix(
                    """
                    1.yaml:3:5: error: unknown key 'weigth' (did you mean 'weight'?)
                            weigth: 1
                            ^

                    """), "\(error)")
        }
    }
}
