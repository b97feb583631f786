import Proof
import Store

/// What a job does, on a thread of its own.
protocol JobTask: Sendable {
    var order: JobOrder { get }

    /// Everything, on the caller's thread; it starts no other.
    ///
    /// - Parameter steps: is told of every page.
    /// - Returns: the report.
    /// - Throws: `.ended` where nobody wants it any longer, and what keeps it from being done.
    func report(on store: StoreReader, _ steps: JobSteps) throws(HistoryError) -> [UInt8]
}
