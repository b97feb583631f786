import Core
import Testing

@testable import API

/// The description of the API for programs, as it is served (OpenAPI 3.1).
struct OpenAPIDocument: Sendable {
    /// A route as the document has it.
    struct Operation: Sendable {
        /// In upper case.
        var method: String
        var path: String
        var members: JSONValue

        var id: String { members["operationId"]?.string ?? "" }
        var role: String { members["x-jamey-role"]?.string ?? "" }
        var statuses: Set<String> {
            Set((members["responses"]?.object?.members ?? []).map(\.name))
        }
    }

    private static let methods: Set<String> = [
        "get", "put", "post", "delete", "options", "head", "patch", "trace",
    ]

    let root: JSONValue

    /// Asks for it, as anyone.
    static func served(by fixture: APIFixture) async throws -> OpenAPIDocument {
        let answer = await fixture.request(.get, "/openapi.json")
        #expect(answer.status == 200)
        return OpenAPIDocument(root: try #require(answer.json, "it is no JSON"))
    }

    var operations: [Operation] {
        (root["paths"]?.object?.members ?? []).flatMap { path in
            (path.value.object?.members ?? []).filter { Self.methods.contains($0.name) }.map {
                Operation(
                    method: $0.name.uppercased(), path: path.name, members: $0.value)
            }
        }
    }

    /// What a value refers to, or the value itself; nil where it refers to nothing.
    func resolved(_ value: JSONValue) -> JSONValue? {
        var value = value
        // No reference leads through more of them than this.
        for _ in 0..<8 {
            guard let reference = value["$ref"]?.string else { return value }
            guard let next = target(of: reference) else { return nil }
            value = next
        }
        return nil
    }

    /// nil of what leads out of the document, or nowhere.
    func target(of reference: String) -> JSONValue? {
        guard reference.hasPrefix("#/") else { return nil }
        var value = root
        for name in reference.dropFirst(2).split(separator: "/") {
            guard let member = value[String(name)] else { return nil }
            value = member
        }
        return value
    }

    /// All that is referred to, with where.
    func references() -> [(place: String, reference: String)] {
        Self.references(in: root, at: "#")
    }

    private static func references(
        in value: JSONValue, at place: String
    ) -> [(place: String, reference: String)] {
        switch value {
        case .null, .bool, .number, .string: return []
        case .array(let elements):
            return elements.enumerated().flatMap { references(in: $1, at: "\(place)/\($0)") }
        case .object(let object):
            return object.members.flatMap { member -> [(place: String, reference: String)] in
                if member.name == "$ref", let reference = member.value.string {
                    return [(place: place, reference: reference)]
                }
                return references(in: member.value, at: "\(place)/\(member.name)")
            }
        }
    }

    /// What an operation says of the JSON of an answer; nil where it says nothing.
    func schema(of operation: Operation, status: Int) -> JSONValue? {
        operation.members["responses"]?[String(status)].flatMap(resolved)?["content"]?[
            "application/json"]?["schema"]
    }
}
