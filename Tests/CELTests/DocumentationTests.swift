import CEL
import Core
import Foundation
import Testing

/// The reference of the language leaves nothing out.
struct DocumentationTests {
    private static let page = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs/cel.md")

    @Test("docs/cel.md names every function, as it is called")
    func functions() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        for function in FunctionTable.standard.all {
            let call = (function.isMethod ? "." : "") + function.name + "("
            #expect(
                text.contains(call) || text.contains("`\(function.name)`"), "\(call)…)")
        }
    }

    @Test("docs/cel.md shows what the checker says")
    func checks() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let environment = Environment(variables: ["payload"])
        for source in ["1 == 'a'", "payLoad", "'topic'.startsWith(1)"] {
            let issue = try #require(issues(source, environment).first)
            let told = issue.description.drop { $0 != " " }
            #expect(text.contains(told), "\(told)")
        }
    }

    @Test("docs/cel.md shows what is said of an expression that may take too long")
    func costs() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
            .replacingOccurrences(of: "\n", with: " ")
        let environment = Environment(
            variables: ["payload"], costMax: Limits.expressionCostMax)
        let source = "payload.a.all(x, payload.b.all(y, payload.c.all(z, x > y + z)))"
        let issue = try #require(issues(source, environment).first)
        #expect(text.contains(issue.description), "\(issue)")
    }
}
