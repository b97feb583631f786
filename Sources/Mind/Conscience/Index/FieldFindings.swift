import CEL
import Core

/// What a message has of the fields that rules ask about: each is looked up once, however many
/// rules there are.
///
/// Memory of one index, used again with every message; behind plain pointers, since it is asked
/// for each term of each group.
///
/// Sendable because it is changed only where nobody else holds it: of two copies of an index, each
/// finds that it is not alone and makes its own.
final class FieldFindings: @unchecked Sendable {
    enum Kind: UInt8, Sendable { case missing, null, bool, number, text, list, map }

    /// What the last message has of a field.
    struct Finding: Sendable {
        var kind = Kind.missing
        var isTrue = false
        /// Of the constant that it equals; -1 where there is none.
        var constant: Int32 = -1
        var number = 0.0
        /// Of what it begins with, in `prefixNumbers`.
        var prefixes: Range<Int32> = 0..<0
    }

    /// By field.
    private let findings: UnsafeMutableBufferPointer<Finding>
    /// The fields of the payload that the last message has, the payload itself excepted: the first
    /// of as many as there are.
    private let foundFields: UnsafeMutableBufferPointer<Int32>
    private(set) var foundCount = 0
    private(set) var prefixNumbers: [Int32] = []
    /// Every member of the payload that is a field or that code asks for.
    private let places: UnsafeMutableBufferPointer<MemberTree.Place>
    private var placeCount = 0

    /// As of a message whose payload is an object with nothing in it.
    init(_ table: FieldTable) {
        findings = .allocate(capacity: table.fields.count)
        findings.initialize(repeating: Finding())
        findings[FieldTable.payload].kind = .map
        foundFields = .allocate(capacity: table.fields.count)
        foundFields.initialize(repeating: 0)
        places = .allocate(capacity: table.members.count)
    }

    deinit {
        findings.deallocate()
        foundFields.deallocate()
        places.deallocate()
    }

    @inline(__always)
    func finding(_ field: Int) -> Finding { findings[field] }

    @inline(__always)
    func found(_ place: Int) -> Int { Int(foundFields[place]) }

    /// Takes in what a message has.
    ///
    /// - Parameter root: the node of the document that rules see as `payload`.
    func look(
        at document: JSONDocument, root: Int, _ message: Message, _ match: Router.Match,
        entity: String, _ table: FieldTable
    ) {
        for place in 0..<foundCount { findings[found(place)] = Finding() }
        foundCount = 0
        if !prefixNumbers.isEmpty { prefixNumbers.removeAll(keepingCapacity: true) }
        for field in table.roots {
            findings[field] = Finding()
            switch table.fields[field].source {
            case .topic: take(text: message.topic, field, table)
            case .entity: take(text: entity, field, table)
            case .capture(let place): take(text: match.captures[place], field, table)
            case .payload: break
            }
        }
        document.withView { takePayload(root, of: $0, table) }
    }

    private func takePayload(_ root: Int, of view: JSONView, _ table: FieldTable) {
        findings[FieldTable.payload] = Finding()
        take(root, of: view, FieldTable.payload, table)
        placeCount = 0
        table.members.forEachMember(of: root, in: view) { place in
            // No name comes twice, so there is room.
            places.initializeElement(at: placeCount, to: place)
            placeCount += 1
            guard let field = table.field(ofMember: Int(place.member)) else { return }
            foundFields[foundCount] = Int32(truncatingIfNeeded: field)
            foundCount += 1
            take(Int(place.node), of: view, field, table)
        }
    }

    /// What the code of the rules asks the payload for; valid until the next message.
    func members(_ table: FieldTable) -> FoundMembers {
        FoundMembers(UnsafeBufferPointer(rebasing: places[..<placeCount]), table.paths)
    }

    private func take(text: String, _ field: Int, _ table: FieldTable) {
        text.utf8.span.withUnsafeBytes { take(text: $0, field, table) }
    }

    private func take(
        text: UnsafeRawBufferPointer, _ field: Int, _ table: FieldTable
    ) {
        findings[field].kind = .text
        if table.fields[field].isCompared {
            findings[field].constant = Int32(table.constants.number(of: text) ?? -1)
        }
        if table.fields[field].isPrefixed {
            let start = Int32(prefixNumbers.count)
            table.prefixes.collectPrefixes(of: text, into: &prefixNumbers)
            findings[field].prefixes = start..<Int32(prefixNumbers.count)
        }
    }

    private func take(
        _ node: Int, of view: JSONView, _ field: Int, _ table: FieldTable
    ) {
        switch view.kind(of: node) {
        case .null:
            findings[field].kind = .null
            findings[field].constant = Int32(table.constants.numberOfNull)
        case .no: take(truth: false, field, table)
        case .yes: take(truth: true, field, table)
        case .int:
            take(number: Double(Int64(bitPattern: view.bits(of: node))), field, table)
        case .double: take(number: Double(bitPattern: view.bits(of: node)), field, table)
        case .string: take(text: view.text(of: node), field, table)
        case .array: findings[field].kind = .list
        case .object: findings[field].kind = .map
        }
    }

    private func take(truth: Bool, _ field: Int, _ table: FieldTable) {
        findings[field].kind = .bool
        findings[field].isTrue = truth
        findings[field].constant = Int32(table.constants.number(of: truth))
    }

    private func take(number: Double, _ field: Int, _ table: FieldTable) {
        findings[field].kind = .number
        findings[field].number = number
        if table.fields[field].isCompared {
            findings[field].constant = Int32(table.constants.number(of: number) ?? -1)
        }
    }
}
