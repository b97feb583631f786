/// Of rule sets and their history (decision 0023).
extension Limits {
    /// Activations that the store keeps; beyond it the oldest are forgotten.
    public static let activationsMax = 10_000
    /// Rule sets whose files are kept although no event of the log ran under them: the newest so
    /// many. A change of rules beyond it can be seen in the history, and not be taken back.
    public static let rulesetsKept = 100
    /// Bytes of those files; beyond it fewer sets are kept.
    public static let rulesetBytesKept = 16 << 20
    /// Bytes of the text that says why rules were changed; a longer one is refused.
    public static let activationMessageBytesMax = 1_000
    /// Characters of an answer that tells what is wrong with rule files; the rest is cut off.
    public static let rulesAnswerCharactersMax = 8_000
    /// Hexadecimal digits that name a rule set at least; fewer are refused.
    public static let digestPrefixMin = 4
    /// Lines of a file, without those that begin and end both, that are compared one by one; where
    /// there are more, all of them are shown as replaced.
    public static let diffLinesMax = 4_000

    // MARK: What is wrong with them

    /// Errors told of a set; the last says that there are more.
    public static let ruleSetErrorsMax = 1_000
    /// Columns kept of the line that an error is in, with its place among them.
    public static let sourceColumnsMax = 96
    /// Bytes of what an error says, and of its hint; of a longer text the beginning.
    public static let sourceMessageBytesMax = 1_024
}
