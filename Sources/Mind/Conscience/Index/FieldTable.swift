import CEL
import Core

/// The fields that rules ask about, and what they compare them with. Does not change.
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
        /// Whether it is looked at, or has members.
        var isUsed = false
    }

    /// The payload, which is the first field.
    static let payload = 0

    let fields: [Field]
    /// Those that are no members, as far as they are looked at.
    let roots: [Int]
    let constants: ConstantTable
    let prefixes: TextTable
    private let names: [UInt8]
    private let children: [Int]
    /// Members by their parent and name, hashed; -1 where none is. A power of two.
    private let places: [Int32]
    /// More members than this are found by name, from those that the message has.
    private static let searchedMax = 4

    /// - Parameter fields: The payload first.
    init(
        _ fields: [Field], names: [UInt8], children: [Int], _ constants: ConstantTable,
        _ prefixes: TextTable
    ) {
        self.fields = fields
        roots = fields.indices.filter { field in
            if case .member = fields[field].source { return false }
            return fields[field].isUsed || field == Self.payload
        }
        self.names = names
        self.children = children
        self.constants = constants
        self.prefixes = prefixes
        var size = 2
        while size < 2 * fields.count { size *= 2 }
        var places = [Int32](repeating: -1, count: size)
        for index in fields.indices {
            guard case .member(let parent) = fields[index].source else { continue }
            var place = names.withUnsafeBytes {
                Self.hash(UnsafeRawBufferPointer(rebasing: $0[fields[index].name]), of: parent)
            }
            while places[place & (size - 1)] >= 0 { place += 1 }
            places[place & (size - 1)] = Int32(index)
        }
        self.places = places
    }

    /// The field that a field is a member of; nil where it is none.
    func parent(of field: Int) -> Int? {
        if case .member(let parent) = fields[field].source { return parent }
        return nil
    }

    /// Every member of an object that is a field.
    @inline(__always)
    func forEachMember(
        of field: Int, in object: Int, _ view: JSONView,
        _ body: (_ member: Int, _ field: Int) -> Void
    ) {
        let own = fields[field].children
        guard own.count > Self.searchedMax else {
            for place in own {
                let child = children[place]
                let member = names.withUnsafeBytes {
                    view.member(
                        UnsafeRawBufferPointer(rebasing: $0[fields[child].name]), of: object)
                }
                if let member { body(member, child) }
            }
            return
        }
        var member = object + 1
        let end = view.next(object)
        while member < end {
            if let child = child(of: field, named: view.name(of: member)) { body(member, child) }
            member = view.next(member)
        }
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
