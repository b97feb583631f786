import Core

/// Everything in working memory about a device, for a person in 80 columns, or as it was answered.
struct DeviceReport: Report {
    private static let columns = 12

    let json: [UInt8]
    private let device: JSONValue

    /// - Throws: where it is no device.
    init(_ answer: DaemonAnswer) throws(Ending) {
        device = try answer.json()
        guard device["entity"]?.string != nil else { throw DaemonAnswer.foreign }
        json = answer.body
    }

    var lines: [String] {
        let facts: [(name: String, text: String?)] = [
            ("entity", device["entity"]?.string),
            ("first seen", device["first_seen"]?.dayAndTime),
            ("last seen", device["last_seen"]?.dayAndTime),
            ("trust", device["trust"]?.double.map { SoulLine.number($0) }),
            ("mood", device["mood"]?.string),
        ]
        var lines = facts.flatMap { name, text in text.map { Self.row(name, $0) } ?? [] }
        lines += section("values", (device["values"]?.object?.members ?? []).map(Self.value))
        lines += section("alerts", (device["alerts"]?.array ?? []).map(Self.alert))
        lines += section("heard", (device["heard"]?.array ?? []).map(Self.heard))
        return lines
    }

    private func section(_ title: String, _ entries: [String]) -> [String] {
        guard !entries.isEmpty else { return [] }
        return [title] + entries.flatMap { ("  " + $0.printable).wrapped(hanging: 4) }
    }

    private static func row(_ name: String, _ text: String) -> [String] {
        (name.padded(to: columns) + text.printable).wrapped(hanging: columns)
    }

    private static func value(_ member: JSONObject.Member) -> String {
        "\(member.name) = \(member.value.shown)"
    }

    private static func alert(_ alert: JSONValue) -> String {
        let since = alert["since"]?.dayAndTime.map { " since \($0)" } ?? ""
        let severity = alert["severity"]?.string.map { ", \($0)" } ?? ""
        return (alert["rule"]?.string ?? "") + since + severity
    }

    private static func heard(_ heard: JSONValue) -> String {
        let payload = heard["payload"].map { ": \($0.shown)" } ?? ""
        return (heard["route"]?.string ?? "") + payload
    }
}
