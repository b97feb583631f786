import ArgumentParser

/// Simulated devices, recorded rigs and bounded loads, for demonstrations, tests and benches.
@main
struct JameySim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jameysim",
        abstract: "Plays devices against an MQTT broker.",
        subcommands: [
            Devices.self, Rig.self, Load.self, Numbered.self, Collect.self, Await.self, Clear.self,
            PredicateCommand.self, Probe.self, Notes.self, Recall.self,
        ])
}

/// Why a simulation ended early; each is for the person who started it.
enum SimError: Error, Equatable, CustomStringConvertible {
    /// A file cannot be read or written: mind its path.
    case file(path: String, reason: String)
    /// A recording does not look like one: mend the line that is named.
    case recording(path: String, line: Int, reason: String)
    /// The broker cannot be reached, or refuses us.
    case broker(String)
    /// What was waited for did not come in time.
    case deadline(String)
    /// A measurement came to what it must not: its figures mean nothing, and there is a bug.
    case wrong(String)

    var description: String {
        switch self {
        case .file(let path, let reason): "\(path): \(reason)"
        case .recording(let path, let line, let reason): "\(path):\(line): \(reason)"
        case .broker(let reason): "broker: \(reason)"
        case .deadline(let what), .wrong(let what): what
        }
    }
}
