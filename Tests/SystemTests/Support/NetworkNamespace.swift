import BrokerTestSupport
import Glibc

/// A network of its own for one daemon, joined to this one by a cable that can be cut.
final class NetworkNamespace {
    private static let ip = "/usr/sbin/ip"
    private let name: String
    /// Where this side is reached from inside.
    let address: String

    /// Whether this process may make one: tried once, as root alone does not say.
    static let isPossible: Bool = access(ip, X_OK) == 0 && (try? NetworkNamespace().cut()) != nil

    init() throws {
        let number = UInt32.random(in: 0..<0x4000)
        name = "jamey-\(number)"
        // Addresses for benchmarks of networks (RFC 2544), four for each cable.
        let base = 0xC612_0000 + number * 4
        func text(_ host: UInt32) -> String {
            let address = base + host
            return [24, 16, 8, 0].map { "\(address >> $0 & 255)" }.joined(separator: ".")
        }
        address = text(1)
        let (here, there) = ("jmo\(number)", "jmi\(number)")
        try Command.run(Self.ip, ["netns", "add", name])
        try Command.run(
            Self.ip, ["link", "add", here, "type", "veth", "peer", there, "netns", name])
        try Command.run(Self.ip, ["address", "add", address + "/30", "dev", here])
        try Command.run(Self.ip, ["link", "set", here, "up"])
        try inside(["address", "add", text(2) + "/30", "dev", there])
        try inside(["link", "set", there, "up"])
    }

    deinit { try? Command.run(Self.ip, ["netns", "delete", name]) }

    /// What runs a program inside.
    var wrapper: [String] { [Self.ip, "netns", "exec", name] }

    private func inside(_ arguments: [String]) throws {
        try Command.run(Self.ip, ["-n", name] + arguments)
    }

    /// From now on every packet is dropped, both ways, and nobody is told.
    func cut() throws {
        for rule in [
            "add table inet cut",
            "add chain inet cut in { type filter hook input priority 0; policy drop; }",
            "add chain inet cut out { type filter hook output priority 0; policy drop; }",
        ] { try nft(rule) }
    }

    func mend() throws { try nft("delete table inet cut") }

    private func nft(_ rule: String) throws {
        try Command.run(Self.ip, ["netns", "exec", name, "nft", rule])
    }
}
