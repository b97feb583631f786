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
            the tests are malformed, 66 there is no such directory, or no test in it. With --json \
            the answer is one JSON object on standard output in each case.
            """)

    @Argument(help: "The directory that holds the rule files.")
    var directory: String

    @Option(help: "Write the results as JUnit XML too.", completion: .file())
    var junit: String?

    @Flag(help: "Tell the passed tests as well; JSON has them in any case.")
    var verbose = false

    @Flag(help: "Tell the result as JSON.")
    var json = false

    func perform() throws(Ending) {
        let place = RulesDirectory(path: directory)
        let files = try place.read(isJSON: json)
        let set = try place.rules(in: files, isJSON: json)
        let results = try tests(beside: files, place).map { test in
            TestResult(
                test: test,
                failures: RuleTestRun.failures(of: test, under: set).map(place.withPath))
        }
        guard !results.isEmpty else {
            throw try nothing(
                directory, "there are no tests: *_test.yaml beside the rules, or tests/*.yaml")
        }
        if let junit {
            try OutputFile.write(JUnitReport.text(of: results, in: place), to: junit)
        }
        let report = RuleTestReport(results: results, place: place, isVerbose: verbose)
        try report.tell(asJSON: json)
        if report.failed > 0 { throw Ending(code: Exit.noValue) }
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
                throw try nothing(place.within("tests"), error.description)
            }
        }
        return try read(found, place)
    }

    /// There is nothing to play.
    private func nothing(_ path: String, _ message: String) throws(Ending) -> Ending {
        guard json else { return .failure(Exit.noInput, "\(path): \(message)") }
        let problem = SourceError(file: path, position: .start, message: message)
        return try Complaints(errors: [problem], code: Exit.noInput).ending(isJSON: true)
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
            throw try Complaints(errors: errors.map(place.withPath)).ending(isJSON: json)
        }
        return tests
    }
}
