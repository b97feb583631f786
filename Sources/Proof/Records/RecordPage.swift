import Core

extension EntityRecords {
    /// Records that were read together.
    ///
    /// It may have fewer records than were asked for, or none, and another page behind it.
    public struct Page: Sendable {
        /// JSON each: an object with one member.
        public private(set) var records: [[UInt8]] = []
        /// Where the next one begins; nil where there is none.
        public private(set) var next: Cursor?

        private let limit: Int
        private let most: Int
        /// Everything up to here was told or is about others.
        private var place: Cursor
        private var bytes = 0
        private var looked = 0
        /// Kept, so that a soul and its evidence are of one moment.
        var soul: SoulReport?

        init(behind place: Cursor, limit: Int, looking most: Int) {
            self.place = place
            self.limit = limit
            self.most = most
        }
    }
}

extension EntityRecords.Page {
    /// Whether nothing more belongs to it.
    var isOver: Bool { next != nil }
    /// Rows that may still be looked at.
    var looksLeft: Int { max(0, most - looked) }
    /// Records that have room, and one that tells that there are more.
    var wanted: Int { limit - records.count + 1 }

    /// - Returns: false where the record is of the next page.
    mutating func add(_ json: [UInt8], at place: EntityRecords.Cursor) -> Bool {
        guard records.count < limit, bytes < Limits.apiListBytesMax else { return end() }
        let record = JSONWriter.object { $0.member(place.kind.rawValue, raw: json) }
        bytes += record.count
        records.append(record)
        return pass(to: place)
    }

    /// - Returns: true, to go on.
    @discardableResult
    mutating func pass(to place: EntityRecords.Cursor) -> Bool {
        self.place = place
        return true
    }

    mutating func note(looked rows: Int) { looked += rows }

    /// What comes is of the next page.
    /// - Returns: false, to stop.
    @discardableResult
    mutating func end() -> Bool {
        next = place
        return false
    }
}
