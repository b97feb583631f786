import Core

/// Makes JSON documents from a seed: with the fields that expressions ask for, mostly of the kinds
/// that they want, in all the ways in which JSON can be written.
struct PayloadGenerator {
    private var random: Random
    private var bytes: [UInt8] = []

    init(seed: UInt64) { random = Random(seed: seed) }

    /// Valid documents only; nil for a message without one.
    mutating func payload() -> [UInt8]? {
        if random.chance(2) { return nil }
        bytes = []
        if random.chance(8) { value(depth: 2) } else { whole() }
        return bytes
    }

    // MARK: Objects

    private mutating func whole() {
        let strayPercent = random.pick([0, 0, 3, 10, 40])
        object(
            [
                ("temp", .number), ("count", .number), ("level", .number), ("big", .number),
                ("a-b", .number), ("é\n", .number), ("unit", .text), ("name", .text),
                ("two words", .text), ("ok", .bool), ("values", .numbers), ("names", .texts),
                ("items", .items), ("matrix", .matrix), ("pos", .position), ("misc", .any),
                ("nothing", .null),
            ], strayPercent)
    }

    /// What a member mostly holds.
    private enum Kind {
        case number, text, bool, null, any, numbers, texts, items, item, matrix, position, inner
    }

    /// Members in any order, some missing, some of another kind, some that nobody asks for.
    private mutating func object(_ members: [(String, Kind)], _ strayPercent: Int) {
        var members = members
        if random.chance(30) { members.shuffle(using: &random) }
        if random.chance(15) { members.append(("other", .any)) }
        text("{")
        blank()
        var isFirst = true
        for (name, kind) in members where !random.chance(strayPercent + 1) {
            if !isFirst { text(",") }
            isFirst = false
            blank()
            string(name)
            blank()
            text(":")
            blank()
            self.value(random.chance(strayPercent) ? .any : kind, strayPercent)
        }
        blank()
        text("}")
    }

    private mutating func value(_ kind: Kind, _ strayPercent: Int) {
        switch kind {
        case .number: text(random.pick(Self.numbers))
        case .text: string(random.pick(Samples.texts))
        case .bool: text(random.pick(["true", "false"]))
        case .null: text("null")
        case .any: value(depth: 2)
        case .numbers: array(of: .number, strayPercent)
        case .texts: array(of: .text, strayPercent)
        case .items: array(of: .item, strayPercent)
        case .matrix: array(of: .numbers, strayPercent)
        case .item: object([("id", .text), ("n", .number), ("on", .bool)], strayPercent)
        case .position:
            object(
                [("x", .number), ("y", .number), ("label", .text), ("inner", .inner)],
                strayPercent)
        case .inner: object([("z", .number), ("deep", .any)], strayPercent)
        }
    }

    private mutating func array(of kind: Kind, _ strayPercent: Int) {
        text("[")
        for index in 0..<random.pick([0, 1, 2, 3, 3, 4, 6]) {
            if index > 0 { text(",") }
            blank()
            value(random.chance(strayPercent / 2) ? .any : kind, strayPercent)
        }
        blank()
        text("]")
    }

    // MARK: Anything

    private mutating func value(depth: Int) {
        switch random.below(depth > 0 ? 10 : 7) {
        case 0: text("null")
        case 1: text(random.pick(["true", "false"]))
        case 2, 3, 4: text(random.pick(Self.numbers))
        case 5, 6: string(random.pick(Samples.texts))
        case 7, 8:
            text("[")
            for index in 0..<random.below(4) {
                if index > 0 { text(", ") }
                value(depth: depth - 1)
            }
            text("]")
        default:
            text("{")
            let names = ["x", "n", "id", "temp", "é", "", "a"].filter { _ in random.chance(30) }
            for (index, name) in names.enumerated() {
                if index > 0 { text(",") }
                string(name)
                text(":")
                value(depth: depth - 1)
            }
            text("}")
        }
    }

    private static let numbers = [
        "0", "-0", "-0.0", "1", "2", "7", "81", "81.5", "80", "8.1e1", "-1", "-2.5", "0.1", "1.0",
        "100", "1E2", "3e0", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "9007199254740992", "9007199254740993", "-9007199254740993", "18446744073709551615",
        "1e308", "-1e308", "1e-400", "5e-324", "0.30000000000000004", "1e19", "4294967296.5",
        "123456789012345678901234567890", "255", "3",
    ]

    // MARK: Writing

    private mutating func text(_ text: String) { bytes += text.utf8 }

    private mutating func blank() {
        if random.chance(6) { text(random.pick([" ", "\n", "\t", "\r\n  "])) }
    }

    /// Some of it in escapes that it does not need.
    private mutating func string(_ string: String) {
        let escapes = random.chance(12)
        text("\"")
        for scalar in string.unicodeScalars {
            if scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
                || (escapes && random.chance(40))
            {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    text("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
                }
            } else {
                text(String(scalar))
            }
        }
        text("\"")
    }
}
