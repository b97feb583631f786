import Core
import Glibc

/// Doubles with a number of decimals, rounded from their exact value as C does.
enum FloatText {
    /// The shortest decimal without an exponent: `3.14`, `100000000000000000000000`.
    static func shortest(_ value: Double) -> String {
        special(value) ?? NumberText.writePlain(value)
    }

    /// `1.500` for 1.5 with three decimals.
    static func fixed(_ value: Double, precision: Int) -> String {
        special(value) ?? write("%.*f", value, precision)
    }

    /// `1.500e+00` for 1.5 with three decimals.
    static func scientific(_ value: Double, precision: Int) -> String {
        special(value) ?? write("%.*e", value, precision)
    }

    private static func special(_ value: Double) -> String? {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return nil
    }

    /// - Precondition: `precision` is in `0...Limits.formatPrecisionMax`.
    private static func write(_ format: String, _ value: Double, _ precision: Int) -> String {
        // A double has at most 309 digits before its point.
        var buffer = [CChar](repeating: 0, count: 320 + precision)
        let count = withVaList([Int32(precision), value]) {
            vsnprintf(&buffer, buffer.count, format, $0)
        }
        let written = buffer.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }
        return String(decoding: written, as: UTF8.self)
    }
}
