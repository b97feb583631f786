import CEL
import Core
import Testing

struct MathFunctionTests {
    @Test(
        "extremes compare all kinds of numbers; of equal ones the first is taken",
        arguments: [
            ("math.greatest(5)", .int(5)), ("math.greatest(1, 2.5, 2u)", .double(2.5)),
            ("math.greatest(1, 1.0)", .int(1)), ("math.greatest(1.0, 1)", .double(1)),
            ("math.greatest([3u, -1])", .uint(3)), ("math.least(-5)", .int(-5)),
            ("math.least(1u, -1, 0.5)", .int(-1)), ("math.least([1.5, 1.5])", .double(1.5)),
            ("math.greatest(1, 2, 3, 4, 5, 6)", .int(6)),
            ("math.isNaN(math.least(0.0 / 0.0, 3))", .bool(true)),
        ] as [(String, Value)])
    func extremes(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source) == value)
    }

    @Test(
        "doubles are rounded, halves away from zero",
        arguments: [
            ("math.ceil(1.2)", 2), ("math.ceil(-1.2)", -1), ("math.floor(1.9)", 1),
            ("math.floor(-1.2)", -2), ("math.round(1.5)", 2), ("math.round(-1.5)", -2),
            ("math.round(1.4)", 1), ("math.round(2.5)", 3), ("math.trunc(-1.9)", -1),
            ("math.trunc(1.9)", 1), ("math.ceil(1e300)", 1e300), ("math.sqrt(2.25)", 1.5),
            ("math.sqrt(4)", 2), ("math.sqrt(9u)", 3), ("math.floor(-1.0 / 0.0)", -.infinity),
        ] as [(String, Double)])
    func rounding(_ source: String, _ value: Double) throws {
        #expect(try evaluate(source) == .double(value))
    }

    @Test(
        "what is true of doubles",
        arguments: [
            ("math.isNaN(0.0 / 0.0)", true), ("math.isNaN(1.0)", false),
            ("math.isInf(-1.0 / 0.0)", true), ("math.isInf(1.0)", false),
            ("math.isFinite(1.5)", true), ("math.isFinite(1.0 / 0.0)", false),
            ("math.isFinite(0.0 / 0.0)", false), ("math.isNaN(math.round(0.0 / 0.0))", true),
            ("math.isNaN(math.sqrt(-1.0))", true), ("math.isNaN(math.sign(0.0 / 0.0))", true),
        ])
    func questions(_ source: String, _ answer: Bool) throws {
        #expect(try evaluate(source) == .bool(answer))
    }

    @Test(
        "magnitude and sign are of the kind of the argument",
        arguments: [
            ("math.abs(-11)", .int(11)), ("math.abs(1u)", .uint(1)),
            ("math.abs(-11.5)", .double(11.5)), ("math.abs(9223372036854775807)", .int(.max)),
            ("math.sign(-11)", .int(-1)), ("math.sign(0)", .int(0)), ("math.sign(7u)", .uint(1)),
            ("math.sign(0u)", .uint(0)), ("math.sign(-0.5)", .double(-1)),
            ("math.sign(2.0)", .double(1)), ("math.sign(0.0)", .double(0)),
        ] as [(String, Value)])
    func signs(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source) == value)
    }

    @Test(
        "bits of ints and uints",
        arguments: [
            ("math.bitAnd(6, 3)", .int(2)), ("math.bitAnd(1, -1)", .int(1)),
            ("math.bitAnd(6u, 3u)", .uint(2)), ("math.bitOr(4, -2)", .int(-2)),
            ("math.bitOr(1u, 4u)", .uint(5)), ("math.bitXor(4, -2)", .int(-6)),
            ("math.bitXor(1u, 3u)", .uint(2)), ("math.bitNot(1)", .int(-2)),
            ("math.bitNot(0u)", .uint(.max)), ("math.bitShiftLeft(1, 2)", .int(4)),
            ("math.bitShiftLeft(1, 63)", .int(.min)), ("math.bitShiftLeft(-1, 200)", .int(0)),
            ("math.bitShiftLeft(1u, 64)", .uint(0)), ("math.bitShiftRight(1024, 2)", .int(256)),
            ("math.bitShiftRight(-1024, 3)", .int(2_305_843_009_213_693_824)),
            ("math.bitShiftRight(-1, 64)", .int(0)), ("math.bitShiftRight(8u, 3)", .uint(1)),
        ] as [(String, Value)])
    func bits(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source) == value)
    }

    @Test(
        "a JSON number stays one where the result is of the argument's kind",
        arguments: [
            ("math.abs(n)", .number(.int(81))), ("math.abs(v)", .number(.double(7.5))),
            ("math.abs(least)", .number(.double(0x1p63))), ("math.sign(n)", .number(.int(-1))),
            ("math.sign(v)", .number(.int(1))), ("math.sign(-v)", .number(.int(-1))),
            ("math.sign(v - v)", .number(.int(0))),
            ("math.ceil(n)", .number(.int(-81))), ("math.ceil(v)", .number(.int(8))),
            ("math.floor(v)", .number(.int(7))), ("math.round(v)", .number(.int(8))),
            ("math.trunc(v)", .number(.int(7))), ("math.trunc(big)", .number(.double(1e300))),
            ("math.greatest(n, 1)", .int(1)), ("math.greatest(v, 1)", .number(.double(7.5))),
            ("math.least(l)", .number(.int(1))), ("math.ceil(v) * 1.5", .number(.int(12))),
        ] as [(String, Value)])
    func numbers(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source, Self.variables) == value)
    }

    private static let variables: [String: Value] = [
        "n": .number(.int(-81)), "v": .number(.double(7.5)), "least": .number(.int(.min)),
        "big": .number(.double(1e300)), "six": .number(.int(6)),
        "l": .array([.number(.int(1)), .number(.double(1.5))]),
    ]

    @Test(
        "a JSON number is an int to the bits, a uint beside one, and a double to the questions",
        arguments: [
            ("math.bitAnd(six, 3)", .int(2)), ("math.bitAnd(3u, six)", .uint(2)),
            ("math.bitOr(six, 1u)", .uint(7)), ("math.bitNot(six)", .int(-7)),
            ("math.bitShiftLeft(six, 1)", .int(12)), ("math.bitShiftLeft(1u, six)", .uint(64)),
            ("math.isFinite(six)", .bool(true)), ("math.isNaN(v)", .bool(false)),
            ("math.isInf(v)", .bool(false)), ("math.sqrt(v * v)", .double(7.5)),
        ] as [(String, Value)])
    func numbersAsOthers(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source, Self.variables) == value)
    }

    @Test(
        "other kinds, and numbers that are none for the function, are refused",
        arguments: [
            "math.greatest('a')", "math.greatest(1, 'a')", "math.least([1, null])", "math.ceil(1)",
            "math.floor(1u)", "math.isNaN(1)", "math.isInf('a')", "math.sqrt('a')",
            "math.abs('a')", "math.sign(true)", "math.bitAnd(1, 1u)", "math.bitAnd(1.0, 1)",
            "math.bitNot('a')", "math.bitShiftLeft(4.3, 1)", "math.bitShiftRight(1, 1u)",
            "math.bitAnd(n, 1u)", "math.bitAnd(v, 1)", "math.bitNot(v)",
        ])
    func refused(_ source: String) throws {
        guard case .noOverload? = try failure(source, Self.variables)?.reason else {
            Issue.record("not refused: \(source)")
            return
        }
    }

    @Test(
        "what has no result says why",
        arguments: [
            ("math.greatest([])", "math.greatest(list) argument must not be empty"),
            ("math.abs(-9223372036854775808)", "overflow of math.abs"),
            ("math.bitShiftLeft(1, -1)", "math.bitShiftLeft() negative offset: -1"),
            ("math.bitShiftRight(1u, -2)", "math.bitShiftRight() negative offset: -2"),
        ])
    func errors(_ source: String, _ message: String) throws {
        #expect(try failure(source)?.message == message)
    }

    @Test("an extreme of nothing is refused at load, with how many it takes")
    func none() {
        #expect(
            issues("math.greatest()").map(\.message)
                == ["'math.greatest' takes 1 or more arguments, not 0"])
    }
}
