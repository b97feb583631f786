import Core
import Proof
import Store

/// Writes what is kept about one entity, line by line.
struct EntityExport {
    let entity: String
    /// When it is asked.
    let time: Timestamp

    init(of entity: String, at time: Timestamp) {
        self.entity = entity
        self.time = time
    }

    /// - Throws: also where there is nothing.
    func write(from place: Place) throws(Ending) {
        var output = LineOutput()
        let lines: Int
        switch place {
        case .file(let store): lines = try write(try store.open(), to: &output)
        case .daemon(let daemon):
            lines = try daemon.export(
                "/entities/\(entity)/records", "records",
                query: [("limit", "\(Limits.apiPageMax)")], to: &output)
        }
        if lines == 0 { throw .failure(Exit.noValue, "there is nothing about it") }
    }

    /// On the same pages as the daemon.
    /// - Returns: how many lines.
    private func write(
        _ reader: StoreReader, to output: inout LineOutput
    ) throws(Ending) -> Int {
        var records = EntityRecords(of: entity, in: reader, at: time)
        var next: EntityRecords.Cursor? = .start
        var lines = 0
        while let place = next {
            let page: EntityRecords.Page
            do throws(ReadError) {
                page = try records.next(behind: place, limit: Limits.apiPageMax)
            } catch {
                // The lines before it are good.
                try output.flush()
                throw Ending(error)
            }
            for record in page.records { try output.line(record) }
            lines += page.records.count
            next = page.next
        }
        try output.flush()
        return lines
    }
}
