import Core
import HTTPTypes
import Testing

@testable import API

@Suite("The OpenAPI document")
struct OpenAPIDocumentTests {
    /// A route, as the table and the document have it.
    private struct Entry: Hashable {
        var method: String
        var path: String
        var id: String
        var role: String
    }

    private func document() async throws -> OpenAPIDocument {
        try await .served(by: APIFixture.make())
    }

    @Test("it has the routes of the table with their roles, and no others")
    func routes() async throws {
        let document = try await document()
        #expect(document.root["openapi"]?.string?.hasPrefix("3.1.") == true)
        let table = APIRoute.allCases.map { route in
            let role =
                switch route.access {
                case .anyone: "anyone"
                case .role(let role): role.rawValue
                }
            return Entry(
                method: route.method.rawValue, path: route.path, id: route.rawValue, role: role)
        }
        let described = document.operations.map {
            Entry(method: $0.method, path: $0.path, id: $0.id, role: $0.role)
        }
        #expect(described.count == table.count)
        let missing = Set(table).subtracting(described)
        let unknown = Set(described).subtracting(table)
        #expect(missing.isEmpty, "not in the document: \(missing)")
        #expect(unknown.isEmpty, "not in the table: \(unknown)")
    }

    @Test("every reference leads to something")
    func references() async throws {
        let document = try await document()
        let references = document.references()
        #expect(references.count > 100)
        let lost = references.filter { document.target(of: $0.reference) == nil }
        #expect(lost.isEmpty, "\(lost)")
    }

    @Test("nothing is described that no route refers to")
    func components() async throws {
        let document = try await document()
        let used = Set(document.references().map(\.reference))
        for kind in ["parameters", "headers", "responses", "schemas"] {
            let members = document.root["components"]?[kind]?.object?.members ?? []
            #expect(!members.isEmpty, "\(kind)")
            for member in members {
                let reference = "#/components/\(kind)/\(member.name)"
                #expect(used.contains(reference), "\(reference) is not used")
            }
        }
    }

    @Test("a route that needs a role tells of 401 and 403, one that needs none asks for nothing")
    func access() async throws {
        for operation in try await document().operations {
            let what = "\(operation.method) \(operation.path)"
            let isOpen = operation.role == "anyone"
            let security = operation.members["security"]?.array
            #expect(security?.isEmpty == isOpen, "\(what)")
            for status in ["401", "403"] {
                #expect(operation.statuses.contains(status) == !isOpen, "\(what): \(status)")
            }
        }
    }

    @Test("every route tells of the bounds that hold for all, and one with a body of its own")
    func bounds() async throws {
        for operation in try await document().operations {
            let what = "\(operation.method) \(operation.path)"
            let common: Set = ["400", "413", "429", "431", "500", "503"]
            #expect(operation.statuses.isSuperset(of: common), "\(what)")
            let hasBody = operation.members["requestBody"] != nil
            let route = APIRoute.allCases.first { $0.rawValue == operation.id }
            #expect(hasBody == (route?.body != RouteBody.none), "\(what)")
            #expect(operation.statuses.contains("415") == hasBody, "\(what)")
            #expect(operation.statuses.contains("408") == hasBody, "\(what)")
        }
    }

    @Test("what stands in braces in a path is a parameter of it, and nothing else is")
    func pathParameters() async throws {
        let document = try await document()
        for operation in document.operations {
            let parameters = (operation.members["parameters"]?.array ?? [])
                .compactMap(document.resolved)
            let named = parameters.filter { $0["in"]?.string == "path" }
                .compactMap { $0["name"]?.string }
            let wanted = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }
                .map { String($0.dropFirst().dropLast()) }
            #expect(named.sorted() == wanted.sorted(), "\(operation.method) \(operation.path)")
            for parameter in parameters {
                #expect(parameter["schema"] != nil, "\(parameter["name"] ?? .null)")
            }
        }
    }

    @Test("what can be the same still takes the marks that the client has, and nothing else does")
    func notModified() async throws {
        let document = try await document()
        for operation in document.operations {
            let parameters = (operation.members["parameters"]?.array ?? [])
                .compactMap(document.resolved)
            let takesMarks = parameters.contains { $0["name"]?.string == "If-None-Match" }
            let what = "\(operation.method) \(operation.path)"
            #expect(operation.statuses.contains("304") == takesMarks, "\(what)")
        }
    }

    @Test("every example of an answer is as its own schema says")
    func examples() async throws {
        let document = try await document()
        let check = SchemaCheck(document: document)
        var count = 0
        for operation in document.operations {
            for status in operation.statuses {
                let answer = operation.members["responses"]?[status].flatMap(document.resolved)
                let content = answer?["content"]?["application/json"]
                guard let schema = content?["schema"], let example = content?["example"] else {
                    continue
                }
                count += 1
                let faults = check.faults(of: example, schema)
                #expect(faults.isEmpty, "\(operation.id) \(status): \(faults)")
            }
        }
        #expect(count > 30)
    }
}
