import Core
import Proof

/// A backtest as one page of HTML, with everything in it: no script, nothing loaded from elsewhere.
struct BacktestPage {
    let backtest: Backtest
    /// The directory that the rules came from.
    let rules: String

    /// Rows of a table; the JSON has the others.
    private static let rowsMax = 200

    var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy"
            content="default-src 'none'; style-src 'unsafe-inline'">
        <title>Backtest of \(rules.html)</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <main>
        <h1>Backtest</h1>
        \(head)
        \(plots)
        \(flips("DENY→ALLOW", backtest.verdicts.denyToAllow))
        \(flips("ALLOW→DENY", backtest.verdicts.allowToDeny))
        \(spans("New alerts", backtest.alerts.new))
        \(spans("Vanished alerts", backtest.alerts.vanished))
        \(ruleTable)
        \(entityTable)
        \(changeTable)
        </main>
        </body>
        </html>
        """
    }

    private static let style = """
        :root { color-scheme: light dark; --then: #5b7ba8; --now: #c8742c; }
        body { font: 15px/1.5 system-ui, sans-serif; margin: 0; }
        main { max-width: 70rem; margin: 0 auto; padding: 1rem; }
        h2 { margin-top: 2rem; }
        code { overflow-wrap: anywhere; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #8884; }
        .wide td { min-width: 9ch; } .wide td:nth-child(-n + 4) { white-space: nowrap; }
        td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
        svg { width: 100%; height: auto; }
        svg text { font-size: 11px; fill: currentColor; }
        .then { fill: var(--then); } .now { fill: var(--now); }
        .key::before { content: "■ "; } .key.then { color: var(--then); }
        .key.now { color: var(--now); }
        """

    private var head: String {
        let (verdicts, alerts) = (backtest.verdicts, backtest.alerts)
        let rows: [(String, String)] = [
            ("Rules", "\(rules.html)<br><code>\(backtest.ruleset.html)</code>"),
            (
                "Events",
                "\(backtest.events.lowerBound) to \(backtest.events.upperBound), "
                    + "\(backtest.from.rfc3339()) to \(backtest.to.rfc3339())"
            ),
            (
                "Verdicts",
                "\(verdicts.recorded) recorded, \(verdicts.supposed) now; <strong>"
                    + "\(verdicts.denyToAllow.count) DENY→ALLOW</strong>, "
                    + "\(verdicts.allowToDeny.count) ALLOW→DENY; \(verdicts.gone) on no route of "
                    + "these rules, \(verdicts.added) on new ones"
            ),
            (
                "Alerts",
                "\(alerts.recorded) recorded, \(alerts.supposed) now; \(alerts.same) same, "
                    + "\(alerts.moved) moved, \(alerts.new.count) new, "
                    + "\(alerts.vanished.count) vanished"
            ),
            ("Failures of rules", "\(backtest.ruleFailures)"),
        ]
        let cells = rows.map { "<tr><th scope=\"row\">\($0.0)</th><td>\($0.1)</td></tr>" }
        return "<div class=\"wide\"><table>\(cells.joined())</table></div>"
    }

    private var plots: String {
        let verdicts = backtest.verdicts
        var text = ""
        if !verdicts.recordedMargins.isEmpty {
            let bars = BarPlot(
                then: verdicts.recordedMargins.counts, now: verdicts.supposedMargins.counts,
                labels: ("-2", "+2"), title: "How far scores are from their threshold")
            text += "<h2>Margins</h2>" + bars.html
        }
        let difference = DifferencePlot(backtest)
        if difference.hasAny { text += "<h2>Differences over time</h2>" + difference.html }
        return text
    }

    // MARK: Tables

    private func flips(_ title: String, _ flips: VerdictComparison.Flips) -> String {
        table(
            "\(title): \(flips.count)",
            ["Event", "Time", "Entity", "Action", "Then", "Now", "By"],
            flips.pairs.prefix(Self.rowsMax).map { pair in
                [
                    "\(pair.event)", pair.at.rfc3339(), pair.entity.html,
                    (pair.action ?? "").html, Self.side(pair.recorded), Self.side(pair.supposed),
                    (pair.movers.isEmpty ? "the threshold" : pair.movers.joined(separator: ", "))
                        .html,
                ]
            }, of: flips.count)
    }

    private static func side(_ side: VerdictPair.Side) -> String {
        "\(BacktestLine.margin(side.margin)) \(side.explanation.html)"
    }

    private func spans(_ title: String, _ spans: AlertComparison.Spans) -> String {
        table(
            "\(title): \(spans.count)", ["Raised", "Resolved", "Entity", "Rule", "Message"],
            spans.spans.prefix(Self.rowsMax).map { span in
                [
                    span.raised.map { $0.at.rfc3339() } ?? "before",
                    span.resolved.map { $0.at.rfc3339() } ?? "still firing", span.entity.html,
                    span.rule.html, span.message.html,
                ]
            }, of: spans.count)
    }

    private var ruleTable: String {
        table(
            "Rules",
            ["Rule", "Applied then", "Applied now", "Alerts then", "Alerts now", "Flips"],
            backtest.rules.map { name, tally in
                [
                    name.html, "\(tally.applied.recorded)", "\(tally.applied.supposed)",
                    "\(tally.raised.recorded)", "\(tally.raised.supposed)", "\(tally.flips)",
                ]
            }, of: backtest.rules.count)
    }

    private var entityTable: String {
        table(
            "Entities", ["Entity", "DENY→ALLOW", "ALLOW→DENY", "New alerts", "Vanished alerts"],
            backtest.entities.prefix(Self.rowsMax).map { name, tally in
                [
                    name.html, "\(tally.denyToAllow)", "\(tally.allowToDeny)",
                    "\(tally.newAlerts)", "\(tally.vanishedAlerts)",
                ]
            }, of: backtest.entities.count + backtest.furtherEntities)
    }

    private var changeTable: String {
        table(
            "Largest changes of margin", ["Event", "Time", "Entity", "Then", "Now"],
            backtest.verdicts.largestChanges.map { pair in
                [
                    "\(pair.event)", pair.at.rfc3339(), pair.entity.html,
                    Self.side(pair.recorded), Self.side(pair.supposed),
                ]
            }, of: backtest.verdicts.largestChanges.count)
    }

    /// - Parameters:
    ///   - rows: of cells that are HTML already.
    ///   - count: how many there are, of which the rows are the first.
    private func table(
        _ title: String, _ heads: [String], _ rows: [[String]], of count: Int
    ) -> String {
        guard count > 0 else { return "" }
        let head = heads.map { "<th scope=\"col\">\($0)</th>" }.joined()
        let body = rows.map { row in
            "<tr>" + row.map { "<td>\($0)</td>" }.joined() + "</tr>"
        }
        let rest = count > rows.count ? "<p>… and \(count - rows.count) more.</p>" : ""
        return """
            <h2>\(title)</h2>
            <div class="wide"><table><thead><tr>\(head)</tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody></table></div>\(rest)
            """
    }
}

extension String {
    /// For between tags and in quoted attributes: devices choose these texts.
    var html: String {
        var text = ""
        for character in printable {
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case _: text.append(character)
            }
        }
        return text
    }
}
