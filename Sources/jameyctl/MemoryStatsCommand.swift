import ArgumentParser
import Core
import Proof
import Store

/// `jameyctl memory stats`
struct MemoryStatsCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Counts memories, and minutes, hours and days of numbers.",
        discussion: "Exit codes: see jameyctl --help.")

    @OptionGroup var place: PlaceOptions

    @Flag(help: "As one JSON object.")
    var json = false

    func perform() throws(Ending) {
        try MemoryStatsReport(try counted(at: try place.resolve())).tell(asJSON: json)
    }

    private func counted(at place: Place) throws(Ending) -> [UInt8] {
        switch place {
        case .file(let store):
            let reader = try store.open()
            do throws(ReadError) { return try MemoryStats(reader).json } catch {
                throw Ending(error)
            }
        case .daemon(let daemon): return try daemon.get("/memory/stats").body
        }
    }
}

/// How many memories and roll-ups there are, for a person or as JSON. It is drawn from the JSON, so
/// that the daemon's is shown as that of a store.
private struct MemoryStatsReport: Report {
    private static let columns = 13

    let json: [UInt8]
    private let stats: JSONValue

    /// - Parameter json: as `MemoryStats` has it.
    /// - Throws: where it is something else.
    init(_ json: [UInt8]) throws(Ending) {
        guard let stats = JSONPiece(json).value, stats["total"]?.int != nil else {
            throw DaemonAnswer.foreign
        }
        self.json = json
        self.stats = stats
    }

    var lines: [String] {
        var lines = [row("memories", stats["total"])]
        for layer in stats["layers"]?.object?.members ?? [] {
            lines.append(row("  " + layer.name, layer.value))
        }
        lines.append(row("pinned", stats["pinned"]))
        for name in ["oldest", "newest"] {
            if let time = stats[name] { lines.append(row(name, time)) }
        }
        for table in stats["rollups"]?.object?.members ?? [] where table.value.object != nil {
            var line = row(table.name, table.value["count"])
            if let oldest = table.value["oldest"], let newest = table.value["newest"] {
                line += "  from \(oldest.shown.printable) to \(newest.shown.printable)"
            }
            lines.append(line)
        }
        return lines
    }

    private func row(_ name: String, _ value: JSONValue?) -> String {
        name.printable.padded(to: Self.columns) + (value?.shown ?? "").printable
    }
}
