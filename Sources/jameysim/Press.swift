import Glibc

/// A simulated press: mostly well, sometimes shaking, sometimes overheating.
struct Press {
    /// What it goes through; the number counts the readings that are left of it.
    enum Condition: Equatable {
        case well
        case shaking(left: Int)
        case overheating(left: Int)
    }

    let name: String
    let line: Int
    private(set) var condition = Condition.well
    private var temperature: Double
    private var rpm = 1_200.0

    init(number: Int, using random: inout SeededRandom) {
        name = "press-\(number)"
        line = 1 + (number - 1) % 3
        temperature = Double.random(in: 45...60, using: &random)
    }

    var telemetryTopic: String { "plant/\(line)/\(name)/telemetry" }

    /// The next reading as JSON: vibration above 7.1 mm/s is shaking (ISO 10816-3, zone D of a
    /// machine of medium size), a temperature above 80 °C is too hot.
    mutating func read(using random: inout SeededRandom) -> String {
        advance(using: &random)
        let vibration: Double
        switch condition {
        case .well, .overheating: vibration = Double.random(in: 1.2...4.5, using: &random)
        case .shaking: vibration = Double.random(in: 7.4...11.5, using: &random)
        }
        let power = 2.0 + rpm / 400 + Double.random(in: -0.3...0.3, using: &random)
        return """
            {"temp":\(rounded(temperature, 1)),"vib":\(rounded(vibration, 2)),\
            "rpm":\(Int(rpm)),"power_kw":\(rounded(power, 2)),"unit":"C",\
            "state":"\(rpm > 0 ? "running" : "stopped")"}
            """
    }

    /// Sometimes somebody wants something of it: a verb and the proposal as JSON.
    func propose(using random: inout SeededRandom) -> (verb: String, payload: String)? {
        guard Int.random(in: 0..<6, using: &random) == 0 else { return nil }
        let user = ["anna", "ben", "chiara"].randomElement(using: &random) ?? "anna"
        if Int.random(in: 0..<4, using: &random) == 0 {
            return ("stop", #"{"action":"stop","user_id":"\#(user)"}"#)
        }
        let rpm = [900, 1_200, 1_800, 2_400].randomElement(using: &random) ?? 900
        return ("start", #"{"action":"start","rpm":\#(rpm),"user_id":"\#(user)"}"#)
    }

    /// An approved command reached it.
    mutating func obey(verb: String, rpm wanted: Double?) {
        switch verb {
        case "start": rpm = wanted ?? rpm
        case "stop": rpm = 0
        default: break
        }
    }

    private mutating func advance(using random: inout SeededRandom) {
        switch condition {
        case .well:
            switch Int.random(in: 0..<80, using: &random) {
            case 0: condition = .shaking(left: Int.random(in: 6...15, using: &random))
            case 1: condition = .overheating(left: Int.random(in: 12...25, using: &random))
            default: break
            }
        case .shaking(let left): condition = left > 1 ? .shaking(left: left - 1) : .well
        case .overheating(let left): condition = left > 1 ? .overheating(left: left - 1) : .well
        }
        // Towards where the heat comes from or goes to, a fraction of the way with every reading.
        let isOverheating = if case .overheating = condition { true } else { false }
        let target = isOverheating ? 98.0 : 40 + rpm / 100
        temperature += (target - temperature) * 0.15
        temperature += Double.random(in: -0.4...0.4, using: &random)
    }

    private func rounded(_ value: Double, _ places: Int) -> Double {
        let scale = pow(10, Double(places))
        return (value * scale).rounded() / scale
    }
}
