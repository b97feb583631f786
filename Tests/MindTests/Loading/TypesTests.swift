import CEL
import Core
import Testing

@testable import Mind

@Suite("What is known of a rule's names and of what its expressions give")
struct LoadingTypesTests {
    /// What is wrong with a rule that has these lines, which begin with line 12.
    private func faults(_ lines: String, on routes: String = "heard") -> [String] {
        complaints(rules("  - name: a\n    on: \(routes)\n    stance: veto\n    \(lines)\n"))
            .filter { !$0.contains("'stance' means nothing") }
    }

    @Test(
        "a condition that cannot have a value is refused, with what was meant",
        arguments: [
            ("device.trst > 0.5", "12:19", "'device' has no field 'trst' (did you mean 'trust'?)"),
            ("entity.foo == 1", "12:19", "'entity' has no field 'foo' (it has first_contact,"),
            ("event.properties.a > 1", "12:31", "string > int"),
            ("event.sequence > 1", "12:18", "'event' has no field 'sequence'"),
            ("event.qos == 'a'", "12:22", "int is never equal to string"),
            ("event.retain > 0", "12:25", "no such overload: bool > int"),
            ("topic > 1", "12:18", "no such overload: string > int"),
            ("now - 5 > now", "12:16", "google.protobuf.Timestamp - int"),
            ("now - device.last_seen > 60", "12:35", "google.protobuf.Duration > int"),
            ("device.trust + 1 > 1.0", "12:25", "no such overload: double + int"),
            ("device.mood == 1", "12:24", "string is never equal to int"),
            ("device.id.last > 1", "12:22", "string has no fields"),
            ("params.device == 1", "12:26", "string is never equal to int"),
            ("params.device + 1 == ''", "12:26", "string + int"),
        ])
    func names(when: String, place: String, expected: String) {
        let found = faults("when: \"\(when)\"")
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.hasPrefix("1.yaml:\(place): error: 'when': ") == true, "\(found)")
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test(
        "what has a value for some message is accepted",
        arguments: [
            "payload.temp * 1.8 + 32 > 100", "device.trust > 0", "device.trust * 2.0 > 1",
            "device.last.temp + 1 > payload.temp", "payload == device.previous", "payload",
            "device.last[params.device] == 1", "has(device.first_seen)", "event.seq % 10 == 0",
            "now - device.last_seen > duration('60s')", "now.getHours('Europe/Berlin') < 6",
            "event.properties[?'u'].orValue('') == 'x'", "device == entity", "'x' in device.last",
            "topic.split('/')[0] == params.line", "device['trust'] > 0.1", "device.all(k, k != '')",
            "cel.bind(d, device, d.anything == 1)", "changed(payload) || changed(topic)",
            "over.avg(payload.t, '5m') > over.avg(1, '1h') + 1.0", "over.count(1, '1m') % 2 == 0",
            "over.sum(payload.a ? 1 : 0, '1h') > 2", "over.rate(payload.n * 2, '1m') == 1",
        ])
    func accepted(when: String) {
        #expect(faults("when: \"\(when)\"") == [])
    }

