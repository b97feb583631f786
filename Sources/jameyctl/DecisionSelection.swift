import ArgumentParser
import Core
import Store

/// Which decisions are shown.
struct DecisionSelection: Equatable {
    /// How many of the newest; nil for all since a time.
    var limit: Int?
    var since: Timestamp?
    var kind: Decision.Kind?
    var entity: String?

    func matches(_ decision: Decision) -> Bool {
        (kind == nil || decision.kind == kind) && (entity == nil || decision.entity == entity)
            && since.map { decision.at >= $0 } ?? true
    }
}

/// `--kind`
enum DecisionKind: String, CaseIterable, ExpressibleByArgument {
    case verdict, alert

    var kind: Decision.Kind {
        switch self {
        case .verdict: .verdict
        case .alert: .alert
        }
    }
}

/// `--since`, `--until`: a time, or how long ago.
struct Since: Equatable {
    var time: Timestamp

    /// - Throws: what is wrong with the text, for whoever wrote it.
    init(
        _ text: String, now: Timestamp, option: String = "--since"
    ) throws(ValidationError) {
        do throws(MomentError) {
            time = try Timestamp(moment: text, now: now)
        } catch {
            throw ValidationError("\(option) \(text): \(error)")
        }
    }
}
