/// Where a machine keeps what is no cell by itself, for as long as one of three scopes lasts.
struct Shelf {
    /// The scopes, as cells name them: variables of the message live until the next message, those
    /// of a rule until the next rule, and everything else until the run ends.
    static let message: UInt8 = 0
    static let rule: UInt8 = 1
    static let run: UInt8 = 2
    /// The values that a program brings along.
    static let constants: UInt8 = 3

    var arena = Arena()
    var values: [Value] = []
    /// Long texts that were copied into the arena. The values are held: as long as they are,
    /// nothing else lies where their bytes do.
    private var texts: [TextPlace: (cell: Cell, value: Value)] = [:]

    mutating func removeAll() {
        arena.removeAll()
        if !values.isEmpty { values.removeAll(keepingCapacity: true) }
        if !texts.isEmpty { texts.removeAll(keepingCapacity: true) }
    }

    /// Copies the bytes of a string or bytes value.
    mutating func cell(
        _ bytes: some Collection<UInt8>, _ tag: Cell.Tag, of value: Value
    ) -> Cell {
        let cell = bytes.withContiguousStorageIfAvailable {
            known(UnsafeRawBufferPointer($0), tag, of: value)
        }
        // Bytes that lie nowhere have no place to be known by.
        return cell ?? Array(bytes).withUnsafeBytes { Cell(text: arena.keep($0), tag: tag) }
    }

    private mutating func known(
        _ bytes: UnsafeRawBufferPointer, _ tag: Cell.Tag, of value: Value
    ) -> Cell {
        guard let place = TextPlace(bytes) else { return Cell(text: arena.keep(bytes), tag: tag) }
        if let known = texts[place], known.cell.tag == tag { return known.cell }
        let cell = Cell(text: arena.keep(bytes), tag: tag)
        texts[place] = (cell, value)
        return cell
    }

    mutating func free() { arena.free() }
}
