/// Of rules in shadow (decision 0023).
extension Limits {
    /// Differences that the store keeps of each kind; beyond it the oldest are deleted. Of the
    /// kinds by themselves, so that a flood of one does not wash away another.
    public static let shadowDifferencesMax = 5_000
    /// Differences of each kind that are kept and published within a second; further ones are
    /// counted.
    public static let shadowDifferencesPerSecond = 50
    /// Differences of one burst that are published; further ones are kept, and counted.
    public static let shadowUpdatesPerBurst = 64
    /// Bytes that one set in shadow may know, by the mind's own estimate: of payloads, windows and
    /// baselines. Beyond it that shadow ends, and says so; the rules in force are not touched.
    public static let shadowBytesMax = 128 << 20
    /// Differences of each kind that a report lists where nothing is said.
    public static let shadowDifferencesShown = 10
    /// Rules, and entities, that a report lists; those that differ more gravely come first.
    public static let shadowReportRows = 1_000
    /// Rules that a difference names.
    public static let shadowRulesNamed = 10
}
