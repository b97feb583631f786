import ArgumentParser

/// `--fail-on`: what a pipeline does not let pass.
enum BacktestDifference: String, CaseIterable, ExpressibleByArgument {
    case denyToAllow = "deny-to-allow"
    case allowToDeny = "allow-to-deny"
    case newAlert = "new-alert"
    case vanishedAlert = "vanished-alert"
    /// Of the four before.
    case any
    /// What was asked for and not judged: no difference, and so none of `any`.
    case unjudged

    /// Something else is decided.
    static let decisions = [denyToAllow, allowToDeny, newAlert, vanishedAlert]
}
