extension [MetricSample] {
    /// Prometheus' text format 0.0.4, as `GET /metrics` answers.
    ///
    /// Samples of one name have to stand together, as the agent gives them.
    public var prometheusText: [UInt8] {
        var text = ""
        var last: String?
        for sample in self {
            if sample.name != last {
                text += "# HELP \(sample.name) \(Self.escaped(sample.help))\n"
                text += "# TYPE \(sample.name) \(sample.type.rawValue)\n"
                last = sample.name
            }
            text += sample.name + sample.suffix
            if !sample.labels.isEmpty {
                let labels = sample.labels.map {
                    "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\""
                }
                text += "{" + labels.joined(separator: ",") + "}"
            }
            text += " \(Self.number(sample.value))\n"
        }
        return [UInt8](text.utf8)
    }

    /// - Parameter quotes: whether a quote would end the text.
    private static func escaped(_ text: String, quotes: Bool = false) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            case _: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// As Go reads it.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        guard value.isFinite else { return value < 0 ? "-Inf" : "+Inf" }
        guard value.rounded() == value, value.magnitude < 0x1p53 else { return value.description }
        return String(Int64(value))
    }
}
