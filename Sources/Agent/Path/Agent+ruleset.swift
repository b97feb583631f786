extension Agent {
    /// Names the rules in force; empty before any.
    public var rulesetDigest: String { mind.ruleset?.digest ?? "" }
}
