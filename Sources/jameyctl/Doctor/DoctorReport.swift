import Core

/// What doctor has found, for a person in 80 columns, or as JSON.
///
/// ```
/// ok       configuration: /etc/jamey/jamey.yaml and its rules are good
/// warning  clock: nothing keeps it right; …
///          → timedatectl set-ntp true
/// 0 errors, 1 warning
/// ```
struct DoctorReport: Report {
    private static let levelColumns = 9
    private static let detailsShown = 20

    let findings: [Finding]
    private let paint: Paint

    init(_ findings: [Finding], paint: Paint = Paint()) {
        self.findings = findings
        self.paint = paint
    }

    var isWell: Bool { count(.error) == 0 }

    private func count(_ level: Finding.Level) -> Int { findings.count { $0.level == level } }

    // MARK: For a person

    var lines: [String] {
        let errors = counted(count(.error), "error")
        let summary = "\(errors), \(counted(count(.warning), "warning"))"
        let colour: Paint.Colour = isWell ? .green : .red
        return findings.flatMap(lines(of:)) + [paint(colour, summary)]
    }

    private func lines(of finding: Finding) -> [String] {
        let level = finding.level.rawValue
        let text =
            level.padded(to: Self.levelColumns)
            + "\(finding.check): \(finding.message)".printable
        var lines = text.wrapped(hanging: Self.levelColumns)
        lines[0] = paint(Self.colour(finding.level), level) + lines[0].dropFirst(level.count)
        let margin = String(repeating: " ", count: Self.levelColumns)
        for detail in finding.details.prefix(Self.detailsShown) {
            lines.append((margin + "| " + detail.printable).fitted(to: String.reportColumns))
        }
        let more = finding.details.count - Self.detailsShown
        if more > 0 { lines.append(margin + "| and \(more) more lines") }
        if let advice = finding.advice {
            lines += (margin + "→ " + advice.printable).wrapped(hanging: Self.levelColumns + 2)
        }
        return lines
    }

    private static func colour(_ level: Finding.Level) -> Paint.Colour {
        switch level {
        case .ok: .green
        case .warning: .yellow
        case .error: .red
        }
    }

    // MARK: For a program

    var json: [UInt8] {
        JSONWriter.object { json in
            json.member("ok", isWell)
            json.member("errors", count(.error))
            json.member("warnings", count(.warning))
            json.array("findings") { list in
                for finding in findings { list.object { Self.write(finding, to: &$0) } }
            }
        }
    }

    private static func write(_ finding: Finding, to json: inout JSONWriter) {
        json.member("check", finding.check)
        json.member("level", finding.level.rawValue)
        json.member("message", finding.message)
        json.member("advice", ifPresent: finding.advice)
        if !finding.details.isEmpty { json.member("details", finding.details) }
    }
}
