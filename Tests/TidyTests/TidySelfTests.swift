import Testing

/// Each check of `TidyTests` on a text that breaks its rule, and on one that only looks like it.
@Suite("Tidiness can fail")
struct TidySelfTests {
    private func file(_ text: String, at path: String = "Sources/Core/A.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    @Test(
        "an import that points upwards or sideways is found",
        arguments: [
            ("Sources/Core/A.swift", "import Mind"), ("Sources/CEL/A.swift", "import Store"),
            ("Sources/Store/A.swift", "public import Broker"),
            ("Sources/Mind/A.swift", "import API"),
            ("Sources/CEL/A.swift", "@testable import struct Agent.Loop"),
            ("Sources/Agent/A.swift", "import GRDB"),
            ("Sources/jameyd/A.swift", "import CMosquitto"),
            ("Sources/jameyctl/main.swift", "import Agent"),
            ("Sources/Other/A.swift", "import Core"),
            ("Sources/jameyctl/main.swift", "import Broker"),
            ("Sources/jameysim/A.swift", "import Mind"),
            ("Sources/jameyd/A.swift", "import jameyctl"),
            ("Sources/Agent/A.swift", "import SQLite3"),
        ])
    func upwards(_ path: String, _ text: String) {
        #expect(Floors.check(file(text, at: path)).count == 1)
    }

    @Test(
        "an import that points downwards is none",
        arguments: [
            ("Sources/CEL/A.swift", "import Core"), ("Sources/Store/A.swift", "import GRDB"),
            ("Sources/Broker/A.swift", "@preconcurrency import CMosquitto"),
            ("Sources/jameysim/A.swift", "import Broker"), ("Sources/Mind/A.swift", "import Yams"),
            ("Sources/jameysim/A.swift", "import CEL"),
            ("Sources/Core/A.swift", "// import Mind"), ("Tests/CoreTests/A.swift", "import Mind"),
            ("Sources/CMosquitto/shim.h", "import Mind"),
        ])
    func downwards(_ path: String, _ text: String) {
        #expect(Floors.check(file(text, at: path)).isEmpty)
    }

