import Agent
import Core
import Foundation
import HTTPTypes
import Testing

@testable import API

/// An agent that takes its rules from a directory, with `PlantRules` in one file at first, and an
/// administrator who changes rule files.
struct RuleFileSite<Source: RuleSource> {
    let fixture: APIFixture
    /// What reads the directory for the agent.
    let source: Source
    var directory: String { fixture.path + "/rules.d" }

    /// - Parameters:
    ///   - shadowRules: where rules in shadow come from.
    ///   - source: reads the directory.
    init(
        shadowRules: (any RuleSource)? = nil, source: (_ directory: String) -> Source
    ) throws {
        var made: Source?
        fixture = try APIFixture.make(
            ruleSource: { path in
                let directory = path + "/rules.d"
                try FileManager.default.createDirectory(
                    atPath: directory, withIntermediateDirectories: true)
                try PlantRules.yaml.write(
                    toFile: directory + "/" + PlantRules.fileName, atomically: true,
                    encoding: .utf8)
                made = source(directory)
                return made
            }, shadowRules: shadowRules)
        self.source = try #require(made)
    }

    /// Of the rules in force, as `If-Match` takes it.
    func tag() async throws -> String {
        let answer = await fixture.admin(.get, "/rules")
        let ruleset = try #require(answer["ruleset"]?.string, "\(answer.text)")
        return "\"\(ruleset)\""
    }

    /// - Parameter tag: `If-Match`; nil: there is no such field.
    func put(
        _ name: String, _ text: String, if tag: String?, message: String = "",
        isForced: Bool = false
    ) async -> Answer {
        var headers: HTTPFields = [.contentType: "application/yaml"]
        headers[.ifMatch] = tag
        var query = message.isEmpty ? "" : "?message=\(message.percentEncoded)"
        if isForced { query += (query.isEmpty ? "?" : "&") + "force=true" }
        return await fixture.admin(
            .put, "/rules/files/\(name)\(query)", headers: headers, body: text)
    }

    /// By hand, without the API.
    func save(_ text: String, as name: String = PlantRules.fileName) throws {
        try text.write(toFile: directory + "/" + name, atomically: true, encoding: .utf8)
    }

    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    }

    func text(of name: String = PlantRules.fileName) throws -> String {
        try String(contentsOfFile: directory + "/" + name, encoding: .utf8)
    }
}
