extension JSONScanner {
    /// A number as its decimal digits: `mantissa × 10^exponent`, the mantissa without trailing
    /// zeros, so that a negative exponent means a fraction.
    private struct Decimal {
        var isNegative = false
        /// Exact while `digits` is at most 19.
        var mantissa: UInt64 = 0
        /// Significant digits, without leading and trailing zeros.
        var digits = 0
        var exponent = 0
        /// Zeros seen since the last other digit.
        private var zeros = 0

        @inline(__always)
        mutating func append(_ digit: UInt8) {
            if digit == 0 {
                if digits > 0 { zeros += 1 }
                return
            }
            while zeros > 0, digits < 20 {
                mantissa = mantissa &* 10
                digits += 1
                zeros -= 1
            }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            digits += 1 + zeros
            zeros = 0
        }

        mutating func finish(exponent: Int, fractionDigits: Int) {
            self.exponent = exponent - fractionDigits + zeros
        }
    }

    /// A number by its value (see `JSONNumber`).
    mutating func number() throws(JSONError.Fault) -> JSONNumber {
        if let short = shortNumber() { return short }
        let start = position
        let decimal = try decimal()
        if decimal.digits == 0 { return .int(0) }
        if let int = Self.exactInt(decimal) { return .int(int) }
        if let double = Self.exactDouble(decimal) { return JSONNumber(double) }
        let magnitude = decimal.digits + decimal.exponent
        if magnitude > 310 { throw outOfRange(start) }
        // Below half of the smallest double; 0 is the nearest.
        if magnitude < -330 { return .int(0) }
        let double = roundedDouble(decimal, from: start)
        if double.isInfinite { throw outOfRange(start) }
        return JSONNumber(double)
    }

    /// A number of few digits without an exponent, as nearly all are; what is anything else, or
    /// wrong, is left for the whole grammar, at the place where it begins.
    @inline(__always)
    private mutating func shortNumber() -> JSONNumber? {
        var place = position
        let isNegative = bytes[place] == UInt8(ascii: "-")
        if isNegative { place += 1 }
        let first = place
        var mantissa: UInt64 = 0
        while place < count, bytes[place] &- UInt8(ascii: "0") <= 9 {
            mantissa = mantissa &* 10 &+ UInt64(bytes[place] &- UInt8(ascii: "0"))
            place += 1
        }
        let whole = place - first
        guard whole > 0, whole == 1 || bytes[first] != UInt8(ascii: "0") else { return nil }
        var fraction = 0
        if place < count, bytes[place] == UInt8(ascii: ".") {
            place += 1
            let start = place
            while place < count, bytes[place] &- UInt8(ascii: "0") <= 9 {
                mantissa = mantissa &* 10 &+ UInt64(bytes[place] &- UInt8(ascii: "0"))
                place += 1
            }
            fraction = place - start
            if fraction == 0 { return nil }
        }
        // At most 15 digits: exact as an integer, and so is the one rounding (Clinger 1990).
        guard whole + fraction <= 15,
            place == count || bytes[place] | 0x20 != UInt8(ascii: "e")
        else { return nil }
        position = place
        let integer = isNegative ? -Int64(mantissa) : Int64(mantissa)
        if fraction == 0 { return .int(integer) }
        return JSONNumber(Double(integer) / Self.powersOfTen[fraction])
    }

    private func outOfRange(_ start: Int) -> JSONError.Fault {
        fault("a number is beyond the range of a double", .numberOutOfRange, at: start)
    }

    private mutating func decimal() throws(JSONError.Fault) -> Decimal {
        var decimal = Decimal()
        if bytes[position] == UInt8(ascii: "-") {
            decimal.isNegative = true
            position += 1
        }
        let first = position
        if digits(into: &decimal) == 0 { throw fault("a digit was expected in a number") }
        if bytes[first] == UInt8(ascii: "0"), position - first > 1 {
            throw fault("a number has leading zeros", at: first)
        }
        var fractionDigits = 0
        if position < count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            fractionDigits = digits(into: &decimal)
            if fractionDigits == 0 { throw fault("a digit was expected after the point") }
        }
        var exponent = 0
        if position < count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            exponent = try self.exponent()
        }
        decimal.finish(exponent: exponent, fractionDigits: fractionDigits)
        return decimal
    }

    @inline(__always)
    private mutating func digits(into decimal: inout Decimal) -> Int {
        let start = position
        while position < count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            if digit > 9 { break }
            decimal.append(digit)
            position += 1
        }
        return position - start
    }

    private mutating func exponent() throws(JSONError.Fault) -> Int {
        var isNegative = false
        if position < count,
            bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+")
        {
            isNegative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        let start = position
        var value = 0
        while position < count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            if digit > 9 { break }
            // Far beyond any count of digits that could bring it back into range.
            if value < 1 << 50 { value = value * 10 + Int(digit) }
            position += 1
        }
        if position == start { throw fault("a digit was expected in an exponent") }
        return isNegative ? -value : value
    }

    private static func exactInt(_ decimal: Decimal) -> Int64? {
        guard decimal.exponent >= 0, decimal.digits + decimal.exponent <= 19 else { return nil }
        var magnitude = decimal.mantissa
        for _ in 0..<decimal.exponent {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            magnitude = product
        }
        if !decimal.isNegative { return Int64(exactly: magnitude) }
        return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
    }

    /// Both operands and so the one rounding are exact (Clinger 1990).
    private static func exactDouble(_ decimal: Decimal) -> Double? {
        guard decimal.digits <= 15, abs(decimal.exponent) <= 22 else { return nil }
        let mantissa = Double(decimal.mantissa)
        let power = powersOfTen[abs(decimal.exponent)]
        let value = decimal.exponent < 0 ? mantissa / power : mantissa * power
        return decimal.isNegative ? -value : value
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// Correctly rounded by the standard library.
    ///
    /// 768 digits decide every rounding to a double; of what follows only matters whether it is
    /// all zeros, so that a megabyte of digits costs no more than a thousand.
    private func roundedDouble(_ decimal: Decimal, from start: Int) -> Double {
        let digitsMax = 800
        var text: [UInt8] = decimal.isNegative ? [UInt8(ascii: "-")] : []
        var seen = 0
        scan: for index in start..<position {
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if seen == 0, bytes[index] == UInt8(ascii: "0") { continue }
                if seen == digitsMax || seen == decimal.digits { break scan }
                text.append(bytes[index])
                seen += 1
            case UInt8(ascii: "e"), UInt8(ascii: "E"): break scan
            default: continue
            }
        }
        // The last significant digit is not zero, so a cut always leaves something behind.
        if seen < decimal.digits { text.append(UInt8(ascii: "1")) }
        let cut = seen < decimal.digits ? decimal.digits - seen - 1 : 0
        text.append(contentsOf: "e\(decimal.exponent + cut)".utf8)
        // Always a number: digits and an exponent of at most a few digits.
        return Double(String(decoding: text, as: UTF8.self)) ?? .nan
    }
}
