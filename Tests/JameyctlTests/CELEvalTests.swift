import CEL
import Core
import Testing

@testable import jameyctl

@Suite("jameyctl cel eval")
struct CELEvalTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test(
        "a value is written as the language writes it",
        arguments: [
            ("null", "null"), ("1 < 2", "true"), ("40 + 2", "42"), ("7u", "7u"), ("1.50", "1.5"),
            ("1.0 / 0.0", #"double("Infinity")"#), ("-1.0 / 0.0", #"double("-Infinity")"#),
            ("0.0 / 0.0", #"double("NaN")"#),
            (#"'a"\\\n\r\t\u0000é'"#, #""a\"\\\n\r\t\U00000000é""#),
            (#"b'a"\\\x00\xff'"#, #"b"a\"\\\x00\xff""#), ("[1, 'a', []]", #"[1, "a", []]"#),
            ("{'a': 1, 2: [true]}", #"{"a": 1, 2: [true]}"#),
            ("timestamp('2026-03-01T12:00:00Z')", #"timestamp("2026-03-01T12:00:00Z")"#),
            ("duration('90s')", #"duration("90s")"#), ("type(1)", "int"),
        ])
    func literals(_ expression: String, _ expected: String) throws {
        let value = try Expression(expression).evaluate(EmptyActivation())
        #expect(value.literal == expected)
        // What is written is an expression again, of the same value.
        let again = try Expression(expected).evaluate(EmptyActivation())
        #expect(again == value || expected.contains("NaN"))
    }

    @Test("documents are written in the same way")
    func documents() throws {
        let json = try JSONScanner.scan(Array(#"{"a":[1,2.5,"x",null,{"b":true}]}"#.utf8))
        #expect(Value(json).literal == #"{"a": [1, 2.5, "x", null, {"b": true}]}"#)
    }

    @Test("the value, its type and its cost are shown, as text and as JSON")
    func shown() throws {
        let file = try scratch.write("payload.json", #"{"temp": 81.5, "list": [1]}"#)
        func run(_ arguments: String...) throws -> [String] {
            let result = try Command(["cel", "eval"] + arguments).wait()
            #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
            return result.lines
        }
        #expect(
            try run("payload.temp > 80.0", "--payload", file)
                == ["true : bool", "cost 4, estimated 17"])
        #expect(try run("payload.temp", "--payload", file)[0] == "81.5 : double")
        #expect(
            try run("payload", "--payload", file, "--json") == [
                #"{"value":{"temp":81.5,"list":[1]},"type":"map","cost":1,"estimate":1}"#
            ])
        #expect(
            try run("type(topic)", "--topic", "a/b", "--json")
                == [#"{"value":"string","type":"type","cost":2,"estimate":2}"#])
        #expect(try run("topic", "--topic", "a/b")[0] == "\"a/b\" : string")
        #expect(try run("now > timestamp('2020-01-01T00:00:00Z')")[0] == "true : bool")
        #expect(try run("--", "-1") == ["-1 : int", "cost 1, estimated 1"])
        #expect(try run("text.overlap('kill it', 'kill')")[0] == "1.0 : double")
        let piped = try Command.run(
            "cel", "eval", "payload.a", "--payload", "-", input: #"{"a":1}"#)
        #expect(piped.lines[0] == "1 : int")
    }

    @Test("a trace tells the place, text, value and type of every part, loops turn by turn")
    func traced() throws {
        let payload = #"{"l":[1], "t": "\u001b"}"#
        let expression = "payload.l.all(x,\n  x > 1) ||\n payload.t == ''"
        let result = try Command.run(
            "cel", "eval", "--trace", expression, "--payload", "-", input: payload)
        #expect(result.code == 0 && result.errors.isEmpty)
        #expect(
            result.output == #"""
                1:1  payload                                     {"l": [1], "t": "\U0000001b"} : map
                1:1  payload.l                                   [1] : list
                2:3  x                                           1 : int
                2:3  x > 1                                       false : bool
                1:1  payload.l.all(x, x > 1)                     false : bool
                3:2  payload                                     {"l": [1], "t": "\U0000001b"} : map
                3:2  payload.t                                   "\U0000001b" : string
                3:2  payload.t == ''                             false : bool
                1:1  payload.l.all(x, x > 1) || payload.t == ''  false : bool

                false : bool
                cost 11, estimated 333

                """#, "\(result.output)")
        let json = try Command.run(
            "cel", "eval", "--trace", "--json", "payload.l[0] > 0", "--payload", "-",
            input: payload)
        let steps = [
            #""text":"payload","value":{"l":[1],"t":"\u001b"},"type":"map""#,
            #""text":"payload.l","value":[1],"type":"list""#,
            #""text":"payload.l[0]","value":1,"type":"int""#,
            #""text":"payload.l[0] > 0","value":true,"type":"bool""#,
        ].map { #"{"line":1,"column":1,\#($0)}"# }.joined(separator: ",")
        #expect(json.output.hasSuffix(#""trace":[\#(steps)],"trace_cut":false}"# + "\n"))
    }

    @Test("where there is no value, the trace shows how far it went")
    func failedTrace() throws {
        let arguments = ["cel", "eval", "--trace", "[1, 2].map(x, x / (x - 1))"]
        let result = try Command(arguments).wait()
        #expect(result.code == 1)
        #expect(result.lines.contains("1:15  x / (x - 1)                 error: division by zero"))
        #expect(result.errors.contains("expression:1:17: error: division by zero"))
        let json = try JSONScanner.scan(
            Array(try Command(arguments + ["--json"]).wait().output.utf8))
        #expect(json["ok"]?.bool == false && json["cost"]?.int == 9)
        #expect(
            json["errors"]?.array?[0]["source"]?.string == "[1, 2].map(x, x / (x - 1))")
        #expect(json["trace"]?.array?.last?["error"]?.string == "division by zero")
    }

    @Test("of large values and long traces the beginning is shown")
    func longTrace() throws {
        let list = (0..<5_000).map(String.init).joined(separator: ",")
        let file = try scratch.write("payload.json", #"{"l": [\#(list)]}"#)
        let arguments = ["cel", "eval", "--trace", "payload.l.all(x, x >= 0)", "--payload", file]
        let lines = try Command(arguments).wait().lines
        #expect(lines[0].contains(#"{"l": [0, 1, 2,"#) && lines[0].hasSuffix("… : map"))
        #expect(lines.count == Limits.traceStepsMax + 3)
        #expect(lines[Limits.traceStepsMax] == "…")
        let json = try JSONScanner.scan(
            Array(try Command(arguments + ["--json"]).wait().output.utf8))
        #expect(json["trace_cut"]?.bool == true)
        #expect(json["trace"]?.array?[0]["type"]?.string == "map")
        #expect(json["trace"]?.array?[0]["value"] == nil)
    }

    @Test("an expression that may take too long is refused with its loop, as of a rule")
    func tooCostly() throws {
        let result = try Command.run(
            "cel", "eval", "payload.all(x, payload.all(y,\n payload.all(z, x == y + z)))")
        #expect(result.code == 65)
        #expect(result.errors.hasPrefix("expression:2:10: error: the expression may cost "))
        #expect(result.errors.contains("('all' costs most: it may go through 1000000 elements"))
        #expect(result.errors.contains("\n     payload.all(z, x == y + z)))\n             ^\n"))
    }

    @Test("a malformed expression is told with all its errors and carets, and code 65")
    func malformed() throws {
        let result = try Command.run("cel", "eval", "1 +\n paylaod.temp > siez(topic)")
        #expect(result.code == 65 && result.output.isEmpty)
        #expect(
            result.errors.contains("expression:2:2: error: ")
                && result.errors.contains("(did you mean 'payload'?)\n     paylaod.temp > siez"),
            "\(result.errors)")
        #expect(result.errors.contains("\n     ^\n") && result.errors.contains("2 errors"))
        let json = try Command.run("cel", "eval", "1 +", "--json")
        #expect(json.code == 65 && json.errors.isEmpty)
        #expect(json.output.hasPrefix(#"{"ok":false,"errors":[{"file":"expression","line":1,"#))
    }

    @Test("an evaluation without a value is told with its place, a way out, and code 1")
    func noValue() throws {
        for (expression, words) in [
            ("payload.temp", "expression:1:1: error: 'payload' has no value (give it one with"),
            ("topic", "with --topic"), ("device.trust > 0.5", "only payload, topic and now"),
            ("1 / 0", "expression:1:3: error: division by zero\n    1 / 0\n      ^\n"),
        ] {
            let result = try Command.run("cel", "eval", expression)
            #expect(result.code == 1 && result.output.isEmpty)
            #expect(result.errors.contains(words), "\(result.errors)")
        }
    }

    @Test("a payload that is no JSON, too large, or not there, is told")
    func payloads() throws {
        func run(_ payload: String) throws -> Command.Result {
            try Command.run("cel", "eval", "payload", "--payload", payload)
        }
        let broken = try scratch.write("broken.json", "{\n  \"a\": tru\n}")
        let result = try run(broken)
        #expect(result.code == 65)
        #expect(result.errors.contains("\(broken):2:8: error: "), "\(result.errors)")
        #expect(result.errors.contains("\n      \"a\": tru\n           ^\n"), "\(result.errors)")
        let large = [UInt8](repeating: 0x20, count: Limits.payloadBytesMax + 1)
        #expect(try run(scratch.write("large.json", large)).code == 65)
        let missing = try run(scratch.directory + "/none")
        #expect(missing.code == 66)
        #expect(missing.errors.contains("cannot be opened: No such file or directory (name"))
        let directory = try run(scratch.directory)
        #expect(directory.code == 66)
        #expect(directory.errors.contains("for a pipe, write --payload -"))
        let bytes = try scratch.write("bytes.json", [0x22, 0xFF, 0x22])
        #expect(try run(bytes).code == 65)
    }

    @Test("the help says what the exit codes mean")
    func help() throws {
        for command in [
            [], ["decisions"], ["log", "export"], ["rules", "check"], ["cel", "eval"],
        ] {
            let result = try Command(command + ["--help"]).wait()
            #expect(result.code == 0)
            #expect(result.output.contains("Exit codes"), "\(command)")
        }
        #expect(try Command.run("decisoins").code == 64)
    }

    @Test("what remembers has no value on the command line, and says where it has one")
    func remembering() throws {
        let result = try Command.run("cel", "eval", #"over.avg(1.5, "5m") > 1.0"#)
        #expect(result.code == 1 && result.errors.contains("in rules only"), "\(result)")
    }
}