    @Test(
        "functions that remember are checked by what they take and give",
        arguments: [
            ("over.avg(topic, '5m') > 1.0", "no such overload: over.avg(string, string)"),
            ("over.count(1, '5m') + 1.0 > 1.0", "no such overload: int + double"),
            ("over.max(1, '5m') + 1 > 1.0", "no such overload: double + int"),
            ("over.avg(1, 5) > 1.0", "the window of 'over.avg' is a text that is written out"),
            ("changed(topic) == 1", "bool is never equal to int"),
            ("over.avrage(payload.x, '5m') > 1.0", "unknown function 'over.avrage' (did you mean"),
            ("over.avg(payload.x) > 1.0", "'over.avg' takes 2 arguments, not 1"),
        ])
    func functions(when: String, expected: String) {
        let found = faults("when: \"\(when)\"")
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test("a variable has the type of its expression")
    func variables() {
        let variables = """
            variables:
              - { name: hour, expression: 'now.getHours()' }
              - { name: label, expression: 'string(variables.hour)' }
              - { name: temp, expression: 'payload.temp' }
              - { name: twice, expression: 'variables.temp * 2' }
              - { name: broken, expression: '1 +' }
            """.split(separator: "\n").joined(separator: "\n    ")
        for (when, expected) in [
            ("variables.hour > 6.5 && variables.label == '6'", nil),
            ("variables.temp == 'a' || variables.temp > 1", nil),
            ("variables.twice + 1.5 > 1", nil),
            ("variables.broken + 1 == 2 && variables.broken", nil),
            ("variables.hour == '6'", "int is never equal to string"),
            ("variables.label > 6", "no such overload: string > int"),
            ("variables.twice == 'a'", "number is never equal to string"),
        ] {
            let found = faults(variables + "\n    when: \"\(when)\"")
                .filter { !$0.contains("'expression'") }
            #expect(found.count == (expected == nil ? 0 : 1), "\(when): \(found)")
            if let expected { #expect(found.first?.contains(expected) == true, "\(found)") }
        }
    }

    @Test(
        "a place of a rule takes what it can use",
        arguments: [
            (
                "when: payload.temp * 2",
                "12:11: error: 'when' must give a bool, not number (compare it with a number, as in"
            ),
            ("when: '  topic'", "12:12: error: 'when' must give a bool, not string (compare it"),
            ("when: '[payload]'", "must give a bool, not list (ask for its size, as in size(…)"),
            ("when: payload.?x", "not optional_type (write ….hasValue(), or ….orValue(false))"),
            ("when: now", "'when' must give a bool, not google.protobuf.Timestamp"),
            (
                "when: 'true'\n    messageExpression: device.trust",
                "13:24: error: 'messageExpression' must give a string, not double (write string(…))"
            ),
            (
                "when: 'true'\n    messageExpression: '[topic]'",
                "not list(string) (write \"%s\".format([…]))"
            ),
            (
                "when: 'true'\n    messageExpression: payload.?x",
                "(write ….orValue(\"\"))"
            ),
            (
                "when: 'true'\n    strength: topic",
                "13:15: error: 'strength' must give a number, not string"
            ),
            ("when: 'true'\n    strength: '1.5'", "'strength' must be from 0 to 1, not 1.5"),
            (
                "when: 'true'\n    actions: [{ publish: { topic: t, payload: 'type(topic)' } }]",
                "13:48: error: 'payload' must give what can be written as JSON, not type"
            ),
            (
                "when: 'true'\n    actions: [{ remember: "
                    + "{ layer: episodic, content: '[type(1)]' } }]",
                "'content' must give what can be written as JSON, not list(type)"
            ),
        ])
    func results(lines: String, expected: String) {
        let found = faults(lines)
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test("a capture that no topic of the rule's routes has is refused, with the nearest one")
    func captures() {
        #expect(
            faults("when: params.devce == 'x' || has(params.lines)") == [
                "1.yaml:12:18: error: no topic of the rule's routes captures 'devce' ('heard') "
                    + "(did you mean 'device'?)",
                "1.yaml:12:34: error: no topic of the rule's routes captures 'lines' ('heard') "
                    + "(did you mean 'line'?)",
            ])
        #expect(
            faults("when: \"params['x'] == params.?y.orValue('')\"") == [
                "1.yaml:12:19: error: no topic of the rule's routes captures 'x' ('heard') "
                    + "(they capture device, line)",
                "1.yaml:12:35: error: no topic of the rule's routes captures 'y' ('heard') "
                    + "(they capture device, line)",
            ])
        // One of the routes is enough; `has` tells which it is.
        #expect(faults("when: has(params.line) || params.verb == ''", on: "[heard, judged]") == [])
        let nothing = faults("when: params.verb == ''", on: "evaluate").first
        #expect(nothing?.contains("(they capture nothing)") == true)
        // A route that is not there, or at fault, may have them.
        #expect(faults("when: params.x == ''", on: "[heard, nowhere]").count == 1)
        let implicit = "rules:\n  - { name: a, topic: 'p/{machine}', when: params.machin != '' }\n"
        #expect(complaints(implicit).first?.contains("(did you mean 'machine'?)") == true)
    }

    @Test("an expression that may take too long is refused, at its loop")
    func cost() {
        let found = faults(
            "when: payload.a.all(x, payload.b.all(y,\n      payload.c.exists(z, z > x * y)))")
        let message = found.first?.replacing(/cost [0-9]+/, with: "cost N")
        #expect(
            message == "1.yaml:13:17: error: 'when': the expression may cost N steps, more than "
                + "1000000 ('exists' costs most: it may go through 1000000 elements; what is not "
                + "known counts with 100 elements and 1024 bytes of text)")
        // Of a list that is written out, its own length counts, also in a variable.
        let list = (0..<40).map(String.init).joined(separator: ", ")
        let loops = "all(x, variables.l.all(y, variables.l.all(z, x + y + z > 0)))"
        let variables = "variables: [ { name: l, expression: '[\(list)]' } ]"
        #expect(faults("\(variables)\n    when: variables.l.\(loops)") == [])
    }
}
