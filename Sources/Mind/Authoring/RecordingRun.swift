import Core

/// Plays a labelled recording to rules, as a device that was never heard before, and counts how
/// often an alert fired when there was a fault, and when there was none.
public struct RecordingRun {
    /// What became of the readings that were scored, one by one.
    public struct Tally: Equatable, Sendable {
        public var hits = 0
        public var falseAlarms = 0
        public var misses = 0
        public var quiet = 0

        public init() {}

        /// The harmonic mean of precision and recall; 0 where nothing was found.
        public var f1: Double {
            let weight = 2 * hits + falseAlarms + misses
            return weight == 0 ? 0 : Double(2 * hits) / Double(weight)
        }

        /// The share of the readings without a fault for which an alert fired.
        public var falseAlarmRate: Double { Self.share(falseAlarms, quiet) }

        /// The share of the readings with a fault for which none did.
        public var missedAlarmRate: Double { Self.share(misses, hits) }

        private static func share(_ part: Int, _ rest: Int) -> Double {
            part + rest == 0 ? 0 : Double(part) / Double(part + rest)
        }

        public static func += (sum: inout Tally, other: Tally) {
            sum.hits += other.hits
            sum.falseAlarms += other.falseAlarms
            sum.misses += other.misses
            sum.quiet += other.quiet
        }
    }

    public private(set) var tally = Tally()
    /// What the alerts said that were raised, in their order.
    public private(set) var messages: [String] = []
    /// What went wrong: rules that failed, say.
    public private(set) var rejections: [Rejection] = []

    private var mind = Mind(settings: .init(root: "jamey/score", logID: "score"))
    private var now: Timestamp

    /// - Parameters:
    ///   - topic: Where the device publishes.
    ///   - unscored: Readings at the beginning that are heard and not counted, for rules that have
    ///     to learn first. The labels are looked at by nobody but the count.
    public init(
        _ recording: LabelledRecording, on topic: String, under ruleset: RuleSet, unscored: Int
    ) {
        now = recording.readings.first?.at ?? Timestamp(microseconds: 0)
        let event = Event(sequence: 1, at: now, body: .ruleset(digest: ruleset.digest))
        _ = mind.activate(ruleset, by: event)
        for (number, reading) in recording.readings.enumerated() {
            hear(reading, on: topic)
            if number >= unscored { count(isAlarm: mind.alertsFiring > 0, reading.isFault) }
        }
    }

    private mutating func hear(_ reading: LabelledRecording.Reading, on topic: String) {
        while let due = mind.nextTimer, due <= reading.at {
            now = max(now, due)
            take(.tick)
        }
        now = max(now, reading.at)
        take(.message(Message(topic: topic, payload: reading.payload)))
    }

    private mutating func take(_ body: Event.Body) {
        let outcome = mind.perceive(Event(sequence: mind.sequence + 1, at: now, body: body))
        rejections += outcome.rejections
        for decision in outcome.decisions where decision.kind == .alert {
            guard let alert = try? JSONScanner.scan(decision.json),
                alert["state"]?.string == "firing", let message = alert["message"]?.string
            else { continue }
            messages.append(message)
        }
    }

    private mutating func count(isAlarm: Bool, _ isFault: Bool) {
        switch (isAlarm, isFault) {
        case (true, true): tally.hits += 1
        case (true, false): tally.falseAlarms += 1
        case (false, true): tally.misses += 1
        case (false, false): tally.quiet += 1
        }
    }
}
