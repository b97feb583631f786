import Core
import Testing

@testable import API

/// Rules over a plant: a verdict, an alert, and entities with a slash in their names.
enum PlantRules {
    /// Where they are kept in a directory.
    static let fileName = "10-plant.yaml"
    static let yaml = """
        routes:
          - { name: telemetry, topic: "plant/{device}/telemetry", entity: "{device}" }
          - { name: more, topic: "more/{device}" }
          - { name: lines, topic: "line/{line}/{device}", entity: "{line}/{device}" }
          - name: commands
            guard:
              propose: cmd/{device}/proposed
              approved: cmd/{device}/approved
              denied: cmd/{device}/denied
            entity: "{device}"
            threshold: 0.0
            default: deny
        rules:
          - name: fast
            weight: 5
            stance: oppose
            on: commands
            when: payload.rpm > 1500
          - name: slow
            weight: 1
            stance: support
            on: commands
            when: payload.rpm <= 1500
          - { name: hot, on: telemetry, when: payload.temp > 80.0, severity: critical }
          - { name: loud, on: lines, when: payload.db > 90 }
        """

    /// A body with one file of rules, as checks and backtests take it.
    static func files(_ yaml: String) -> String {
        let json = JSONWriter.object { json in
            json.array("files") { list in
                list.object {
                    $0.member("name", "rules.yaml")
                    $0.member("text", yaml)
                }
            }
        }
        return String(decoding: json, as: UTF8.self)
    }
}

extension APIFixture {
    /// A plant in which nothing was said yet.
    static func plant() throws -> APIFixture { try make(rules: PlantRules.yaml) }

    /// Proposes something that is denied above 1500 rpm.
    func propose(_ device: String, rpm: Int) async {
        await hear("cmd/\(device)/proposed", #"{"action":"spin","rpm":\#(rpm)}"#)
    }

    func measure(_ device: String, _ temp: Double) async {
        await hear("plant/\(device)/telemetry", #"{"temp":\#(temp)}"#)
    }

    /// All elements of a list, page by page.
    func all(_ name: String, at path: String, limit: Int) async throws -> [JSONValue] {
        var found: [JSONValue] = []
        var cursor: String?
        repeat {
            let separator = path.contains("?") ? "&" : "?"
            let place = cursor.map { "&cursor=" + $0.percentEncoded } ?? ""
            let answer = await admin(.get, "\(path)\(separator)limit=\(limit)\(place)")
            try #require(answer.status == 200, "\(answer.text)")
            let page = try #require(answer[name]?.array, "\(answer.text)")
            #expect(page.count <= limit)
            found += page
            cursor = answer["next"]?.string
            try #require(found.count <= 10_000, "the pages do not end")
        } while cursor != nil
        return found
    }

    /// Expects that each of these queries is refused with its code.
    func expectRefused(
        _ path: String, _ queries: [(query: String, code: String)],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        for (query, code) in queries {
            let answer = await admin(.get, path + "?" + query)
            #expect(
                answer.status == 400 && answer.code == code, "\(query): \(answer.text)",
                sourceLocation: sourceLocation)
        }
    }
}

extension String {
    var percentEncoded: String { PercentEncoding.encode(self) }
}
