/// A number of bytes as people write it: `512KiB`, `64MB`, `1GiB`, `4096`.
public struct ByteSize: Hashable, Comparable, Sendable {
    public var bytes: Int

    public init(bytes: Int) { self.bytes = bytes }

    private static let units: [(name: String, bytes: Int)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000),
        ("kB", 1_000), ("B", 1),
    ]

    /// A whole number and its unit; without a unit, bytes.
    ///
    /// - Throws: `.malformed`, `.unknownUnit`, `.outOfRange`.
    public init(text: String) throws(QuantityError) {
        let digits = text.utf8.prefix { 0x30...0x39 ~= $0 }
        let unit = String(Substring(text.utf8[digits.endIndex...]))
        if digits.isEmpty { throw .malformed(text) }
        guard let scale = unit.isEmpty ? 1 : Self.units.first(where: { $0.name == unit })?.bytes
        else { throw .unknownUnit(unit, known: Self.units.map(\.name)) }
        guard let number = Int(Substring(digits)) else { throw .outOfRange(text) }
        let (product, overflow) = number.multipliedReportingOverflow(by: scale)
        if overflow { throw .outOfRange(text) }
        bytes = product
    }

    /// In the unit that divides it with the smallest number: `1GiB`, `64MB`, `1000001B`.
    public var text: String {
        if bytes == 0 { return "0B" }
        let best = Self.units.filter { bytes.isMultiple(of: $0.bytes) }.max { $0.bytes < $1.bytes }
        return "\(bytes / (best?.bytes ?? 1))\(best?.name ?? "B")"
    }

    public static func < (a: ByteSize, b: ByteSize) -> Bool { a.bytes < b.bytes }
}
