/// Numbers for the variables and fields that programs ask for.
///
/// Programs that share one may be run on the same message. A class, so that no copy gives a number
/// that another copy has given to another path.
public final class PathTable {
    /// Tells tables apart.
    final class Scope: Sendable {}

    private struct Key: Hashable {
        let slot: Int
        let fields: [[UInt8]]
    }

    let scope = Scope()
    /// Variables from this slot on are a rule's own: see `Machine.beginRule`.
    public let ruleSlot: Int
    private var numbers: [Key: Int] = [:]

    public init(ruleSlot: Int = .max) { self.ruleSlot = ruleSlot }

    var count: Int { numbers.count }

    func number(slot: Int, fields: [String]) -> Int {
        let key = Key(slot: slot, fields: fields.map { Array($0.utf8) })
        let number = numbers[key] ?? numbers.count
        numbers[key] = number
        return number
    }
}
