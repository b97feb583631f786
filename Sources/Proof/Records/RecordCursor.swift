import Core

extension EntityRecords {
    /// What a record is about, in the order in which they come. Its name is that of the record's
    /// one member.
    public enum Kind: String, CaseIterable, Sendable {
        case event, decision, memory
        case memoryLink = "memory_link"
        case soul, evidence, episode
        case keptEvent = "episode_event"
        case minute = "rollup_minute"
        case hour = "rollup_hour"
        case day = "rollup_day"
        case difference = "shadow_difference"
        case acknowledgement = "alert_ack"
    }

    /// Where a page begins: behind what the one before has told.
    ///
    /// Told by what is there and not by how much came before, so that nothing is told twice or left
    /// out where something else comes or goes between two pages.
    public struct Cursor: Equatable, Sendable {
        var kind: Kind
        /// The row or period behind which it is; of differences the time. nil: the whole kind.
        var number: Int64?
        /// Not behind that number, but within it: behind so many fields of a roll-up, or behind the
        /// difference of this number.
        var part: Int64?
        /// Of a period: the route whose fields these are. Roll-ups of one period come by route.
        var route: String?

        init(_ kind: Kind, _ number: Int64? = nil, part: Int64? = nil, route: String? = nil) {
            self.kind = kind
            self.number = number
            self.part = part
            self.route = route
        }

        /// Of the first page.
        public static let start = Cursor(.event)
    }
}

extension EntityRecords.Cursor {
    /// The first row or period of which something may be left.
    var first: Int64 {
        guard let number else { return .min }
        // No row has the highest number.
        return part != nil || number == .max ? number : number + 1
    }

    /// How many fields of a roll-up were told.
    func told(of number: Int64, route: String) -> Int {
        guard number == self.number, let part else { return 0 }
        guard let last = self.route, !route.hasSameBytes(as: last) else {
            return Int(clamping: part)
        }
        return route.utf8.lexicographicallyPrecedes(last.utf8) ? .max : 0
    }
}

// MARK: As text

extension EntityRecords.Cursor {
    /// As a program carries it to the next page: `event:184467`, `rollup_hour:480123:2:telemetry`.
    public var text: String {
        let numbers = [number, part].compactMap { $0 }.map { "\($0)" }
        return ([kind.rawValue] + numbers + [route].compactMap { $0 }).joined(separator: ":")
    }

    /// nil where no page ends so.
    public init?(_ text: String) {
        // The name of a route is last, as it may have colons.
        let parts = text.utf8.split(
            separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false
        ).map { Substring($0) }
        guard let name = parts.first, let kind = EntityRecords.Kind(rawValue: String(name)) else {
            return nil
        }
        self.init(kind)
        guard kind.countsOfParts.contains(parts.count) else { return nil }
        guard parts.count > 1 else { return }
        guard let number = Self.number(parts[1]) else { return nil }
        self.number = number
        guard parts.count > 2 else { return }
        guard let part = Self.number(parts[2]), part >= 0 else { return nil }
        self.part = part
        if parts.count > 3 { route = String(parts[3]) }
    }

    private static func number(_ text: Substring) -> Int64? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text
        return digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            ? Int64(text) : nil
    }
}

extension EntityRecords.Kind {
    /// Of a cursor's text.
    fileprivate var countsOfParts: Set<Int> {
        switch self {
        case .event, .decision, .memory, .memoryLink, .soul, .evidence, .episode, .keptEvent,
            .acknowledgement:
            [1, 2]
        case .minute, .difference: [1, 2, 3]
        case .hour, .day: [1, 2, 4]
        }
    }
}
