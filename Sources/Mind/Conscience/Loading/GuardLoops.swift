import Core

/// Finds guards whose answers would be proposals again, of their own or of another guard.
///
/// The agent hears what it publishes: an approved command that matches a guard's `propose` would
/// be judged and published without end.
enum GuardLoops {
    static func report(among drafts: [RouteDraft]) {
        let guards = drafts.compactMap { draft in draft.guardTopics.map { (draft.name, $0) } }
        for (_, topics) in guards {
            for send in topics.sends {
                for (name, other) in guards where canMatch(send.topic, other.propose) {
                    send.value.report(
                        "\(send.value.name) can match what '\(name)' takes as a proposal, "
                            + "'\(other.propose.text)': the answer would be judged again, "
                            + "without end",
                        hint: "give answers a topic of their own")
                }
            }
        }
    }

    /// Whether some expansion of the template is matched by the pattern. Errs towards yes only
    /// where a level holds more than one placeholder.
    static func canMatch(_ template: TopicTemplate, _ pattern: TopicPattern) -> Bool {
        let sent = template.text.utf8.split(separator: slash, omittingEmptySubsequences: false)
            .map(SentLevel.init)
        let heard = pattern.filter.text.utf8
            .split(separator: slash, omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        // reach[j]: whether the levels sent so far can be the first j levels heard.
        var reach = [Bool](repeating: false, count: heard.count + 1)
        reach[0] = true
        for level in sent {
            var next = [Bool](repeating: false, count: heard.count + 1)
            for (index, filter) in heard.enumerated() {
                if filter == "#" {
                    if reach[index] || next[index] { return true }
                    continue
                }
                let isReached = reach[index] || (level.isRest && next[index])
                next[index + 1] = isReached && (filter == "+" || level.canBe(filter))
            }
            reach = next
        }
        if reach[heard.count] { return true }
        // `a/#` matches `a` too.
        return heard.last == "#" && reach[heard.count - 1]
    }

    private static let slash = UInt8(ascii: "/")

    /// One level of a template: fixed text around what captures fill.
    private struct SentLevel {
        let prefix: String
        let suffix: String
        let isFixed: Bool
        /// Holds `{name...}`: it can become several levels.
        let isRest: Bool

        init(_ bytes: Substring.UTF8View.SubSequence) {
            let text = Substring(bytes)
            isRest = text.contains("...}")
            guard let open = text.firstIndex(of: "{"), let close = text.lastIndex(of: "}") else {
                prefix = String(text)
                suffix = ""
                isFixed = true
                return
            }
            prefix = String(text[..<open])
            suffix = String(text[text.index(after: close)...])
            isFixed = false
        }

        func canBe(_ level: String) -> Bool {
            if isFixed { return prefix == level }
            // A rest may end in any of several levels; only one that stays one is compared.
            if isRest { return true }
            return level.utf8.count >= prefix.utf8.count + suffix.utf8.count
                && level.hasPrefix(prefix) && level.hasSuffix(suffix)
        }
    }
}
