import CEL
import Core

/// The fields that rules ask about, and what they compare them with. Does not change.
///
/// Fields of the payload stand below the one that has them, down to the payload itself. A class for
/// the reason that `RuleLayout` is one.
final class FieldTable: Sendable {
    enum Source: Equatable, Sendable {
        case topic, entity, payload
        case capture(Int)
        /// A member of another field.
        case member(of: Int)
    }

    struct Field: Sendable {
        let source: Source
        let name: Range<Int>
        /// Whether a member of it is a field too.
        var hasMembers = false
        /// Whether a rule asks for its being equal to a constant, or for how its text begins.
        var isCompared = false
        var isPrefixed = false
        /// Whether it is looked at, or has members.
        var isUsed = false
    }

    /// A member by its parent and name.
    private struct Slot {
        /// -1 where there is none.
        var field: Int32 = -1
        var parent: Int32 = 0
        var name = NameWord()
    }

    /// The payload, which is the first field.
    static let payload = 0

    let fields: [Field]
    /// Those that are no members, as far as they are looked at.
    let roots: [Int]
    let constants: ConstantTable
    let prefixes: TextTable
    private let names: [UInt8]
    /// Hashed; a power of two.
    private let slots: [Slot]

    /// - Parameter fields: The payload first.
    init(
        _ fields: [Field], names: [UInt8], _ constants: ConstantTable, _ prefixes: TextTable
    ) {
        self.fields = fields
        roots = fields.indices.filter { field in
            if case .member = fields[field].source { return false }
            return fields[field].isUsed || field == Self.payload
        }
        self.names = names
        self.constants = constants
        self.prefixes = prefixes
        var size = 2
        while size < 2 * fields.count { size *= 2 }
        var slots = [Slot](repeating: Slot(), count: size)
        for index in fields.indices {
            guard case .member(let parent) = fields[index].source else { continue }
            let name = names.withUnsafeBytes {
                NameWord(UnsafeRawBufferPointer(rebasing: $0[fields[index].name]))
            }
            var place = name.hash(under: parent)
            while slots[place & (size - 1)].field >= 0 { place += 1 }
            slots[place & (size - 1)] = Slot(
                field: Int32(index), parent: Int32(parent), name: name)
        }
        self.slots = slots
    }

    /// The field that a field is a member of; nil where it is none.
    func parent(of field: Int) -> Int? {
        if case .member(let parent) = fields[field].source { return parent }
        return nil
    }

    /// The field that a member of another one is; nil where it is none.
    @inline(__always)
    func member(of parent: Int, named name: UnsafeRawBufferPointer) -> Int? {
        let word = NameWord(name)
        var place = word.hash(under: parent)
        while true {
            let slot = slots[place & (slots.count - 1)]
            guard slot.field >= 0 else { return nil }
            if slot.name == word, Int(slot.parent) == parent,
                name.count <= 8 || isName(of: Int(slot.field), name)
            {
                return Int(slot.field)
            }
            place += 1
        }
    }

    private func isName(of field: Int, _ name: UnsafeRawBufferPointer) -> Bool {
        names.withUnsafeBytes {
            UnsafeRawBufferPointer(rebasing: $0[fields[field].name]).hasSameBytes(as: name)
        }
    }
}

/// A name's length and as much of it as a word holds, which is nearly always all.
private struct NameWord: Equatable {
    var head: UInt64 = 0
    var count: UInt32 = 0

    init() {}

    @inline(__always)
    init(_ name: UnsafeRawBufferPointer) {
        let count = name.count
        self.count = UInt32(truncatingIfNeeded: count)
        // Two loads that overlap where there are fewer bytes than they have.
        if count >= 8 {
            head = name.loadUnaligned(as: UInt64.self)
        } else if count >= 4 {
            let first = name.loadUnaligned(as: UInt32.self)
            let last = name.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            head = UInt64(first) | UInt64(last) << 32
        } else if count > 0 {
            head = UInt64(name[0]) | UInt64(name[count / 2]) << 8 | UInt64(name[count - 1]) << 16
        }
    }

    /// Not negative, and far from the greatest.
    @inline(__always)
    func hash(under parent: Int) -> Int {
        let mixed =
            (head ^ UInt64(truncatingIfNeeded: parent) &* 0xBF58_476D_1CE4_E5B9)
            &* 0x9E37_79B9_7F4A_7C15
        return Int((mixed ^ UInt64(count)) >> 32)
    }
}
