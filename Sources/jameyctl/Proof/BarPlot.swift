import Core
import Proof

/// Two rows of bars beside each other, as a picture of SVG.
struct BarPlot {
    private static let (width, height) = (800.0, 160.0)

    let then: [Int]
    let now: [Int]
    /// Under the first and under the last bar.
    let labels: (String, String)
    let title: String
    var names = ("then", "now")

    var html: String {
        let most = Double(max(1, then.max() ?? 0, now.max() ?? 0))
        let step = Self.width / Double(max(1, then.count))
        var bars = ""
        for (index, pair) in zip(then, now).enumerated() {
            let left = Double(index) * step
            bars += Self.bar("then", pair.0, most, at: left, width: step * 0.42)
            bars += Self.bar("now", pair.1, most, at: left + step * 0.46, width: step * 0.42)
        }
        let (bottom, end) = (Self.height + 16, Self.width)
        return """
            <p><span class="key then">\(names.0)</span> <span class="key now">\(names.1)</span>,
            at most \(Int(most)) a bar</p>
            <svg viewBox="0 0 \(end) \(Self.height + 22)" role="img" aria-label="\(title.html)">
            \(bars)<text x="0" y="\(bottom)">\(labels.0.html)</text>
            <text x="\(end)" y="\(bottom)" text-anchor="end">\(labels.1.html)</text></svg>
            """
    }

    private static func bar(
        _ name: String, _ count: Int, _ most: Double, at left: Double, width: Double
    ) -> String {
        guard count > 0 else { return "" }
        // One of many thousands is seen, too.
        let tall = max(1, Double(count) / most * height)
        return "<rect class=\"\(name)\" x=\"\(tenth(left))\" y=\"\(tenth(height - tall))\" "
            + "width=\"\(tenth(width))\" height=\"\(tenth(tall))\"/>"
    }

    private static func tenth(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}

/// When flips and alerts of one side only came about.
struct DifferencePlot {
    private static let bins = 60

    private var flips = [Int](repeating: 0, count: bins)
    private var alerts = [Int](repeating: 0, count: bins)
    private let from: Timestamp
    private let to: Timestamp

    init(_ backtest: Backtest) {
        (from, to) = (backtest.from, backtest.to)
        for pair in backtest.verdicts.denyToAllow.pairs + backtest.verdicts.allowToDeny.pairs {
            flips[bin(of: pair.at)] += 1
        }
        for span in backtest.alerts.new.spans + backtest.alerts.vanished.spans {
            alerts[bin(of: span.raised?.at ?? from)] += 1
        }
    }

    var hasAny: Bool { (flips + alerts).contains { $0 > 0 } }

    var html: String {
        BarPlot(
            then: flips, now: alerts, labels: (from.rfc3339(), to.rfc3339()),
            title: "Flips, and alerts of one side only, over time", names: ("flips", "alerts")
        ).html
    }

    private func bin(of time: Timestamp) -> Int {
        let span = Double(max(1, (to - from).microseconds))
        let place = Double((time - from).microseconds) / span * Double(Self.bins)
        return min(Self.bins - 1, max(0, Int(place)))
    }
}
