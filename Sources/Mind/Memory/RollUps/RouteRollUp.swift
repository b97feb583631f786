import Core

/// The open minute of one entity on one route: what its numbers came to so far.
///
/// Which fields there are is remembered from minute to minute, in the order in which they first
/// came: most messages have the same, and each is found where it was expected.
struct RouteRollUp: Sendable {
    /// A number, or an object that has some. Trivial.
    struct Field: Sendable {
        var summary = Summary()
        /// Its own name, without those of the objects around it.
        let word: NameWord
        let nameStart: UInt16
        let nameCount: UInt16
        /// The field of the object around it; -1 for the payload itself.
        let parent: Int16
    }

    /// Into the rule set's routes; -1 where the route is no more, or makes no roll-ups.
    var route: Int
    let name: String
    var fields: [Field] = []
    /// The fields' names, one behind the other.
    private(set) var names: [UInt8] = []

    init(route: Int, name: String) {
        self.route = route
        self.name = name
    }

    var estimatedBytes: Int { 96 + fields.count * MemoryLayout<Field>.stride + names.count }

    /// What `estimatedBytes` never exceeds.
    static let estimatedBytesMax =
        96 + Limits.rollUpFieldsMax * (MemoryLayout<Field>.stride + Limits.rollUpNameBytesMax)

    /// No field that is new finds room.
    var isFull: Bool { fields.count == Limits.rollUpFieldsMax }

    var isOpen: Bool { fields.contains { $0.summary.count > 0 } }

    // MARK: A message

    /// What became of a message.
    struct Taken {
        /// It had a number.
        var isAny = false
        /// It had numbers, or objects, that are no fields yet.
        var isMore = false
    }

    /// Takes the numbers of a message in, those of fields that are known.
    @inline(__always)
    mutating func take(_ view: JSONView) -> Taken {
        let names = names
        return names.withUnsafeBytes { names in
            fields.withUnsafeMutableBufferPointer { fields in
                var pass = RollUpPass(fields: fields, names: names)
                pass.take(view)
                return pass.taken
            }
        }
    }

    /// Takes in what `take` has left, as new fields.
    ///
    /// - Returns: Whether all of it found room, and whether some did.
    @inline(never)
    mutating func takeMore(_ view: JSONView) -> (isWhole: Bool, isAny: Bool) {
        var (isWhole, isAny) = (true, false)
        guard view.kind(of: 0) == .object else {
            let place = Self.nameOfOther.withUnsafeBytes { add($0, of: -1) }
            if let place, let reading = view.number(of: 0) { fields[place].summary.add(reading) }
            return (place != nil, place != nil)
        }
        takeMore(of: 0, in: view, parent: -1, level: 1, &isWhole, &isAny)
        return (isWhole, isAny)
    }

    private mutating func takeMore(
        of object: Int, in view: JSONView, parent: Int16, level: Int, _ isWhole: inout Bool,
        _ isAny: inout Bool
    ) {
        let end = view.next(object)
        var member = object + 1
        while member < end {
            defer { member = view.next(member) }
            let (name, reading) = (view.name(of: member), view.number(of: member))
            let isObject = level < Limits.rollUpDepthMax && view.kind(of: member) == .object
            guard reading != nil || isObject else { continue }
            let known = names.withUnsafeBytes { names in
                let word = NameWord(name)
                return fields.firstIndex { $0.isCalled(word, name, of: parent, in: names) }
            }
            guard let place = known ?? add(name, of: parent) else {
                isWhole = false
                continue
            }
            if isObject {
                let place = Int16(truncatingIfNeeded: place)
                takeMore(
                    of: member, in: view, parent: place, level: level + 1, &isWhole, &isAny)
            } else if known == nil, let reading {
                fields[place].summary.add(reading)
                isAny = true
            }
        }
    }

    /// What a payload that is a number by itself is called.
    static let nameOfOther = Array("value".utf8)

    /// - Returns: nil where there is no room.
    private mutating func add(_ name: UnsafeRawBufferPointer, of parent: Int16) -> Int? {
        guard fields.count < Limits.rollUpFieldsMax, name.count <= Limits.rollUpNameBytesMax else {
            return nil
        }
        append(name, of: parent)
        guard writtenName(of: fields.count - 1).utf8.count <= Limits.rollUpNameBytesMax else {
            names.removeLast(name.count)
            fields.removeLast()
            return nil
        }
        return fields.count - 1
    }

    mutating func append(_ name: UnsafeRawBufferPointer, of parent: Int16) {
        fields.append(
            Field(
                word: NameWord(name), nameStart: UInt16(truncatingIfNeeded: names.count),
                nameCount: UInt16(truncatingIfNeeded: name.count), parent: parent))
        names.append(contentsOf: name)
    }

    // MARK: The end of a minute

    /// What the minute came to; nothing is open afterwards.
    mutating func close() -> [RollUp.Field] {
        var closed: [RollUp.Field] = []
        for place in fields.indices where fields[place].summary.count > 0 {
            closed.append(
                RollUp.Field(name: writtenName(of: place), summary: fields[place].summary))
            fields[place].summary = Summary()
        }
        // Names that are no more would keep others out for ever.
        if isFull {
            fields.removeAll()
            names.removeAll()
        }
        return closed
    }

    func ownName(of field: Field) -> ArraySlice<UInt8> {
        names[Int(field.nameStart)..<Int(field.nameStart) + Int(field.nameCount)]
    }

    /// `RollUp.Field.name`
    private func writtenName(of place: Int) -> String {
        let field = fields[place]
        var written: [UInt8] = []
        for byte in ownName(of: field) {
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "\\") {
                written.append(UInt8(ascii: "\\"))
            }
            written.append(byte)
        }
        let own = String(decoding: written, as: UTF8.self)
        return field.parent < 0 ? own : writtenName(of: Int(field.parent)) + "." + own
    }
}

extension RouteRollUp.Field {
    @inline(__always)
    func isCalled(
        _ word: NameWord, _ name: UnsafeRawBufferPointer, of parent: Int16,
        in names: UnsafeRawBufferPointer
    ) -> Bool {
        guard self.word == word, self.parent == parent else { return false }
        return word.isWhole || isCalled(name, in: names)
    }

    private func isCalled(
        _ name: UnsafeRawBufferPointer, in names: UnsafeRawBufferPointer
    ) -> Bool {
        let start = Int(nameStart)
        return UnsafeRawBufferPointer(rebasing: names[start..<start + Int(nameCount)])
            .hasSameBytes(as: name)
    }
}
