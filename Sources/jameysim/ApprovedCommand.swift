import FoundationEssentials

/// What a device reads of a command: proposals come back byte for byte.
struct ApprovedCommand: Decodable {
    var rpm: Double?

    init?(_ payload: [UInt8]) {
        guard let command = try? JSONDecoder().decode(Self.self, from: Data(payload)) else {
            return nil
        }
        self = command
    }
}

/// What a person wants to know of a denial.
struct Denial: Decodable {
    var explanation: String?

    init?(_ payload: [UInt8]) {
        guard let denial = try? JSONDecoder().decode(Self.self, from: Data(payload)) else {
            return nil
        }
        self = denial
    }
}
