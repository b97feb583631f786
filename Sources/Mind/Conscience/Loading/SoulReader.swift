import Core

/// Reads the `soul` section of a rule file.
enum SoulReader {
    private static let keys = ["half_life", "auto_record", "verdict", "alert"]

    /// An emotion, or that nothing is felt.
    private enum Felt: String, CaseIterable {
        case love, joy, neutral, sadness, anger, none

        var emotion: Emotion? {
            switch self {
            case .love: .love
            case .joy: .joy
            case .neutral: .neutral
            case .sadness: .sadness
            case .anger: .anger
            case .none: nil
            }
        }
    }

    /// What it says; what it does not say, and what is at fault and recorded, is as by default.
    static func read(_ value: YAMLValue) -> SoulRules {
        var rules = SoulRules()
        guard let map = value.section(keys: keys) else { return rules }
        let halfLives = Limits.soulHalfLifeMin...Limits.soulHalfLifeMax
        if let halfLife = map["half_life"]?.duration(in: halfLives) { rules.halfLife = halfLife }
        if let isAutomatic = map["auto_record"]?.flag() { rules.isAutomatic = isAutomatic }
        if !map.contains("auto_record") {
            for key in ["verdict", "alert"] {
                map.refuse(
                    key, "'\(key)' means nothing without 'auto_record'",
                    hint: "add auto_record: true")
            }
        }
        if let verdict = map["verdict"]?.mapping(keys: ["approved", "denied"]) {
            read("approved", of: verdict, into: &rules.approved)
            read("denied", of: verdict, into: &rules.denied)
        }
        if let alert = map["alert"]?.mapping(keys: Rule.Severity.allCases.map(\.rawValue)) {
            read("info", of: alert, into: &rules.info)
            read("warning", of: alert, into: &rules.warning)
            read("critical", of: alert, into: &rules.critical)
        }
        return rules
    }

    private static func read(_ key: String, of map: YAMLMapping, into emotion: inout Emotion?) {
        guard let felt = map[key]?.choice(Felt.self) else { return }
        emotion = felt.emotion
    }
}
