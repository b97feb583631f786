/// JSON for somebody who looks at it: what a terminal would obey, or be read in another order by,
/// is escaped, as JSON allows for every sign (RFC 8259, section 7).
enum TerminalJSON {
    static func text(_ json: [UInt8]) -> [UInt8] {
        // What nearly every line is made of.
        if json.allSatisfy({ (0x20..<0x7F).contains($0) }) { return json }
        var shown: [UInt8] = []
        shown.reserveCapacity(json.count + 64)
        for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
            let isSpace = scalar == "\n" || scalar == "\r" || scalar == "\t"
            if isSpace || scalar.isPrintable {
                shown += Array(String(Character(scalar)).utf8)
            } else {
                // All of these are in the first 65,536.
                let digits = String(scalar.value, radix: 16)
                let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
                shown += Array("\\u\(zeros)\(digits)".utf8)
            }
        }
        return shown
    }
}
