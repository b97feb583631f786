import Core
import GRDB
import GRDBSQLite
import Glibc

/// How well a memory matches the words that were looked for: BM25 as a part of the most that these
/// words can give, so 0...1.
///
/// FTS5's own `bm25` goes through every memory that has one of the words before it says anything:
/// a second for a word that half of a million memories have. This one looks at
/// `Limits.recallSampleRows` memories for each word and, where there are more, concludes from how
/// close together they lie how many there are (decision 0014).
final class RecallScore {
    /// `memory_score(memory_index, facets, first id, last id)`
    static let function = "memory_score"

    private static let saturation = 1.2
    private static let lengthShare = 0.75
    private static let tagWeight = 2.0
    /// Columns with words, of which the tags are the last; facets stand behind them.
    private static let columns: Range<Int32> = 0..<2

    private let facets: Int
    /// The weight of each phrase, the rarer the more.
    private var weights: [Double] = []
    /// Words of a memory, on average.
    private var averageLength = 1.0
    /// How often each phrase is in the memory at hand.
    private var frequencies: [Double] = []

    /// Makes the function known to a connection.
    static func register(_ database: Database) throws {
        let api = FTS5.api(database)
        let code = api.pointee.xCreateFunction(
            UnsafeMutablePointer(mutating: api), function, nil, rankFound, nil)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    /// What counts for all memories of one search.
    fileprivate init(_ row: FoundRow, facets: Int, ids: ClosedRange<MemoryID>) {
        self.facets = facets
        let rows = max(1, row.rowCount)
        averageLength = max(1, Double(row.totalWords(Self.columns)) / Double(rows))
        weights = (0..<row.phraseCount).map { phrase in
            guard phrase >= facets else { return 0 }
            let found = row.rows(with: phrase, among: rows, ids)
            // Never negative, as the one of Lucene.
            return Glibc.log(1 + (Double(rows) - found + 0.5) / (found + 0.5))
        }
        frequencies = weights
    }

    fileprivate func score(_ row: FoundRow) -> Double {
        for phrase in frequencies.indices { frequencies[phrase] = 0 }
        row.forEachHit { phrase, column in
            guard phrase < frequencies.count, Self.columns.contains(column) else { return }
            frequencies[phrase] += column == Self.columns.upperBound - 1 ? Self.tagWeight : 1
        }
        let length = Double(row.words(Self.columns)) / averageLength
        let norm = Self.saturation * (1 - Self.lengthShare + Self.lengthShare * length)
        var (score, most) = (0.0, 0.0)
        for (phrase, weight) in weights.enumerated() where phrase >= facets {
            score += weight * frequencies[phrase] / (frequencies[phrase] + norm)
            most += weight
        }
        return most > 0 ? min(1, max(0, score / most)) : 0
    }
}

/// One of SQLite's calls: the memory at hand, and the search that found it.
private struct FoundRow {
    private let api: UnsafePointer<Fts5ExtensionApi>
    private let context: OpaquePointer

    init(api: UnsafePointer<Fts5ExtensionApi>, context: OpaquePointer) {
        self.api = api
        self.context = context
    }

    var phraseCount: Int { Int(api.pointee.xPhraseCount(context)) }

    /// Memories in the index.
    var rowCount: Int64 {
        var count: Int64 = 0
        return api.pointee.xRowCount(context, &count) == SQLITE_OK ? count : 0
    }

    /// Words of all memories.
    func totalWords(_ columns: Range<Int32>) -> Int64 {
        columns.reduce(0) { sum, column in
            var count: Int64 = 0
            return api.pointee.xColumnTotalSize(context, column, &count) == SQLITE_OK
                ? sum + count : sum
        }
    }

    /// Words of this memory.
    func words(_ columns: Range<Int32>) -> Int {
        columns.reduce(0) { sum, column in
            var count: Int32 = 0
            return api.pointee.xColumnSize(context, column, &count) == SQLITE_OK
                ? sum + Int(count) : sum
        }
    }

    func forEachHit(_ body: (_ phrase: Int, _ column: Int32) -> Void) {
        var count: Int32 = 0
        guard api.pointee.xInstCount(context, &count) == SQLITE_OK else { return }
        for index in 0..<count {
            var (phrase, column, offset): (Int32, Int32, Int32) = (0, 0, 0)
            guard api.pointee.xInst(context, index, &phrase, &column, &offset) == SQLITE_OK
            else { return }
            body(Int(phrase), column)
        }
    }

    /// Memories with a phrase: counted, or concluded from the first of them.
    func rows(with phrase: Int, among rows: Int64, _ ids: ClosedRange<MemoryID>) -> Double {
        var sample = Sample()
        _ = api.pointee.xQueryPhrase(context, Int32(phrase), &sample) { api, context, data in
            guard let api, let sample = data?.assumingMemoryBound(to: Sample.self) else {
                return SQLITE_ERROR
            }
            sample.pointee.count += 1
            sample.pointee.last = api.pointee.xRowid(context)
            return sample.pointee.count < Limits.recallSampleRows ? SQLITE_OK : SQLITE_DONE
        }
        guard sample.count == Limits.recallSampleRows else { return Double(sample.count) }
        let seen = Double(sample.last - ids.lowerBound + 1)
        let all = Double(ids.upperBound - ids.lowerBound + 1)
        return min(Double(rows), Double(sample.count) * max(1, all / max(1, seen)))
    }

    private struct Sample {
        var count = 0
        var last: MemoryID = 0
    }

    /// What this search keeps between its rows; made at the first.
    func score(facets: Int, ids: ClosedRange<MemoryID>) -> RecallScore {
        if let kept = api.pointee.xGetAuxdata(context, 0) {
            return Unmanaged<RecallScore>.fromOpaque(kept).takeUnretainedValue()
        }
        let score = RecallScore(self, facets: facets, ids: ids)
        // Released by SQLite when the search ends.
        _ = api.pointee.xSetAuxdata(context, Unmanaged.passRetained(score).toOpaque()) { kept in
            if let kept { Unmanaged<RecallScore>.fromOpaque(kept).release() }
        }
        return score
    }
}

private func rankFound(
    _ api: UnsafePointer<Fts5ExtensionApi>?, _ context: OpaquePointer?, _ result: OpaquePointer?,
    _ count: Int32, _ arguments: UnsafeMutablePointer<OpaquePointer?>?
) {
    guard let api, let context, let arguments, count == 3 else {
        return sqlite3_result_error(result, "memory_score takes three numbers", -1)
    }
    let row = FoundRow(api: api, context: context)
    let facets = Int(sqlite3_value_int64(arguments[0]))
    let first = sqlite3_value_int64(arguments[1])
    let ids = first...max(first, sqlite3_value_int64(arguments[2]))
    sqlite3_result_double(result, row.score(facets: facets, ids: ids).score(row))
}