    @Test("a file, a line or a function that is too long is found")
    func tooLong() {
        let lines = String(repeating: "let a = 1\n", count: 400)
        #expect(Sizes.check(file(lines)).isEmpty)
        #expect(Sizes.check(file(lines + "let b = 1\n")).count == 1)
        #expect(Sizes.check(file(lines + "x\n", at: "scripts/run")).count == 1)
        #expect(Sizes.check(file(lines + "x\n", at: "Tests/X/data.json")).isEmpty)
        #expect(Sizes.check(file(String(repeating: "é", count: 100))).isEmpty)
        #expect(Sizes.check(file(String(repeating: "é", count: 101))).count == 1)
        let body = String(repeating: "    a()\n", count: 58)
        #expect(Sizes.check(file("func f() {\n\(body)}\n")).isEmpty)
        #expect(Sizes.check(file("func f() {\n\(body)    b()\n}\n")).count == 1)
        #expect(Sizes.check(file("init() {\n\(body)    b()\n}\n")).count == 1)
        #expect(
            Sizes.check(file("func f() {\n\(body)    b()\n}\n", at: "Tests/Fuzz/F.swift")).isEmpty)
    }

    @Test("functions are measured past strings, comments and requirements")
    func functions() {
        let text = #"""
            protocol P { func a(); func b() -> Int }
            struct S {
                init?(x: Int = { 1 }()) { self.init() } // }
                func c(_ f: () -> Void) throws(E) -> [Int] {
                    print("} \("}" + String(1)) }"); /* } /* } */ } */
                    let raw = ##" " } "# } \ "##
                }
                subscript(i: Int) -> Int { 1 }
                deinit { }
            }
            """#
        #expect(
            Sizes.functions(in: file(text)) == [
                .init(name: "init", start: 2, lines: 1), .init(name: "c", start: 3, lines: 4),
                .init(name: "subscript", start: 7, lines: 1),
                .init(name: "deinit", start: 8, lines: 1),
            ])
    }

    @Test("comments and strings are told apart from code")
    func masking() {
        let text = #"let a = "TODO \(b("x")) \" y" // FIXME"# + "\n\"\"\"\nXXX\n\"\"\" + c\n"
        let file = file(text)
        #expect(
            file.code.map { $0.contains("TODO") || $0.contains("FIXME") || $0.contains("XXX") }
                == [false, false, false, false])
        #expect(file.code[0].contains("b(") && file.code[3].contains("+ c"))
        #expect(file.codeAndComments[0].contains("// FIXME"))
        #expect(Words.leftovers(file).map(\.line) == [1])
        #expect(file.lines.count == 4)
    }

    @Test("names that say nothing are found, words that contain them elsewhere are not")
    func emptyNames() {
        #expect(Words.emptyNames(file("struct TopicManager {}")).count == 1)
        #expect(Words.emptyNames(file("extension StringUtils {}")).count == 1)
        #expect(Words.emptyNames(file("", at: "Tests/A/TestHelpers.swift")).count == 1)
        #expect(Words.emptyNames(file("let manager = FileManager.default")).isEmpty)
    }

    @Test(
        "work put off is found",
        arguments: ["// TODO: later", "/* FIXME */", "let XXX = 1", "a() // see XXX"])
    func leftovers(_ text: String) {
        #expect(Words.leftovers(file(text)).count == 1)
        #expect(Words.leftovers(file("let a = \"TODO\" // mastodon TODOs")).isEmpty)
        #expect(Words.leftovers(file("# TODO", at: "scripts/run")).count == 1)
    }

    @Test(
        "a way around the compiler needs a reason beside it",
        arguments: [
            "fatalError(\"no\")", "let a = try! b()", "let a = b as! C",
            "final class A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1",
        ])
    func evasions(_ text: String) {
        #expect(Words.evasions(file(text)).count == 1)
        #expect(Words.evasions(file(text + " // it holds because of that")).isEmpty)
        #expect(Words.evasions(file("// It holds because of that.\n" + text)).isEmpty)
        #expect(Words.evasions(file("a() // about another line\n" + text)).count == 1)
        #expect(Words.evasions(file(text + " // no")).count == 1)
        #expect(Words.evasions(file("// " + text)).isEmpty)
    }

    @Test(
        "a sleep needs a reason beside it",
        arguments: [
            "Thread.sleep(forTimeInterval: 1)", "try await Task.sleep(for: .seconds(1))",
            "usleep(10)", "sleep(1)", "nanosleep(&a, nil)",
        ])
    func sleeps(_ text: String) {
        #expect(Words.sleeps(file(text)).count == 1)
        #expect(Words.sleeps(file("// The thing under test is time itself.\n" + text)).isEmpty)
        #expect(Words.sleeps(file("asleep(1)")).isEmpty)
    }

    @Test("a priority before that of the process is found")
    func priorities() {
        let text = "DispatchQueue(label: \"a\", qos: .userInitiated)"
        #expect(Words.priorities(file(text, at: "Sources/API/A.swift")).count == 1)
        #expect(Words.priorities(file(text, at: "Tests/APITests/A.swift")).isEmpty)
        let high = "Task(priority: .high) { await work() }"
        #expect(Words.priorities(file(high, at: "Sources/API/A.swift")).count == 1)
        // What begins on the main thread; elsewhere a task is begun by others.
        let plain = "Task { await work() }"
        for (module, count) in [("Agent", 1), ("jameyd", 1), ("API", 0)] {
            #expect(Words.priorities(file(plain, at: "Sources/\(module)/A.swift")).count == count)
        }
        let detached = "Task.detached { await work() }; group.addTask { await work() }"
        #expect(Words.priorities(file(detached, at: "Sources/jameyd/A.swift")).isEmpty)
        #expect(Words.priorities(file("let a = b.high", at: "Sources/Core/A.swift")).isEmpty)
        let low = "DispatchQueue(label: \"a\", qos: .utility)"
        #expect(Words.priorities(file(low, at: "Sources/API/A.swift")).isEmpty)
    }

    @Test(
        "a clock or chance in the mind is found",
        arguments: ["ContinuousClock()", "Int.random(in: 0..<2)", "Date()", "SystemTime().now()"])
    func impurities(_ text: String) {
        #expect(Words.impurities(file(text, at: "Sources/Mind/A.swift")).count == 1)
        #expect(Words.impurities(file(text, at: "Sources/CEL/A.swift")).count == 1)
        #expect(Words.impurities(file(text, at: "Sources/Agent/A.swift")).isEmpty)
        #expect(Words.impurities(file("CivilDate(x)", at: "Sources/Mind/A.swift")).isEmpty)
    }

    @Test("a path of one machine is found, a folder of the same name is not")
    func machinePaths() {
        for folder in ["work", "home", "Users", "root", "tmp/build"] {
            #expect(Words.machinePaths(file("cd /" + folder + "/me", at: "scripts/run")).count == 1)
            #expect(Words.machinePaths(file("let a = \"/" + folder + "/x\"")).count == 1)
            #expect(Words.machinePaths(file("cd $a/" + folder + "/me", at: "scripts/run")).isEmpty)
        }
        #expect(Words.machinePaths(file("/var/lib/jamey/ /tmp/x")).isEmpty)
    }

    @Test("a decision that the index forgot is found")
    func decisions() {
        let pages = ["0001-a.md", "0002-b.md"]
        let index = "- [A](0001-a.md)\n- 0002-b.md"
        #expect(
            Decisions.check(pages: pages, index: index).map(\.path) == ["docs/decisions/0002-b.md"])
        #expect(Decisions.check(pages: pages, index: "").count == 2)
    }
}
