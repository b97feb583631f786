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

    mutating func removeAll() {
        arena.removeAll()
        if !values.isEmpty { values.removeAll(keepingCapacity: true) }
    }

    mutating func free() { arena.free() }
}
