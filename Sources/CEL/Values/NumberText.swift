/// How numbers are written and read by `string`, `int`, `uint` and `double`.
enum NumberText {
    /// The shortest decimal that reads back as the same double: `81`, `-0.0045`, `1e+21`, `NaN`,
    /// `+Inf`.
    static func write(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let (digits, point) = decompose(value.magnitude)
        let sign = value.sign == .minus ? "-" : ""
        return sign + (-5...21 ~= point ? plain(digits, point) : scientific(digits, point))
    }

    /// The same without an exponent, of finite values only.
    static func writePlain(_ value: Double) -> String {
        let (digits, point) = decompose(value.magnitude)
        return (value.sign == .minus ? "-" : "") + plain(digits, point)
    }

    /// The significant digits and where the decimal point stands after the first of them.
    private static func decompose(_ magnitude: Double) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        let text = Array(magnitude.description.utf8)
        for (index, byte) in text.enumerated() {
            if byte == UInt8(ascii: ".") {
                point = digits.count
            } else if byte == UInt8(ascii: "e") {
                exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
                break
            } else {
                digits.append(byte)
            }
        }
        var place = (point ?? digits.count) + exponent
        while digits.last == UInt8(ascii: "0"), digits.count > 1 { digits.removeLast() }
        while digits.first == UInt8(ascii: "0"), digits.count > 1 {
            digits.removeFirst()
            place -= 1
        }
        return (digits, digits == [UInt8(ascii: "0")] ? 1 : place)
    }

    private static func plain(_ digits: [UInt8], _ point: Int) -> String {
        let zero = UInt8(ascii: "0")
        var text: [UInt8]
        if point <= 0 {
            text = [zero, UInt8(ascii: ".")] + Array(repeating: zero, count: -point) + digits
        } else if point >= digits.count {
            text = digits + Array(repeating: zero, count: point - digits.count)
        } else {
            text = digits
            text.insert(UInt8(ascii: "."), at: point)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func scientific(_ digits: [UInt8], _ point: Int) -> String {
        var text = digits
        if text.count > 1 { text.insert(UInt8(ascii: "."), at: 1) }
        let exponent = point - 1
        let power = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
        return String(decoding: text, as: UTF8.self) + (exponent < 0 ? "e-" : "e+") + power
    }

    /// Decimal digits with an optional sign.
    static func readInt(_ text: String) -> Int64? { Int64(text) }

    /// Decimal digits.
    static func readUInt(_ text: String) -> UInt64? {
        text.utf8.first?.isDigit == true ? UInt64(text) : nil
    }

    /// A decimal number, `Inf` or `NaN`; nil when it is no number or beyond a double's range.
    static func readDouble(_ text: String) -> Double? {
        guard let value = Double(text) else { return nil }
        let isNumeral = text.utf8.contains { $0.isDigit }
        return value.isInfinite && isNumeral ? nil : value
    }
}
