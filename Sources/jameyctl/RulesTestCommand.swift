import ArgumentParser
import Core
import Mind

/// `jameyctl rules test`
struct RulesTestCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Plays the tests that stand beside rules, and tells what is otherwise.",
        discussion: """
            Tests are the files *_test.yaml of the directory, and tests/*.yaml below it. Their \
            form is in docs/rules.md. Exit codes: 0 all passed, 1 some failed, 65 the rules or \
            the tests are malformed, 66 there is no such directory, or no test in it.
            """)

    @Argument(help: "The directory that holds the rule files.")
    var directory: String

    @Option(help: "Write the results as JUnit XML too.", completion: .file())
    var junit: String?

    @Flag(help: "Tell the passed tests as well.")
    var verbose = false

    func perform() throws(Ending) {
        let place = RulesDirectory(path: directory)
        let files = try place.read(isJSON: false)
        let set = try place.rules(in: files, isJSON: false)
        let results = try tests(beside: files, place).map { test in
            TestResult(
                test: test,
                failures: RuleTestRun.failures(of: test, under: set).map(place.withPath))
        }
        guard !results.isEmpty else {
            throw .failure(
                Exit.noInput,
                "\(directory): there are no tests: *_test.yaml beside the rules, or tests/*.yaml")
        }
        if let junit {
            try OutputFile.write(JUnitReport.text(of: results, in: place), to: junit)
        }
        try tell(results, place)
    }

    private func tests(
        beside files: [TextDirectory.File], _ place: RulesDirectory
    ) throws(Ending) -> [RuleTest] {
        var found = files.filter { RuleFile.isTest($0.name) }
        do throws(TextDirectoryError) {
            let below = try TextDirectory.read(
                place.within("tests"), suffixes: RuleFile.suffixes,
                filesMax: Limits.ruleFilesMax, bytesMax: Limits.ruleFileBytesMax)
            found += below.map { file in
                var file = file
                file.name = "tests/" + file.name
                return file
            }
        } catch {
            if error != .doesNotExist {
                throw .failure(Exit.noInput, "\(place.within("tests")) \(error.description)")
            }
        }
        return try read(found, place)
    }

    /// All errors of all files at once.
    private func read(
        _ files: [TextDirectory.File], _ place: RulesDirectory
    ) throws(Ending) -> [RuleTest] {
        var tests: [RuleTest] = []
        var errors: [SourceError] = []
        for file in files {
            do throws(TextFileError) {
                let text = try file.text.get()
                do throws(RuleSetErrors) {
                    tests += try RuleTestReader.read(RuleFile(name: file.name, text: text))
                } catch {
                    errors += error.errors
                }
            } catch {
                errors.append(
                    SourceError(file: file.name, position: .start, message: error.description))
            }
        }
        if !errors.isEmpty {
            throw try Complaints(errors: errors.map(place.withPath)).ending(isJSON: false)
        }
        return tests
    }

    private func tell(_ results: [TestResult], _ place: RulesDirectory) throws(Ending) {
        var output = LineOutput()
        for result in results {
            if verbose || !result.failures.isEmpty {
                let mark = result.failures.isEmpty ? "ok  " : "FAIL"
                try output.line("\(mark) \(place.within(result.test.file)): \(result.test.name)")
            }
            for failure in result.failures { try output.line(failure.description) }
        }
        let failed = results.filter { !$0.failures.isEmpty }.count
        try output.line("\(results.count - failed) passed, \(failed) failed")
        try output.flush()
        if failed > 0 { throw Ending(code: Exit.noValue) }
    }
}

/// A test that was played.
struct TestResult {
    var test: RuleTest
    /// None where all was as expected.
    var failures: [SourceError]
}

/// The form that build servers read.
enum JUnitReport {
    static func text(of results: [TestResult], in place: RulesDirectory) -> String {
        var files: [String] = []
        for result in results where !files.contains(result.test.file) {
            files.append(result.test.file)
        }
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
        lines.append("<testsuites\(counts(results))>")
        for file in files {
            let own = results.filter { $0.test.file == file }
            let name = escaped(place.within(file))
            lines.append(#"  <testsuite name="\#(name)"\#(counts(own))>"#)
            for result in own { lines += testCase(result, name) }
            lines.append("  </testsuite>")
        }
        return (lines + ["</testsuites>"]).joined(separator: "\n")
    }

    private static func counts(_ results: [TestResult]) -> String {
        let failed = results.filter { !$0.failures.isEmpty }.count
        return #" tests="\#(results.count)" failures="\#(failed)" errors="0" skipped="0""#
    }

    private static func testCase(_ result: TestResult, _ file: String) -> [String] {
        let start =
            #"    <testcase classname="\#(file)" name="\#(escaped(result.test.name))""#
            + #" file="\#(file)" line="\#(result.test.line)""#
        guard let first = result.failures.first else { return [start + "/>"] }
        let text = result.failures.map(\.description).joined(separator: "\n")
        return [
            start + ">",
            #"      <failure message="\#(escaped(first.message))">\#(escaped(text))</failure>"#,
            "    </testcase>",
        ]
    }

    /// XML 1.0 has no way to write most control characters.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value):
                result += "\u{FFFD}"
            case _: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
