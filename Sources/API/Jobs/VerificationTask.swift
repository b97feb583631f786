import Proof
import Store

/// The audit chain, link by link and record by record.
struct VerificationTask: JobTask {
    /// The chain must have it.
    var held: HeldHead?

    var order: JobOrder { .verification(held) }

    func report(on store: StoreReader, _ steps: JobSteps) throws(HistoryError) -> [UInt8] {
        let pass = AuditPass(store, held: held)
        while true {
            let result: AuditVerification?
            do throws(ReadError) { result = try pass.next() } catch { throw .store(error) }
            try steps.tell(pass.done, of: pass.total)
            if let result { return AuditReport(result, held: held).json }
        }
    }
}
