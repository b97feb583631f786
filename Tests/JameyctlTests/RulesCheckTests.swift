import Core
import Testing

@testable import jameyctl

@Suite("jameyctl rules check")
struct RulesCheckTests {
    private let scratch: Scratch
    private var rules: String { scratch.directory + "/rules.d" }

    init() throws { scratch = try Scratch() }

    private static let good = """
        routes:
          - name: press
            topic: plant/{device}
            entity: "{device}"
        rules:
          - name: hot
            description: too hot
            on: press
            when: payload.temp > 80.0

        """

    @Test("good rules are counted, and named by their digest")
    func good() throws {
        try scratch.write("rules.d/1.yaml", Self.good)
        let result = try Command.run("rules", "check", rules)
        #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
        #expect(result.lines.count == 2)
        #expect(result.output.contains("1 rule: good\nsha256:"))
        let json = try JSONScanner.scan(
            Array(try Command.run("rules", "check", "--json", rules).output.utf8))
        #expect(json["ok"]?.bool == true)
        #expect(json["files"]?.array == [.string("1.yaml")])
        #expect(json["rules"]?.int == 1)
        #expect(json["ruleset"]?.string.map { result.output.contains($0) } == true)
    }

    @Test("a directory without rules says that the default ones apply")
    func empty() throws {
        try scratch.write("rules.d/notes.txt", "")
        let result = try Command.run("rules", "check", rules)
        #expect(result.code == 0)
        #expect(result.output.contains("default rules apply"))
    }

    @Test("all errors are told with their file, line and column, a hint and a caret")
    func wrong() throws {
        let wrong = Self.good.replacing("payload.temp", with: "paylaod.temp")
        try scratch.write("rules.d/1.yaml", wrong)
        try scratch.write("rules.d/2.yml", "rulez: []\n")
        let result = try Command.run("rules", "check", rules + "/")
        #expect(result.code == 65 && result.output.isEmpty)
        #expect(
            result.errors.contains("\(rules)/1.yaml:9:11: error: ")
                && result.errors.contains("(did you mean 'payload'?)"), "\(result.errors)")
        #expect(
            result.errors.contains(
                """
                \(rules)/2.yml:1:1: error: unknown key 'rulez' (did you mean 'rules'?)
                    rulez: []
                    ^
                2 errors
                """), "\(result.errors)")
        let found = try Command.run("rules", "check", rules, "--json")
        #expect(found.code == 65 && found.errors.isEmpty)
        let json = try JSONScanner.scan(Array(found.output.utf8))
        #expect(json["ok"]?.bool == false)
        let second = try #require(json["errors"]?.array?.last)
        #expect(second["file"]?.string == "\(rules)/2.yml")
        #expect(second["line"]?.int == 1 && second["column"]?.int == 1)
        #expect(second["message"]?.string == "unknown key 'rulez'")
        #expect(second["hint"]?.string == "did you mean 'rules'?")
        #expect(second["source"]?.string == "rulez: []")
    }

    @Test("faults of types, captures, results and costs are told with their line and a caret")
    func types() throws {
        try scratch.write(
            "rules.d/1.yaml",
            Self.good.replacing("payload.temp > 80.0", with: "device.trst > params.devce")
                + """
                  - { name: b, description: b, on: press, when: params.devce }
                  - name: c
                    description: c
                    on: press
                    when: payload.a.all(x, payload.b.all(y, payload.c.all(z, x > y + z)))

                """)
        let result = try Command.run("rules", "check", rules)
        #expect(result.code == 65)
        #expect(
            result.errors.replacing(/cost [0-9]+/, with: "cost N") == """
                \(rules)/1.yaml:9:18: error: 'when': 'device' has no field 'trst' (did you mean \
                'trust'?)
                        when: device.trst > params.devce
                                     ^
                \(rules)/1.yaml:10:49: error: 'when' must give a bool, not string (compare it \
                with a text, as in … == "on")
                      - { name: b, description: b, on: press, when: params.devce }
                                                                    ^
                \(rules)/1.yaml:10:56: error: no topic of the rule's routes captures 'devce' \
                ('press') (did you mean 'device'?)
                      - { name: b, description: b, on: press, when: params.devce }
                                                                           ^
                \(rules)/1.yaml:14:55: error: 'when': the expression may cost N steps, more than \
                1000000 ('all' costs most: it may go through 1000000 elements; what is not known \
                counts with 100 elements and 1024 bytes of text)
                        when: payload.a.all(x, payload.b.all(y, payload.c.all(z, x > y + z)))
                                                                          ^
                4 errors

                """, "\(result.errors)")
    }

    @Test("files that cannot be read are errors like others")
    func unreadable() throws {
        try scratch.write("rules.d/1.yaml", [0xFF])
        let result = try Command.run("rules", "check", rules)
        #expect(result.code == 65)
        #expect(result.errors.contains("\(rules)/1.yaml:1:1: error: is not valid UTF-8"))
    }

    @Test("a directory that is not there, or is none, has a code of its own")
    func noDirectory() throws {
        let missing = try Command.run("rules", "check", rules)
        #expect(missing.code == 66)
        #expect(missing.errors.contains("does not exist (name the directory"))
        let file = try scratch.write("rules.yaml", Self.good)
        #expect(try Command.run("rules", "check", file).code == 66)
        #expect(try Command.run("rules", "check").code == 64)
    }
}
