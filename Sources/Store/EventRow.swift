import Core
import GRDB

/// An event as it lies in the file, from the writer's connection or from a reader's.
struct EventRow {
    /// Columns in the order of the properties below; add `WHERE e.seq ... ORDER BY e.seq`.
    static let select = """
        SELECT e.seq, e.at, e.flags, t.name, e.topic, e.packet_id, e.properties, e.payload
        FROM event e LEFT JOIN topic t ON t.id = e.topic
        """

    var sequence: EventSequence
    var at: Int64
    var flags: Int64
    /// nil when the row names a topic that is not in the dictionary.
    var topic: String?
    var packetID: Int64
    var properties: [UInt8]?
    var payload: [UInt8]

    /// - Throws: `.corrupt`: the row is not one that we wrote.
    func event() throws(ReadError) -> Event {
        guard let flags = EventFlags(rawValue: flags) else { throw damage("flags \(flags)") }
        let body: Event.Body =
            switch flags.kind {
            case .message: .message(try message(flags))
            case .ruleset: .ruleset(digest: String(decoding: payload, as: UTF8.self))
            case .control: .control(try control())
            case .tick: .tick
            }
        return Event(sequence: sequence, at: Timestamp(microseconds: at), body: body)
    }

    private func message(_ flags: EventFlags) throws(ReadError) -> Message {
        guard let topic else { throw damage("a topic that is not there") }
        guard let packetID = UInt16(exactly: packetID) else { throw damage("packet \(packetID)") }
        var decoded: MessageProperties?
        if let properties {
            decoded = PropertiesCoding.decode(properties)
            guard decoded != nil else { throw damage("properties that cannot be read") }
        }
        return Message(
            topic: topic, payload: payload, qos: flags.qos, retain: flags.retain,
            packetID: packetID, isDuplicate: flags.isDuplicate, properties: decoded)
    }

    private func control() throws(ReadError) -> ControlRequest {
        do throws(RequestError) {
            return try ControlRequest(json: payload)
        } catch { throw damage("a control request that cannot be read") }
    }

    private func damage(_ what: String) -> ReadError { .corrupt("event \(sequence) has \(what)") }
}

extension EventRow {
    /// The topic alone, without a copy of the payload; nil where it is not in the dictionary.
    static func topic(_ row: Statement) -> String? {
        // A number that the join did not find is damage; bytes are a topic written out.
        if !row.isNull(3) { row.text(3) } else if row.isInteger(4) { nil } else { row.text(4) }
    }

    /// From a row of `select` on the writer's connection.
    init(_ row: Statement) {
        sequence = row.integer(0)
        at = row.integer(1)
        flags = row.integer(2)
        topic = Self.topic(row)
        packetID = row.integer(5)
        properties = row.isNull(6) ? nil : row.bytes(6)
        payload = row.bytes(7)
    }
}

// MARK: By a reader

extension EventRow {
    /// A row without the name of its topic.
    static let selectUnnamed =
        "SELECT seq, at, flags, topic, packet_id, properties, payload FROM event"

    /// From a row of `selectUnnamed`.
    /// - Parameter name: finds a topic by its number in the dictionary.
    init(_ row: ReaderRow, _ name: (Int64) throws -> String?) throws {
        sequence = try row.integer(0)
        at = try row.integer(1)
        flags = try row.integer(2)
        let topic = row[3]
        if let number = topic.integer {
            self.topic = try name(number)
        } else if let bytes = topic.bytes {
            self.topic = String(decoding: bytes, as: UTF8.self)
        } else if topic.isNull {
            self.topic = nil
        } else {
            throw ReaderRow.wrongType(3)
        }
        packetID = try row.integer(4)
        properties = row.isNull(5) ? nil : try row.bytes(5)
        payload = try row.bytes(6)
    }
}

/// Names of topics by their numbers, as one transaction finds them.
struct TopicNames {
    private let lookup: ReaderLookup
    /// By number: the writer gives small ones.
    private var names: [String?] = []
    private var others: [Int64: String] = [:]

    init(_ database: Database) throws {
        lookup = try ReaderLookup("SELECT name FROM topic WHERE id = ?", in: database)
    }

    /// nil for a number that is not in the dictionary.
    mutating func name(_ number: Int64) throws -> String? {
        if number >= 0, number < names.count, let known = names[Int(number)] { return known }
        if let known = others[number] { return known }
        let found = try lookup.first(number) { row in try row.text(0) }
        if (0..<Int64(Limits.dictionaryTopicsMax)).contains(number) {
            while names.count <= number { names.append(nil) }
            names[Int(number)] = found
        } else {
            others[number] = found
        }
        return found
    }
}
