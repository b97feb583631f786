import Agent
import Core
import Mind
import Store

/// The rules in force.
enum RulesView {
    /// - Parameters:
    ///   - first: the place of the first rule that is told.
    ///   - limit: rules at most.
    static func json(_ report: RulesReport, from first: Int, limit: Int) -> [UInt8] {
        let entries = report.entries
        let page = entries.dropFirst(first).prefix(limit)
        return JSONWriter.object(reservingBytes: 1 << 12) { json in
            json.member("ruleset", report.digest.map { .string($0) } ?? .null)
            json.member("held_by", ifPresent: report.heldBy?.rawValue)
            json.member("fault", ifPresent: report.fault)
            json.member("counted_since", report.countedSince)
            json.array("rules") { list in
                for entry in page { list.object { write(entry, to: &$0) } }
            }
            json.array("files") { list in
                for file in report.ruleset?.files ?? [] {
                    list.object {
                        $0.member("name", file.name)
                        $0.member("bytes", file.text.utf8.count)
                    }
                }
            }
            if page.endIndex < entries.endIndex { json.member("next", "\(page.endIndex)") }
        }
    }

    private static func write(_ entry: RulesReport.Entry, to json: inout JSONWriter) {
        let (rule, counts) = (entry.rule, entry.counts)
        json.member("name", rule.name)
        if !rule.description.isEmpty { json.member("description", rule.description) }
        json.member("file", rule.file)
        json.member("line", rule.line)
        json.member("mode", rule.mode.rawValue)
        json.member("on", entry.routes)
        if let stance = rule.stance {
            json.member("stance", stance.rawValue)
            json.member("weight", rule.weight)
        }
        if entry.raisesAlerts { json.member("severity", rule.severity.rawValue) }
        json.member("applied", counts.approved + counts.denied + counts.raised)
        json.member("approved", counts.approved)
        json.member("denied", counts.denied)
        json.member("raised", counts.raised)
        json.member("resolved", counts.resolved)
        json.member("failed", counts.failed)
    }
}

/// A set that took effect, with its files.
enum RuleSetView {
    /// - Parameters:
    ///   - first: the place of the first file that is told.
    ///   - limit: files at most; fewer where they have as many bytes as a list may have.
    static func json(_ stored: StoredRuleset, from first: Int, limit: Int) -> [UInt8] {
        var files: [StoredRuleset.File] = []
        var bytes = 0
        for file in stored.files.dropFirst(first).prefix(limit) {
            guard bytes < Limits.apiListBytesMax else { break }
            files.append(file)
            bytes += file.text.utf8.count
        }
        let end = min(first, stored.files.count) + files.count
        return JSONWriter.object(reservingBytes: bytes + 1_024) { json in
            json.member("ruleset", stored.digest)
            json.member("activated_at", stored.activatedAt)
            json.array("files") { list in
                for file in files {
                    list.object {
                        $0.member("name", file.name)
                        $0.member("text", file.text)
                    }
                }
            }
            if end < stored.files.count { json.member("next", "\(end)") }
        }
    }
}

/// What is in shadow.
enum ShadowView {
    /// - Parameter differences: as they are published.
    static func json(
        _ report: RulesReport, _ counts: [ShadowDifference.Kind: Int],
        _ differences: some Sequence<[UInt8]>
    ) -> [UInt8] {
        JSONWriter.object(reservingBytes: 1 << 12) { json in
            json.member("reason", ifPresent: report.shadowFault)
            json.array("sets") { list in
                for set in report.shadows { list.object { write(set, to: &$0) } }
            }
            json.member("total", counts.values.reduce(0, +))
            json.object("kinds") { json in
                for kind in ShadowDifference.Kind.allCases {
                    json.member(kind.name, counts[kind] ?? 0)
                }
            }
            json.array("differences") { list in
                for difference in differences { list.raw(difference) }
            }
        }
    }

    /// The newest of all kinds, the newest first, as they are published; fewer where they have as
    /// many bytes as a list may have.
    /// - Parameter found: kind by kind, the newest of each first, `limit` of each at least where
    ///   there are as many.
    static func newest(of found: [ShadowDifference], limit: Int) -> [[UInt8]] {
        let ordered = found.enumerated().sorted { one, other in
            (other.element.at, one.offset) < (one.element.at, other.offset)
        }
        var newest: [[UInt8]] = []
        var bytes = 0
        for (_, difference) in ordered.prefix(limit) {
            guard bytes < Limits.apiListBytesMax else { break }
            newest.append(difference.json)
            bytes += difference.json.count
        }
        return newest
    }

    private static func write(_ set: RulesReport.Shadow, to json: inout JSONWriter) {
        json.member("source", set.source.rawValue)
        json.member("ruleset", set.digest)
        json.member("rules", set.rules)
        json.member("differences", set.differences)
        json.member("bytes", set.bytes)
    }
}

/// What a check of rule files came to.
enum RuleCheckView {
    /// As `jameyctl rules check --json`, with an empty list of errors where they are good.
    static func json(_ checked: Result<RuleSet, RuleSetErrors>) -> [UInt8] {
        JSONWriter.object { json in
            switch checked {
            case .success(let set):
                json.member("ok", true)
                json.array("errors") { _ in }
                json.member("files", set.files.map(\.name))
                json.member("routes", set.routes.count)
                json.member("rules", set.rules.count)
                json.member("ruleset", set.digest)
            case .failure(let errors):
                json.member("ok", false)
                json.member("errors", raw: errors.json)
            }
        }
    }
}
