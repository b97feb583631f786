import Core
import Mind

@testable import jameyctl

/// An agent as it was seen twice, two seconds apart.
struct TopScene {
    static let time = Timestamp(microseconds: 1_772_366_405_000_000)
    static let now = MonotonicTime(microseconds: 100_000_000)
    static let place = "/run/jamey/jamey.sock"

    static let well = #"{"status":"ok"}"#

    var state = #""status":"online""#
    var store = #"{"status":"ok","event_seq":12345,"durability":"power"}"#
    var bootID = "b007"
    var alerts = TopScene.threeAlerts
    var devices = TopScene.fourDevices
    var order = EntityOrder.loud
    /// Those that fire in all.
    var firing = 3

    static let threeAlerts = [
        #"{"rule":"overheat","entity":"press-7","severity":"critical","#
            + #""since":"2026-03-01T11:54:53.000Z","message":"press-7 has 81 °C"}"#,
        #"{"rule":"fell-silent","entity":"süd/Drehbank 7","severity":"warning","#
            + #""since":"2026-03-01T08:55:05.000Z","message":"not heard for 10m","#
            + #""acknowledgement":{"by":"ada"}}"#,
        #"{"rule":"vibration-above-eight-mm","entity":"東京工場/旋盤-12345","severity":"info","#
            + #""since":"2026-03-01T11:59:53.000Z","message":"振動 8.2 mm/s"}"#,
    ]

    static let fourDevices = [
        device("press-7", 1_200, "04.600", trust: 0.5, alerts: 1),
        device("東京工場/旋盤-12345", 60, "04.000", trust: 0.91, alerts: 1),
        device("e\u{301}cole-3", 12, "01.000", trust: 0.5),
        device("🔥-sensor", 3, "00.000", trust: 0.08),
    ]

    /// - Parameter second: within 12:00, when it was seen last.
    static func device(
        _ name: String, _ perMinute: Int, _ second: String, trust: Double, alerts: Int = 0
    ) -> String {
        #"{"entity":"\#(name)","messages_per_minute":\#(perMinute),"trust":\#(trust),"#
            + #""last_seen":"2026-03-01T12:00:\#(second)Z","alerts_firing":\#(alerts)}"#
    }

    private var status: String {
        """
        {\(state),"boot_id":"\(bootID)","version":"3.0.0","node":"edge-1",
        "ruleset":"sha256:3f9a1c77e0214455","uptime_s":187200,"last_commit_age_ms":412,
        "components":{"broker":\(Self.well),"store":\(store),"mind":\(Self.well),
        "memory":\(Self.well),"outbox":\(Self.well),"api":{"status":"disabled"}}}
        """
    }

    /// What the daemon answers; nil of what is not to be asked.
    func answer(to path: String, isLater: Bool) -> String? {
        switch path {
        case "/status": status
        case "/metrics": Self.metrics(isLater: isLater, firing: firing)
        case "/alerts": #"{"alerts":[\#(alerts.joined(separator: ","))]}"#
        case "/devices": #"{"devices":[\#(devices.joined(separator: ","))]}"#
        case _: nil
        }
    }

    /// - Parameter isLater: the second of the two looks.
    func sample(isLater: Bool = true) throws -> TopSample {
        TopSample(
            at: isLater ? Self.now : MonotonicTime(microseconds: Self.now.microseconds - 2_000_000),
            time: Self.time, status: try Self.json(status),
            metrics: MetricText(Array(Self.metrics(isLater: isLater, firing: firing).utf8)),
            alerts: try alerts.compactMap { TopAlert(try Self.json($0)) },
            devices: try devices.compactMap { TopDevice(try Self.json($0)) }, order: order)
    }

    /// As after two looks.
    func view() throws -> TopView {
        var view = TopView(place: Self.place, interval: .seconds(2))
        view.take(try sample(isLater: false))
        view.take(try sample())
        return view
    }

    static func json(_ text: String) throws -> JSONValue { try JSONScanner.scan(Array(text.utf8)) }

    /// What is counted of the two seconds: 2468 messages, 15 decisions, 82 commits.
    static func metrics(isLater: Bool, firing: Int) -> String {
        let counters: [(name: String, before: Double, growth: Double)] = [
            ("jamey_messages_received_total", 10_000, 2_468),
            ("jamey_verdicts_approved_total", 100, 10), ("jamey_verdicts_denied_total", 20, 4),
            ("jamey_alerts_raised_total", 5, 1), ("jamey_alerts_resolved_total", 2, 0),
            ("jamey_commits_total", 1_000, 82), ("process_cpu_seconds_total", 100, 0.24),
        ]
        var text = "# HELP jamey_messages_received_total Messages read.\n"
        for counter in counters {
            text += "\(counter.name) \(counter.before + (isLater ? counter.growth : 0))\n"
        }
        for (index, bound) in bounds.enumerated() {
            let count = before[index] + (isLater ? growth[index] : 0)
            text += "jamey_commit_duration_seconds_bucket{le=\"\(bound)\"} \(count)\n"
        }
        return text + """
            jamey_commit_duration_seconds_sum 12.5
            jamey_component_up{component="broker"} 1
            jamey_outbox_depth 0
            jamey_entities 1000
            jamey_alerts_firing \(firing)
            process_resident_memory_bytes 50541364
            jamey_store_bytes 1288490190

            """
    }

    private static let bounds = [
        "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25",
        "0.5", "1.0", "2.5", "+Inf",
    ]
    private static let before = [
        5, 10, 100, 500, 800, 900, 950, 980, 990, 995, 998, 999, 1_000, 1_000,
    ]
    private static let growth = [0, 0, 20, 60, 75, 79, 82, 82, 82, 82, 82, 82, 82, 82]
}

extension TopView {
    /// The screen as text, without the blanks at the ends of lines.
    func text(columns: Int, rows: Int, hasKeys: Bool = true) -> String {
        let lines = lines(
            columns: columns, rows: rows, at: TopScene.now, TopScene.time, hasKeys: hasKeys)
        return lines.map { line in
            var text = line.text[...]
            while text.last == " " { text.removeLast() }
            return String(text)
        }.joined(separator: "\n")
    }
}
