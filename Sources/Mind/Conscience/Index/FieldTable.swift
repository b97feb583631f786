import CEL
import Core

/// Finds in a message the fields that rules ask about: each is looked up once, however many rules
/// there are.
///
/// Fields of the payload stand below the one that has them, down to the payload itself.
struct FieldTable: Sendable {
    enum Source: Equatable, Sendable {
        case topic, entity, payload
        case capture(Int)
        /// A member of another field.
        case member(of: Int)
    }

    struct Field: Sendable {
        let source: Source
        let name: Range<Int>
        /// In `children`.
        var children: Range<Int> = 0..<0
        /// Whether a rule asks for its being equal to a constant, or for how its text begins.
        var isCompared = false
        var isPrefixed = false
    }

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

    private(set) var fields: [Field]
    private(set) var findings: [Finding]
    /// Those of the payload that the last message has, the payload itself excepted.
    private(set) var found: [Int] = []
    private(set) var prefixNumbers: [Int32] = []
    private let constants: ConstantTable
    private let prefixes: TextTable
    private let names: [UInt8]
    private let children: [Int]
    /// Members by their parent and name, hashed; -1 where none is. A power of two.
    private var places: [Int32]
    /// More members than this are found by name, from those that the message has.
    private static let searchedMax = 4

    /// Of no field.
    init() {
        self.init(
            [Field(source: .payload, name: 0..<0)], names: [], children: [], ConstantTable([]),
            TextTable([]))
    }

    /// - Parameter fields: The payload first, then what else is no member, then the members.
    init(
        _ fields: [Field], names: [UInt8], children: [Int], _ constants: ConstantTable,
        _ prefixes: TextTable
    ) {
        self.fields = fields
        self.names = names
        self.children = children
        self.constants = constants
        self.prefixes = prefixes
        findings = Array(repeating: Finding(), count: fields.count)
        // As of an object that has none of them.
        findings[0].kind = .map
        var size = 2
        while size < 2 * fields.count { size *= 2 }
        places = Array(repeating: -1, count: size)
        for index in fields.indices {
            guard case .member(let parent) = fields[index].source else { continue }
            var place = names.withUnsafeBytes {
                Self.hash(UnsafeRawBufferPointer(rebasing: $0[fields[index].name]), of: parent)
            }
            while places[place & (size - 1)] >= 0 { place += 1 }
            places[place & (size - 1)] = Int32(index)
        }
    }

    /// Whether a field is missing, though that which should have it is a map.
    func isAbsent(_ field: Int) -> Bool {
        guard case .member(let parent) = fields[field].source else { return false }
        return findings[field].kind == .missing && findings[parent].kind == .map
    }

    /// Whether a field's members are those of a list.
    func isInList(_ field: Int) -> Bool {
        guard case .member(let parent) = fields[field].source else { return false }
        return findings[parent].kind == .list
    }

    func isExact(_ constant: Int32) -> Bool { constants.isExact(Int(constant)) }

    // MARK: Looking

    /// Takes in what a message has.
    mutating func look(at message: IndexedMessage) {
        for field in found { findings[field] = Finding() }
        found.removeAll(keepingCapacity: true)
        prefixNumbers.removeAll(keepingCapacity: true)
        // What is no member comes first.
        for field in fields.indices {
            if case .member = fields[field].source { return }
            findings[field] = Finding()
            switch fields[field].source {
            case .topic: take(text: message.topic, field)
            case .entity: take(text: message.entity, field)
            case .capture(let place): take(text: message.captures[place], field)
            case .payload: take(message.root, of: message.document, field)
            case .member: return
            }
        }
    }

    private mutating func take(text: String, _ field: Int) {
        text.utf8.span.withUnsafeBytes { take(text: $0, field) }
    }

    private mutating func take(text: UnsafeRawBufferPointer, _ field: Int) {
        findings[field].kind = .text
        if fields[field].isCompared {
            findings[field].constant = Int32(constants.number(of: text) ?? -1)
        }
        if fields[field].isPrefixed {
            let start = Int32(prefixNumbers.count)
            prefixes.collectPrefixes(of: text, into: &prefixNumbers)
            findings[field].prefixes = start..<Int32(prefixNumbers.count)
        }
    }

    private mutating func take(_ node: Int, of document: JSONDocument, _ field: Int) {
        switch document.kind(of: node) {
        case .null:
            findings[field].kind = .null
            findings[field].constant = Int32(constants.numberOfNull)
        case .bool(let isTrue):
            findings[field].kind = .bool
            findings[field].isTrue = isTrue
            findings[field].constant = Int32(constants.number(of: isTrue))
        case .number(let number):
            findings[field].kind = .number
            findings[field].number = number.double
            if fields[field].isCompared {
                findings[field].constant = Int32(constants.number(of: number.double) ?? -1)
            }
        case .text: document.withText(of: node) { take(text: $0, field) }
        case .list: findings[field].kind = .list
        case .map:
            findings[field].kind = .map
            takeMembers(of: node, document, field)
        }
    }

    private mutating func takeMembers(of node: Int, _ document: JSONDocument, _ field: Int) {
        let children = fields[field].children
        guard children.count > Self.searchedMax else {
            for place in children {
                let child = self.children[place]
                let member = names.withUnsafeBytes {
                    document.member(
                        UnsafeRawBufferPointer(rebasing: $0[fields[child].name]), of: node)
                }
                if let member { takeMember(member, document, child) }
            }
            return
        }
        document.forEachMember(of: node) { member in
            let child = document.withName(of: member) { self.child(of: field, named: $0) }
            if let child { takeMember(member, document, child) }
        }
    }

    private mutating func takeMember(_ node: Int, _ document: JSONDocument, _ field: Int) {
        found.append(field)
        take(node, of: document, field)
    }

    private func child(of parent: Int, named name: UnsafeRawBufferPointer) -> Int? {
        var place = Self.hash(name, of: parent)
        while true {
            let field = Int(places[place & (places.count - 1)])
            guard field >= 0 else { return nil }
            if fields[field].source == .member(of: parent),
                names.withUnsafeBytes({ $0[fields[field].name].elementsEqual(name) })
            {
                return field
            }
            place += 1
        }
    }

    /// Not negative, and far from the greatest.
    private static func hash(_ name: UnsafeRawBufferPointer, of parent: Int) -> Int {
        var mixed = UInt64(truncatingIfNeeded: parent) &* 0xBF58_476D_1CE4_E5B9
        for byte in name { mixed = (mixed ^ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15 }
        return Int(mixed >> 32)
    }
}
