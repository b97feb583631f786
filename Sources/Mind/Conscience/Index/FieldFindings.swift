import Core

/// What a message has of the fields that rules ask about: each is looked up once, however many
/// rules there are.
struct FieldFindings: Sendable {
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
    private var findings: [Finding]
    /// The fields of the payload that the last message has, the payload itself excepted.
    private(set) var found: [Int] = []
    private(set) var prefixNumbers: [Int32] = []

    /// As of a message whose payload is an object with nothing in it.
    init(_ table: FieldTable) {
        findings = Array(repeating: Finding(), count: table.fields.count)
        findings[FieldTable.payload].kind = .map
    }

    @inline(__always)
    func finding(_ field: Int) -> Finding { findings[field] }

    /// Takes in what a message has.
    ///
    /// - Parameter root: the node of the document that rules see as `payload`.
    mutating func look(
        at document: JSONDocument, root: Int, _ message: Message, _ match: Router.Match,
        entity: String, _ table: FieldTable
    ) {
        for field in found { findings[field] = Finding() }
        found.removeAll(keepingCapacity: true)
        prefixNumbers.removeAll(keepingCapacity: true)
        for field in table.roots {
            findings[field] = Finding()
            switch table.fields[field].source {
            case .topic: take(text: message.topic, field, table)
            case .entity: take(text: entity, field, table)
            case .capture(let place): take(text: match.captures[place], field, table)
            case .payload: document.withView { take(root, of: $0, field, table) }
            case .member: break
            }
        }
    }

    private mutating func take(text: String, _ field: Int, _ table: FieldTable) {
        text.utf8.span.withUnsafeBytes { take(text: $0, field, table) }
    }

    private mutating func take(
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

    private mutating func take(
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
        case .object:
            findings[field].kind = .map
            table.forEachMember(of: field, in: node, view) { member, field in
                takeMember(member, view, field, table)
            }
        }
    }

    private mutating func take(truth: Bool, _ field: Int, _ table: FieldTable) {
        findings[field].kind = .bool
        findings[field].isTrue = truth
        findings[field].constant = Int32(table.constants.number(of: truth))
    }

    private mutating func take(number: Double, _ field: Int, _ table: FieldTable) {
        findings[field].kind = .number
        findings[field].number = number
        if table.fields[field].isCompared {
            findings[field].constant = Int32(table.constants.number(of: number) ?? -1)
        }
    }

    private mutating func takeMember(
        _ node: Int, _ view: JSONView, _ field: Int, _ table: FieldTable
    ) {
        found.append(field)
        take(node, of: view, field, table)
    }
}
