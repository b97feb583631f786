import Core
import HTTPTypes
import Proof
import Store

/// Has the log folded again up to a decision, for what `jameyctl why` and `why-not` tell.
struct DecisionReplay: Sendable {
    let reader: StoreReader
    /// As it was recorded.
    let decision: Decision
    /// Whether whoever asked has waited for long enough.
    let isOver: @Sendable () -> Bool

    /// Why it was decided. Where the log no longer reaches back, what was recorded is all there is.
    /// - Throws: the store cannot be read.
    func why() throws(ReadError) -> Result<[UInt8], APIError> {
        do throws(HistoryError) {
            return .success(WhyReport(decision, try reasons()).json)
        } catch {
            switch try refusal(error) {
            case .outOfReach: return .success(WhyReport(decision, nil).json)
            case .now(let error): return .failure(error)
            }
        }
    }

    /// What kept a rule from applying.
    /// - Throws: the store cannot be read.
    func whyNot(_ rule: String) throws(ReadError) -> Result<[UInt8], APIError> {
        let reasons: Reasons
        do throws(HistoryError) { reasons = try self.reasons() } catch {
            switch try refusal(error) {
            case .outOfReach(let text):
                return .failure(APIError(.conflict, code: "OUT_OF_REACH", message: text))
            case .now(let error): return .failure(error)
            }
        }
        do throws(UnknownRule) {
            return .success(try WhyNotReport(rule, reasons, about: decision).json)
        } catch { return .failure(.notFound(error.description)) }
    }

    private func reasons() throws(HistoryError) -> Reasons {
        var history = try History(reader)
        // The loop needs the other core more.
        history.readsAhead = false
        return try history.reasons(of: decision.eventSequence, unless: isOver)
    }

    /// Why there are no reasons.
    private enum Refusal {
        /// There never will be.
        case outOfReach(String)
        case now(APIError)
    }

    private func refusal(_ error: HistoryError) throws(ReadError) -> Refusal {
        switch error {
        case .store(let cause): throw cause
        case .ended: .now(tooLong)
        case .forgetting, .overtaken: .now(.unavailable("\(error)"))
        case .empty, .rootUnknown, .outOfReach, .notYet, .noEvents, .rulesetMissing,
            .rulesetNotUnderstood:
            .outOfReach("\(error)")
        }
    }

    private var tooLong: APIError {
        let seconds = APIError.seconds(Limits.whyTimeMax)
        return APIError(
            .serviceUnavailable, code: "TAKES_TOO_LONG",
            message: "the log cannot be folded up to this decision within \(seconds) s; on the "
                + "agent's machine, jameyctl why \(decision.id) takes the time it needs",
            // With less to do it may well be enough.
            headers: [.retryAfter: seconds])
    }
}
