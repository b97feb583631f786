/// A number by the whole grammar, as its decimal digits: `mantissa × 10^exponent`, the mantissa
/// without trailing zeros, so that a negative exponent means a fraction.
struct JSONDecimal {
    private let text: JSONText
    private let start: Int
    /// Behind what was read.
    private(set) var place: Int
    private var isNegative = false
    /// Exact while `digits` is at most 19.
    private var mantissa: UInt64 = 0
    /// Significant digits, without leading and trailing zeros.
    private var digits = 0
    private var exponent = 0
    /// Zeros seen since the last other digit.
    private var zeros = 0

    /// - Parameter start: where the number begins.
    init(_ text: JSONText, at start: Int) {
        self.text = text
        self.start = start
        place = start
    }

    private var count: Int { text.count }

    mutating func read() throws(JSONError.Fault) -> JSONNumber {
        try readParts()
        if digits == 0 { return .int(0) }
        if let int = exactInt { return .int(int) }
        if let double = exactDouble { return JSONNumber(double) }
        let magnitude = digits + exponent
        if magnitude > 310 { throw outOfRange }
        // Below half of the smallest double; 0 is the nearest.
        if magnitude < -330 { return .int(0) }
        let double = roundedDouble
        if double.isInfinite { throw outOfRange }
        return JSONNumber(double)
    }

    private var outOfRange: JSONError.Fault {
        JSONError.Fault(.outOfRange, at: start)
    }

    private func fault(_ reason: JSONError.Reason) -> JSONError.Fault {
        JSONError.Fault(reason, at: place)
    }

    // MARK: Grammar

    private mutating func readParts() throws(JSONError.Fault) {
        if text[place] == UInt8(ascii: "-") {
            isNegative = true
            place += 1
        }
        let first = place
        if readDigits() == 0 { throw fault(.otherThanDigit) }
        if text[first] == UInt8(ascii: "0"), place - first > 1 {
            throw JSONError.Fault(.leadingZeros, at: first)
        }
        var fractionDigits = 0
        if place < count, text[place] == UInt8(ascii: ".") {
            place += 1
            fractionDigits = readDigits()
            if fractionDigits == 0 { throw fault(.noFraction) }
        }
        var written = 0
        if place < count, text[place] | 0x20 == UInt8(ascii: "e") {
            place += 1
            written = try readExponent()
        }
        exponent = written - fractionDigits + zeros
    }

    @inline(__always)
    private mutating func readDigits() -> Int {
        let start = place
        while place < count {
            let digit = text[place] &- UInt8(ascii: "0")
            if digit > 9 { break }
            append(digit)
            place += 1
        }
        return place - start
    }

    @inline(__always)
    private mutating func append(_ digit: UInt8) {
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

    private mutating func readExponent() throws(JSONError.Fault) -> Int {
        var isNegative = false
        if place < count,
            text[place] == UInt8(ascii: "-") || text[place] == UInt8(ascii: "+")
        {
            isNegative = text[place] == UInt8(ascii: "-")
            place += 1
        }
        let start = place
        var value = 0
        while place < count {
            let digit = text[place] &- UInt8(ascii: "0")
            if digit > 9 { break }
            // Far beyond any count of digits that could bring it back into range.
            if value < 1 << 50 { value = value * 10 + Int(digit) }
            place += 1
        }
        if place == start { throw fault(.noExponent) }
        return isNegative ? -value : value
    }

    // MARK: Value

    private var exactInt: Int64? {
        guard exponent >= 0, digits + exponent <= 19 else { return nil }
        var magnitude = mantissa
        for _ in 0..<exponent {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            magnitude = product
        }
        if !isNegative { return Int64(exactly: magnitude) }
        return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
    }

    /// Both operands and so the one rounding are exact (Clinger 1990).
    private var exactDouble: Double? {
        guard digits <= 15, abs(exponent) <= 22 else { return nil }
        let power = Self.powersOfTen[abs(exponent)]
        let value = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
        return isNegative ? -value : value
    }

    static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// Correctly rounded by the standard library.
    ///
    /// 768 digits decide every rounding to a double; of what follows only matters whether it is
    /// all zeros, so that a megabyte of digits costs no more than a thousand.
    private var roundedDouble: Double {
        let digitsMax = 800
        var written: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        var seen = 0
        scan: for index in start..<place {
            switch text[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if seen == 0, text[index] == UInt8(ascii: "0") { continue }
                if seen == digitsMax || seen == digits { break scan }
                written.append(text[index])
                seen += 1
            case UInt8(ascii: "e"), UInt8(ascii: "E"): break scan
            default: continue
            }
        }
        // The last significant digit is not zero, so a cut always leaves something behind.
        if seen < digits { written.append(UInt8(ascii: "1")) }
        let cut = seen < digits ? digits - seen - 1 : 0
        written.append(contentsOf: "e\(exponent + cut)".utf8)
        // Always a number: digits and an exponent of at most a few digits.
        return Double(String(decoding: written, as: UTF8.self)) ?? .nan
    }
}
