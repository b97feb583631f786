extension JSONScanner {
    /// Notes a number by its value (see `JSONNumber`), from its first digit or its sign on.
    ///
    /// What is no `ShortNumber`, or wrong, is left for the whole grammar, from where it begins.
    @inline(__always)
    mutating func number(isNegative: Bool, _ asides: inout Asides) -> Step {
        guard let number = ShortNumber(in: text, from: isNegative ? place &+ 1 : place) else {
            return longNumber(&asides)
        }
        place = number.end
        let integer = isNegative ? 0 &- number.mantissa : number.mantissa
        if number.fraction == 0 {
            append(.int, UInt64(bitPattern: integer))
            return .read
        }
        // Both operands and so the one rounding are exact (Clinger 1990).
        let double = Double(integer) / JSONDecimal.powersOfTen[number.fraction]
        if text[place &- 1] == UInt8(ascii: "0") {
            append(JSONNumber(double))
        } else {
            append(.double, double.bitPattern)
        }
        return .read
    }

    @inline(__always)
    private mutating func append(_ number: JSONNumber) {
        switch number {
        case .int(let int): append(.int, UInt64(bitPattern: int))
        case .double(let double): append(.double, double.bitPattern)
        }
    }

    @inline(__always)
    private mutating func longNumber(_ asides: inout Asides) -> Step {
        let (number, end) = Self.longNumber(in: text, at: place, &asides)
        place = end
        guard let number else { return .faulty }
        append(number)
        return .read
    }

    /// - Returns: no number where there is a fault, which is among the asides then, and its place.
    @inline(never)
    private static func longNumber(
        in text: JSONText, at start: Int, _ asides: inout Asides
    ) -> (JSONNumber?, end: Int) {
        var decimal = JSONDecimal(text, at: start)
        do throws(JSONError.Fault) {
            return (try decimal.read(), decimal.place)
        } catch {
            asides.reason = error.reason
            return (nil, error.offset)
        }
    }
}
