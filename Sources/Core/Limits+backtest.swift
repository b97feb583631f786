// MARK: Backtest

extension Limits {
    /// Flips of one direction, and alerts of one side only, that a backtest lists; all are counted.
    public static let backtestFlipsMax = 20_000
    /// The same of a backtest that the agent does for others, who want its memory for more.
    public static let backtestJobFlipsMax = 10_000
    /// Bytes that all of these may have in its report, so that whoever asked can read it.
    public static let backtestJobRowBytesMax = 8 << 20
    /// Alerts of either side that a backtest compares; it says how many it left out.
    public static let backtestAlertsMax = 500_000
    /// The largest changes of margin that a backtest shows.
    public static let backtestChangesMax = 10
    /// Entities that a backtest lists, those with most differences first.
    public static let backtestEntitiesMax = 1_000
    /// Minds that share a backtest at most.
    public static let backtestLanesMax = 16
    /// Pages of the log that are read before the slowest of them has taken them in.
    public static let backtestPagesAhead = 12
}
