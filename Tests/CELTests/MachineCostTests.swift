import CEL
import Core
import Testing

/// What a run takes beside its fuel: no more than the tree does with the same.
@Suite("Memory and time of a machine's runs")
struct MachineCostTests {
    private static let environment = Environment(variables: ["payload", "own"])

    private static func program(_ source: String) throws -> Program {
        Program(try Expression(source, environment: environment))
    }

    /// Where the texts under a name lie; those that are the same lie in one place.
    private static func places(of name: String, in value: Value) -> Set<UInt> {
        guard case .list(let elements) = value else { return [] }
        var places: Set<UInt> = []
        for element in elements {
            var text = element
            if case .map(let map) = element, let found = map[.string(name)] { text = found }
            guard case .string(let text) = text else { continue }
            let place = text.utf8.withContiguousStorageIfAvailable {
                UInt(bitPattern: $0.baseAddress)
            }
            if let place { places.insert(place) }
        }
        return places
    }

    @Test(
        "a long text is kept once a run, however often a loop puts it somewhere",
        arguments: [
            "payload.v.map(i, {'s': payload.s})", "payload.v.map(i, own['s'])",
            "payload.v.map(i, optional.of(payload.s).orValue(''))",
            "payload.v.map(i, [own][0].s)", "payload.v.map(i, {'s': own['s']})",
            "payload.v.map(i, {'s': own['list'].filter(x, x != '')[0]})",
        ])
    func longTexts(_ source: String) throws {
        let text = String(repeating: "long ", count: 1_000)
        let document = try JSONDocument(
            Array("{\"v\":[1,2,3,4,5,6,7,8],\"s\":\"\(text)\"}".utf8))
        let own = JSONObject([
            .init(name: "s", value: .string(text)),
            .init(name: "list", value: .array([.string(text)])),
        ])
        var activation = DictionaryActivation(["own": .object(own)])
        let value = try Machine().evaluate(
            try Self.program(source), &activation, document: document, slot: 0)
        #expect(Self.places(of: "s", in: value).count == 1)
    }

    /// Fourfold so often, by names for what is the same: no test would end that unfolds it.
    private static func shared(_ start: String, levels: Int) -> String {
        (0..<levels).reduce("optional.of(\(start))") { text, _ in
            text + ".optMap(x, [x, x, x, x])"
        }
    }

    @Test("a list that holds the same list many times is not unfolded")
    func sharedLists() throws {
        let program = try Self.program(Self.shared("payload", levels: 20) + ".hasValue()")
        var activation = DictionaryActivation(["payload": .int(1)])
        #expect(try Machine().evaluate(program, &activation) == .bool(true))
    }

    @Test("nor is it as a constant of the program")
    func sharedConstants() throws {
        let source = "[payload, " + Self.shared("1", levels: 20) + "].size()"
        let expression = try Expression(source, environment: Self.environment)
        var activation = DictionaryActivation(["payload": .int(1)])
        #expect(try Machine().evaluate(Program(expression), &activation) == .int(2))
    }
}
