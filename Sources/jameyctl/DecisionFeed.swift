import Core
import Store

/// Shows decisions of a store: first those that were asked for, then what comes behind them.
struct DecisionFeed {
    let selection: DecisionSelection
    let isJSON: Bool
    private(set) var output: LineOutput
    /// The newest decision that was looked at, shown or not.
    private var last: (row: Int64, at: Timestamp)?

    init(_ selection: DecisionSelection, isJSON: Bool, output: LineOutput) {
        self.selection = selection
        self.isJSON = isJSON
        self.output = output
    }

    /// Shows the newest as many as were asked for, or all since a time.
    mutating func begin(_ reader: StoreReader) throws(Ending) {
        guard let limit = selection.limit else {
            // Called again after an error, it goes on where that stopped it.
            if last == nil, let since = selection.since { try skip(reader, before: since) }
            return try goOn(reader)
        }
        let newest = try reader.newestDecision()
        var after: Int64?
        if let since = selection.since { after = try reader.place(before: since) }
        var found: [StoredDecision] = []
        if limit > 0 {
            found = try reader.page(
                DecisionQuery(
                    afterRow: after, kind: selection.kind, entity: selection.entity, limit: limit))
        }
        for stored in found.reversed() { try show(stored.decision) }
        // More may have come between the two queries.
        let seen = [newest, found.first].compactMap { $0 }.max { $0.row < $1.row }
        last = seen.map { ($0.row, $0.decision.at) }
        try output.flush()
    }

    /// Shows what came since.
    mutating func goOn(_ reader: StoreReader) throws(Ending) {
        let newest = try reader.newestDecision()?.row ?? 0
        // Not selected by the database: it would look at all that does not match again each time.
        while (last?.row ?? 0) < newest {
            let page = try reader.page(
                DecisionQuery(
                    afterRow: last?.row, isNewestFirst: false, limit: Limits.decisionsPageRows))
            guard let end = page.last else { break }
            for stored in page where selection.matches(stored.decision) {
                try show(stored.decision)
            }
            last = (end.row, end.decision.at)
        }
        try output.flush()
    }

    /// Goes on in another file, such as a backup that took the place of the one before: with what
    /// is newer than all that was looked at.
    mutating func change(to reader: StoreReader) throws(Ending) {
        guard let at = last?.at else { return }
        try skip(reader, before: at + .microseconds(1))
    }

    private mutating func skip(_ reader: StoreReader, before time: Timestamp) throws(Ending) {
        last = (try reader.place(before: time), time)
    }

    private mutating func show(_ decision: Decision) throws(Ending) {
        if isJSON { return try output.line(decision.json) }
        try output.line(DecisionLine.text(decision, columns: output.columns))
    }
}

extension StoreReader {
    func page(_ query: DecisionQuery) throws(Ending) -> [StoredDecision] {
        do throws(ReadError) { return try decisions(query) } catch { throw Ending(error) }
    }

    func newestDecision() throws(Ending) -> StoredDecision? {
        try page(DecisionQuery(limit: 1)).first
    }

    /// The row behind which the decisions since a time begin.
    fileprivate func place(before time: Timestamp) throws(Ending) -> Int64 {
        do throws(ReadError) { return try decisionRow(before: time) } catch { throw Ending(error) }
    }
}
