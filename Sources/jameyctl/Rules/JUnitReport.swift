import Mind

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
