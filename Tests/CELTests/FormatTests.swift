import CEL
import Core
import Testing

struct FormatTests {
    @Test(
        "every clause writes what it is made for",
        arguments: [
            ("'no'.format([])", "no"), ("'%%%s%%'.format(['a'])", "%a%"),
            ("'%s %s'.format([1, 2, 3])", "1 2"),
            ("'%s'.format([true])", "true"), ("'%s'.format([null])", "null"),
            ("'%s'.format([1u])", "1"), ("'%s'.format([3.14])", "3.14"),
            ("'%s'.format([1e25])", "10000000000000000000000000"),
            ("'%s'.format([-0.000001])", "-0.000001"), ("'%s'.format([5e-7])", "0.0000005"),
            ("'%s'.format([0.0 / 0.0])", "NaN"), ("'%s'.format([-1.0 / 0.0])", "-Infinity"),
            ("'%s'.format([b'xyz'])", "xyz"), ("'%s'.format([int])", "int"),
            ("'%s'.format([duration('1h0.5s')])", "3600.5s"),
            ("'%s'.format([timestamp('2023-02-03T23:31:20+01:00')])", "2023-02-03T22:31:20Z"),
            ("'%s'.format([['a', 1, [null]]])", "[a, 1, [null]]"),
            ("'%s'.format([{'b': 1, 'a': {2u: true}}])", "{a: {2: true}, b: 1}"),
            ("'%s'.format([{}])", "{}"), ("'%s'.format([[]])", "[]"),
            ("'%d'.format([-5])", "-5"), ("'%d'.format([5u])", "5"),
            ("'%d'.format([1.0 / 0.0])", "Infinity"), ("'%d'.format([1.5])", "1.5"),
            ("'%b'.format([5])", "101"), ("'%b'.format([-5])", "-101"),
            ("'%b'.format([true])", "1"), ("'%b'.format([false])", "0"),
            ("'%b'.format([4u])", "100"),
            ("'%o'.format([65535u])", "177777"), ("'%o'.format([-8])", "-10"),
            ("'%x'.format([30])", "1e"), ("'%X'.format([30u])", "1E"),
            ("'%x'.format([-30])", "-1e"),
            ("'%x'.format(['Hi'])", "4869"), ("'%X'.format([b'\\xff\\x0a'])", "FF0A"),
            ("'%f'.format([2.71828])", "2.718280"), ("'%f'.format([2])", "2.000000"),
            ("'%.3f'.format([1.2345])", "1.234"), ("'%.0f'.format([2.5])", "2"),
            ("'%.2f'.format([-0.001])", "-0.00"), ("'%.1f'.format([3u])", "3.0"),
            ("'%f'.format([-1.0 / 0.0])", "-Infinity"), ("'%e'.format([0.0 / 0.0])", "NaN"),
            ("'%.6e'.format([1052.032911275])", "1.052033e+03"),
            ("'%e'.format([0])", "0.000000e+00"),
            ("'%.1e'.format([1e-300])", "1.0e-300"), ("'ä%sö'.format(['ü'])", "äüö"),
        ])
    func clauses(_ source: String, _ text: String) throws {
        #expect(try evaluate(source) == .string(text))
    }

    @Test(
        "a clause refuses other kinds in its own words",
        arguments: [
            (
                "b", "'a'",
                "only integers and bools can be formatted as binary, was given string"
            ),
            ("b", "1.5", "only integers and bools can be formatted as binary, was given double"),
            (
                "d", "duration('1s')",
                "decimal clause can only be used on integers, was given google.protobuf.Duration"
            ),
            ("o", "'a'", "octal clause can only be used on integers, was given string"),
            (
                "x", "0.5",
                "only integers, byte buffers, and strings can be formatted as hex, was given double"
            ),
            (
                "X", "null",
                "only integers, byte buffers, and strings can be formatted as hex, "
                    + "was given null_type"
            ),
            ("e", "null", "scientific clause can only be used on doubles, was given null_type"),
            ("f", "'1'", "fixed-point clause can only be used on doubles, was given string"),
            (
                "s", "[optional.none()]",
                "string clause can only be used on strings, bools, bytes, ints, doubles, maps, "
                    + "lists, types, durations, and timestamps, was given optional_type"
            ),
        ])
    func refused(_ verb: String, _ argument: String, _ message: String) throws {
        let error = try failure("f.format([\(argument)])", ["f": .string("%\(verb)")])
        #expect(error?.message == "error during formatting: \(message)")
    }

    @Test(
        "an unknown clause is told at load where the text is constant, else when it runs",
        arguments: [
            ("%a", "unrecognized formatting clause \"a\""),
            ("%E", "unrecognized formatting clause \"E\""),
            ("%é", "unrecognized formatting clause \"é\""),
            ("50%", "unexpected end of string"), ("%.2", "unexpected end of string"),
            ("%.f", "the precision is not a number up to 1000"),
            ("%.1001f", "the precision is not a number up to 1000"),
            ("%.99999999999999999999f", "the precision is not a number up to 1000"),
        ])
    func malformed(_ format: String, _ message: String) throws {
        let message = "could not parse formatting clause: " + message
        #expect(try failure("f.format([1.0])", ["f": .string(format)])?.message == message)
        let issue = try #require(issues("'\(format)'.format([1.0])").first)
        #expect(issue.kind == .badConstant)
        #expect(issue.message == message)
    }

    @Test("arguments that are missing are named by their index")
    func missing() throws {
        #expect(try failure("'%d %d %d'.format([0, 1])")?.message == "index 2 out of range")
        #expect(try failure("dyn(1).format([])") != nil)
        #expect(try failure("'%s'.format(dyn('a'))") != nil)
    }

    @Test(
        "JSON numbers are written by their value, and documents as lists and maps",
        arguments: [
            ("'%d %s %f'.format([n, n, n])", "81 81 81.000000"), ("'%x'.format([n])", "51"),
            ("'%b %o'.format([n, n])", "1010001 121"), ("'%d %.1f'.format([v, v])", "7.25 7.2"),
            ("'%s'.format([p])", "{a: 1, b: [2.5, x]}"), ("'%s%s'.format(l)", "2.5x"),
        ])
    func numbers(_ source: String, _ text: String) throws {
        let list = JSONValue.array([.number(.double(2.5)), .string("x")])
        let object = JSONObject([
            .init(name: "b", value: list), .init(name: "a", value: .number(.int(1))),
        ])
        let variables: [String: Value] = [
            "n": .number(.int(81)), "v": .number(.double(7.25)), "p": .object(object),
            "l": Value(list),
        ]
        #expect(try evaluate(source, variables) == .string(text))
    }

    @Test("a JSON number that is no integer has no bits to write")
    func fractions() throws {
        for verb in ["x", "b", "o"] {
            #expect(try failure("'%\(verb)'.format([v])", ["v": .number(.double(0.5))]) != nil)
        }
    }

    @Test("as many decimals as are allowed are written exactly")
    func precision() throws {
        guard case .string(let text) = try evaluate("'%.1000f'.format([0.1])") else { return }
        #expect(text.hasPrefix("0.1000000000000000055511151231257827"))
        #expect(text.utf8.count == 1_002)
        guard case .string(let huge) = try evaluate("'%.3f'.format([1e308])") else { return }
        #expect(huge.hasPrefix("1000000000000000010979") && huge.hasSuffix(".000"))
    }

    @Test("a value whose parts repeat without end runs out of fuel")
    func sharedParts() throws {
        let doubling = String(repeating: ".map(x, [x, x])", count: 25)
        #expect(try failure("'%s'.format([0]\(doubling))") != nil)
    }
}
