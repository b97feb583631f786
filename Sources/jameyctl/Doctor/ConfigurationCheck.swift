import Core

/// Whether the daemon would take its configuration and its rules: `jameyd --check` says so.
struct ConfigurationCheck {
    private static let check = "configuration"

    let path: String
    /// Stands in for what systemd hands over to the service.
    let credentials: String
    /// nil: it is nowhere.
    let daemon: String?

    func findings() -> [Finding] {
        do throws(TextFileError) {
            _ = try TextFile.read(path, bytesMax: Limits.configurationBytesMax)
        } catch {
            return [
                .error(
                    Self.check, "\(path) \(error)",
                    do: "correct it, or name another with --config")
            ]
        }
        guard let daemon else {
            return [
                .warning(
                    Self.check,
                    "jameyd is neither beside jameyctl nor in PATH: nothing can say "
                        + "whether \(path) is good",
                    do: "install jameyd")
            ]
        }
        let run = ProgramRun(
            daemon, ["--check", "--config", path],
            environment: ["CREDENTIALS_DIRECTORY": credentials])
        guard let run else {
            return [.error(Self.check, "\(daemon) cannot be run", do: "install jameyd again")]
        }
        return [finding(run)]
    }

    private func finding(_ run: ProgramRun) -> Finding {
        switch run.end {
        case .exited(0) where run.lines.count > 1:
            var finding = Finding.warning(
                Self.check, "\(path) is good; jameyd has something to say to it",
                do: "nothing, where it is meant so")
            finding.details = run.lines.dropLast()
            return finding
        case .exited(0): return .ok(Self.check, "\(path) and its rules are good")
        case .exited where Self.isHidden(run.lines):
            var finding = Finding.hidden(
                Self.check, "this account may not read what \(path) names")
            finding.details = run.lines
            return finding
        case .exited:
            return .error(
                Self.check, "\(path) or its rules are wrong: the agent would not take them",
                do: "correct what jameyd --check tells of", details: run.lines)
        case .killed, .late:
            return .error(
                Self.check, "jameyd --check has not come to an end",
                do: "run it by hand: jameyd --check --config \(path)", details: run.lines)
        }
    }

    /// Whether nothing is told but what this account may not read: a wrong rule beside it is wrong
    /// for the agent, too.
    static func isHidden(_ lines: [String]) -> Bool {
        let errors = lines.filter { $0.contains(": error: ") }
        return !errors.isEmpty && errors.allSatisfy { $0.contains("Permission denied") }
    }
}
