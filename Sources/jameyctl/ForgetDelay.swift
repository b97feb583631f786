import Core
import Store

/// Why a forgetting is not done.
struct ForgetDelay {
    /// In words.
    let text: String
    /// As the API says it; nil where nothing is known to be in its way.
    let cause: String?

    init(_ done: EntityForgetting.Done) {
        let told = Self.text(done.job.cause?.rawValue, "\(done.job.phase)")
        guard let earlier = done.earlier else {
            (text, cause) = (told, done.job.cause?.rawValue)
            return
        }
        text = Self.text(
            behind: "\(earlier.sequence)",
            Self.text(earlier.cause?.rawValue, "\(earlier.phase)"))
        cause = Forgetting.Cause.earlier.rawValue
    }

    /// As the daemon tells it.
    init(answer: JSONValue) {
        cause = answer["waits_for"]?.string?.printable
        if let earlier = answer["earlier"], let event = earlier["event_seq"]?.int {
            text = Self.text(behind: "\(event)", Self.text(of: earlier))
        } else {
            text = Self.text(of: answer)
        }
    }

    private static func text(of answer: JSONValue) -> String {
        text(answer["waits_for"]?.string, answer["phase"]?.string?.printable ?? "")
    }

    private static func text(behind event: String, _ told: String) -> String {
        "it waits for the earlier one of event \(event): \(told)"
    }

    private static func text(_ cause: String?, _ phase: String) -> String {
        switch cause.flatMap({ Forgetting.Cause(rawValue: $0) }) {
        case .broker: "it waits for the broker, which has not taken all that names it"
        case .reader: "it waits for who reads the store"
        case .earlier: "it waits for an earlier one"
        case nil: "nothing has changed of late in its phase '\(phase)'"
        }
    }
}
