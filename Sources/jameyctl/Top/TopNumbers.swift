import Core

/// What is counted and how much there is, side by side.
struct TopNumbers {
    private static let labelColumns = 12
    /// The widest value is `1234.5 MiB` or so.
    private static let cellColumnsMin = 26

    let sample: TopSample
    let pace: TopPace?

    /// As many beside each other as the columns allow.
    func lines(columns: Int) -> [TopLine] {
        let count = max(1, columns / Self.cellColumnsMin)
        let width = columns / count
        return stride(from: 0, to: cells.count, by: count).map { start in
            let row = cells[start..<min(start + count, cells.count)].map { name, value in
                (name.filling(Self.labelColumns) + value).filling(width)
            }
            return TopLine(row.joined())
        }
    }

    private var cells: [(name: String, value: String)] {
        let metrics = sample.metrics
        return [
            ("messages", rate(pace?.messages)),
            ("decisions", rate(pace?.decisions)),
            ("commits", rate(pace?.commits)),
            ("commit p50", quantile(0.5)),
            ("commit p99", quantile(0.99)),
            ("last commit", lastCommit),
            ("outbox", count("jamey_outbox_depth")),
            ("entities", count("jamey_entities")),
            ("alerts", count("jamey_alerts_firing")),
            ("cpu", pace?.processorShare.map { TopText.whole($0 * 100) + " %" } ?? unknown),
            ("memory", metrics["process_resident_memory_bytes"].map(TopText.size) ?? unknown),
            ("store", metrics["jamey_store_bytes"].map(TopText.size) ?? unknown),
        ]
    }

    private var unknown: String { TopText.unknown }

    private func rate(_ value: Double?) -> String {
        value.map { TopText.number($0) + "/s" } ?? unknown
    }

    private func count(_ name: String) -> String {
        sample.metrics[name].map(TopText.whole) ?? unknown
    }

    /// Of the commits between the last two looks.
    private func quantile(_ share: Double) -> String {
        switch pace?.commitTimes?.quantile(share) {
        case .at(let seconds)?: TopText.latency(seconds: seconds)
        case .above(let seconds)?: "> " + TopText.latency(seconds: seconds)
        case nil: unknown
        }
    }

    private var lastCommit: String {
        guard let age = sample.status["last_commit_age_ms"]?.int else { return unknown }
        return TopText.age(.milliseconds(age)) + " ago"
    }
}
