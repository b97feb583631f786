extension IPAddress: CustomStringConvertible {
    /// The canonical form (RFC 5952): lower case, the longest row of zeros as `::`.
    public var description: String {
        switch family {
        case .v4:
            return (0..<4).map { String(bits >> (24 - 8 * $0) & 0xFF) }.joined(separator: ".")
        case .v6:
            let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> (112 - 16 * $0)) }
            let texts = groups.map { String($0, radix: 16) }
            guard let zeros = Self.longestZeros(groups) else {
                return texts.joined(separator: ":")
            }
            return texts[..<zeros.lowerBound].joined(separator: ":") + "::"
                + texts[zeros.upperBound...].joined(separator: ":")
        }
    }

    /// The first of the longest rows of zeros; nil when none has two.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
        var longest = 0..<1
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 { start = index + 1 }
            if index + 1 - start > longest.count { longest = start..<index + 1 }
        }
        return longest.count > 1 ? longest : nil
    }

    /// Why a text is no address that the language takes.
    enum ReadError: Error, Equatable { case malformed, zoned, mapped }

    /// Longer texts are malformed: the longest address has 45 characters.
    private static let textBytesMax = 64

    /// Reads `192.168.0.1` or `2001:db8::68`, strictly: no leading zeros, no zone, and no dots in
    /// an IPv6 address that maps an IPv4 one.
    init(reading text: String) throws(ReadError) {
        let bytes = Array(text.utf8.prefix(Self.textBytesMax + 1))
        guard bytes.count <= Self.textBytesMax else { throw .malformed }
        if !bytes.contains(UInt8(ascii: ":")) {
            guard let number = Self.dotted(bytes[...]) else { throw .malformed }
            self = .v4(number)
            return
        }
        let zone = bytes.firstIndex(of: UInt8(ascii: "%"))
        guard let groups = Self.groups(bytes[..<(zone ?? bytes.count)]) else { throw .malformed }
        if let zone { throw zone + 1 < bytes.count ? .zoned : .malformed }
        let bits = groups.reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
        let isMapped = bits >> 32 == 0xFFFF
        if isMapped, bytes.contains(UInt8(ascii: ".")) { throw .mapped }
        self = isMapped ? .v4(UInt32(truncatingIfNeeded: bits)) : .init(family: .v6, bits: bits)
    }

    /// Four decimal numbers up to 255 without leading zeros.
    private static func dotted(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard let value = decimal(part), value <= 255 else { return nil }
            number = number << 8 | UInt32(value)
        }
        return number
    }

    /// One to three digits without leading zeros.
    static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
        guard 1...3 ~= digits.count, digits.allSatisfy(\.isDigit),
            digits.count == 1 || digits.first != UInt8(ascii: "0")
        else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Eight groups, those that `::` leaves out among them.
    private static func groups(_ bytes: ArraySlice<UInt8>) -> [UInt16]? {
        let colon = UInt8(ascii: ":")
        let gap = bytes.indices.dropLast().first { bytes[$0] == colon && bytes[$0 + 1] == colon }
        guard let gap else {
            return row(bytes, endsAddress: true).flatMap { $0.count == 8 ? $0 : nil }
        }
        let (head, tail) = (bytes[..<gap], bytes[(gap + 2)...])
        guard let left = head.isEmpty ? [] : row(head, endsAddress: false),
            let right = tail.isEmpty ? [] : row(tail, endsAddress: true),
            left.count + right.count < 8
        else { return nil }
        return left + Array(repeating: 0, count: 8 - left.count - right.count) + right
    }

    /// Groups between colons; the last may be an IPv4 address where it ends the whole.
    private static func row(_ bytes: ArraySlice<UInt8>, endsAddress: Bool) -> [UInt16]? {
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if endsAddress, index == parts.count - 1, let number = dotted(part) {
                groups += [UInt16(number >> 16), UInt16(number & 0xFFFF)]
            } else {
                guard let group = group(part) else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    private static func group(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard 1...4 ~= digits.count else { return nil }
        var value: UInt32 = 0
        for digit in digits {
            guard let digit = digit.hexDigit else { return nil }
            value = value << 4 | digit
        }
        return UInt16(value)
    }
}
