import Testing

@testable import Core

@Suite("Members found in one pass")
struct MemberTreeTests {
    /// What is found of a document, as text: the name of each member with those around it, and its
    /// value.
    private static func found(
        _ names: [String], in text: String, root: Int = 0
    ) throws -> [String: JSONValue] {
        var tree = MemberTree()
        var members: [Int: String] = [:]
        for name in names {
            let member = name.split(separator: ".").reduce(MemberTree.root) { parent, part in
                tree.add(Array(part.utf8), to: parent)
            }
            members[member] = name
        }
        let document = try JSONDocument(Array(text.utf8))
        var found: [String: JSONValue] = [:]
        document.withView { view in
            tree.forEachMember(of: root, in: view) { place in
                guard let name = members[Int(place.member)] else { return }
                #expect(found.updateValue(view.value(of: Int(place.node)), forKey: name) == nil)
            }
        }
        return found
    }

    @Test("every member that is asked for is found, at any depth, and no other")
    func depths() throws {
        let text = #"{"a":1,"x":{"a":2,"y":{"z":3,"a":[4]}},"y":{"z":5},"b":{"a":6}}"#
        let found = try Self.found(["a", "x.a", "x.y.z", "x.y.q", "b.a.c", "z"], in: text)
        #expect(found == ["a": 1, "x.a": 2, "x.y.z": 3].mapValues { .number(.int($0)) })
    }

    @Test("what is no object has no members", arguments: ["1", "[{\"a\":1}]", "null", "\"a\""])
    func others(_ text: String) throws {
        #expect(try Self.found(["a"], in: text).isEmpty)
    }

    @Test("a node within the document can be looked at as the document")
    func inner() throws {
        let found = try Self.found(["a"], in: #"{"a":1,"x":{"a":2}}"#, root: 2)
        #expect(found == ["a": .number(.int(2))])
    }

    @Test("names that are alike in length, beginning and end are told apart")
    func alike() throws {
        let names = [
            "", "a", "b", "ab", "abc", "adc", "abcd", "abxd", "temperature_of_a_bearing",
            "temperature_of_b_bearing", "temperature_of_the_bearing", "\u{E9}", "\0",
        ]
        let members = names.map { JSONObject.Member(name: $0, value: .string($0)) }
        let text = String(decoding: JSONValue.object(JSONObject(members)).encoded(), as: UTF8.self)
        // An empty part of a path is no name here, so the empty name is asked for by itself.
        for name in names where !name.isEmpty {
            #expect(try Self.found([name], in: text) == [name: .string(name)])
        }
        #expect(try Self.found(names.filter { !$0.isEmpty }, in: text).count == names.count - 1)
        // The last one is equal to a name that is there, but for its bytes.
        let others = ["c", "aac", "temperature_of_c_bearing", "e\u{301}"]
        #expect(try Self.found(others, in: text).isEmpty)
    }

    @Test("the empty name is a name")
    func emptyName() throws {
        var tree = MemberTree()
        let member = tree.add([], to: MemberTree.root)
        #expect(member == 1)
        let document = try JSONDocument(Array(#"{"a":1,"":2}"#.utf8))
        var nodes: [Int32] = []
        document.withView { view in
            tree.forEachMember(of: 0, in: view) { nodes.append($0.node) }
        }
        #expect(nodes == [2])
    }

    @Test("a name gets one number, however often it is added")
    func numbers() {
        var tree = MemberTree()
        let numbers = (0..<2_000).map { tree.add(Array("m\($0 % 1_000)".utf8), to: $0 % 10) }
        #expect(tree.count == 1_001)
        #expect(Array(numbers[..<1_000]) == Array(1...1_000))
        #expect(numbers[..<1_000] == numbers[1_000...])
        #expect((1...1_000).allSatisfy { tree.parent(of: $0) == ($0 - 1) % 10 })
    }

    @Test("what looking a member up costs is an eighth of the members of the objects around it")
    func eighths() throws {
        var tree = MemberTree()
        let outer = tree.add(Array("x".utf8), to: MemberTree.root)
        _ = tree.add(Array("y".utf8), to: outer)
        let others = (0..<15).map { "\"m\($0)\":0" }.joined(separator: ",")
        let text = "{\(others),\"x\":{\(others),\"o\":0,\"y\":1}}"
        let document = try JSONDocument(Array(text.utf8))
        var eighths: [Int32] = []
        document.withView { view in
            tree.forEachMember(of: 0, in: view) { eighths.append($0.eighths) }
        }
        #expect(eighths == [2, 4])
    }
}
