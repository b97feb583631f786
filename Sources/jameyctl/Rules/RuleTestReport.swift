import Core
import Mind

/// A test that was played.
struct TestResult {
    var test: RuleTest
    /// None where all was as expected.
    var failures: [SourceError]
}

/// What the tests beside rules came to.
struct RuleTestReport: Report {
    let results: [TestResult]
    let place: RulesDirectory
    /// Whether the lines tell of tests that passed, too.
    let isVerbose: Bool

    var failed: Int { results.count { !$0.failures.isEmpty } }

    var lines: [String] {
        var lines: [String] = []
        for result in results {
            if isVerbose || !result.failures.isEmpty {
                let mark = result.failures.isEmpty ? "ok  " : "FAIL"
                lines.append("\(mark) \(place.within(result.test.file)): \(result.test.name)")
            }
            lines += result.failures.map(\.description)
        }
        lines.append("\(results.count - failed) passed, \(failed) failed")
        return lines
    }

    var json: [UInt8] {
        JSONWriter.object { json in
            json.member("ok", failed == 0)
            json.member("passed", results.count - failed)
            json.member("failed", failed)
            json.array("tests") { list in
                for result in results { list.object { write(result, to: &$0) } }
            }
        }
    }

    private func write(_ result: TestResult, to json: inout JSONWriter) {
        json.member("file", place.within(result.test.file))
        json.member("line", result.test.line)
        json.member("name", result.test.name)
        json.member("passed", result.failures.isEmpty)
        json.array("failures") { list in
            for failure in result.failures { list.object { failure.write(to: &$0) } }
        }
    }
}
