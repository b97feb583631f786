/// Functions of network addresses: `ip(…)`, `cidr(…)` and their methods.
enum NetworkFunctions {
    typealias Failure = EvaluationError.Reason

    static let functions: [Function] =
        making + [
            address("family", gives: .int) { .int($0.family.rawValue) },
            address("isUnspecified", gives: .bool) { .bool($0.isUnspecified) },
            address("isLoopback", gives: .bool) { .bool($0.isLoopback) },
            address("isGlobalUnicast", gives: .bool) { .bool($0.isGlobalUnicast) },
            address("isLinkLocalMulticast", gives: .bool) { .bool($0.isLinkLocalMulticast) },
            address("isLinkLocalUnicast", gives: .bool) { .bool($0.isLinkLocalUnicast) },
            block("ip", gives: .ip) { .network(.ip($0.address)) },
            block("masked", gives: .cidr) { .network(.cidr($0.masked)) },
            block("prefixLength", gives: .int) { .int(Int64($0.prefixLength)) },
            .method(
                "containsIP",
                [Signature(.cidr, .ip, gives: .bool), Signature(.cidr, .string, gives: .bool)],
                containsIP),
            .method(
                "containsCIDR",
                [Signature(.cidr, .cidr, gives: .bool), Signature(.cidr, .string, gives: .bool)],
                containsCIDR),
        ]

    // MARK: Making them

    private static let making: [Function] = [
        reading("ip", gives: .ip) { text throws(Failure) in .network(.ip(try readIP(text))) },
        reading("cidr", gives: .cidr) { text throws(Failure) in
            .network(.cidr(try readCIDR(text)))
        },
        reading("isIP", gives: .bool) { text throws(Failure) in
            .bool((try? IPAddress(reading: text)) != nil)
        },
        reading("isCIDR", gives: .bool) { text throws(Failure) in
            .bool((try? AddressBlock(reading: text)) != nil)
        },
        reading("ip.isCanonical", gives: .bool) { text throws(Failure) in
            .bool(Text.isEqual(try readIP(text).description, text))
        },
    ]

    private static func reading(
        _ name: String, gives result: ValueType,
        _ body: @escaping @Sendable (String) throws(Failure) -> Value
    ) -> Function {
        .unary(name, [Signature(.string, gives: result)]) { value, fuel throws(Failure) in
            guard let text = value.string else { throw .noOverload(name, value.kind, nil) }
            try fuel.spend(8)
            return try body(text)
        }
    }

    private static func readIP(_ text: String) throws(Failure) -> IPAddress {
        do { return try IPAddress(reading: text) } catch {
            switch error {
            case .malformed:
                throw .invalidArgument(
                    "IP Address '\(excerpt(text))' parse error during conversion from string")
            case .zoned: throw .invalidArgument("IP Address with zone value is not allowed")
            case .mapped: throw .invalidArgument("IPv4-mapped IPv6 address is not allowed")
            }
        }
    }

    private static func readCIDR(_ text: String) throws(Failure) -> AddressBlock {
        do { return try AddressBlock(reading: text) } catch {
            switch error {
            case .malformed:
                throw .invalidArgument(
                    "'\(excerpt(text))': network address parse error during conversion from string")
            case .zoned: throw .invalidArgument("CIDR with zone value is not allowed")
            case .mapped: throw .invalidArgument("IPv4-mapped IPv6 address is not allowed")
            }
        }
    }

    private static func excerpt(_ text: String) -> String {
        text.utf8.count <= 64 ? text : String(text.unicodeScalars.prefix(48)) + "…"
    }

    // MARK: Their properties

    private static func address(
        _ name: String, gives result: ValueType, _ body: @escaping @Sendable (IPAddress) -> Value
    ) -> Function {
        .method(name, [Signature(.ip, gives: result)]) { value, _ throws(Failure) in
            guard case .network(.ip(let address)) = value else {
                throw .noOverload(name, value.kind, nil)
            }
            return body(address)
        }
    }

    private static func block(
        _ name: String, gives result: ValueType,
        _ body: @escaping @Sendable (AddressBlock) -> Value
    ) -> Function {
        .method(name, [Signature(.cidr, gives: result)]) { value, _ throws(Failure) in
            guard case .network(.cidr(let block)) = value else {
                throw .noOverload(name, value.kind, nil)
            }
            return body(block)
        }
    }

    private static func containsIP(
        _ a: Value, _ b: Value, _ fuel: inout Fuel
    ) throws(Failure) -> Value {
        if case .network(.cidr(let block)) = a {
            if case .network(.ip(let address)) = b { return .bool(block.contains(address)) }
            if let text = b.string { return .bool(block.contains(try readIP(text))) }
        }
        throw .noOverload("containsIP", a.kind, b.kind)
    }

    private static func containsCIDR(
        _ a: Value, _ b: Value, _ fuel: inout Fuel
    ) throws(Failure) -> Value {
        if case .network(.cidr(let block)) = a {
            if case .network(.cidr(let other)) = b { return .bool(block.contains(other)) }
            if let text = b.string { return .bool(block.contains(try readCIDR(text))) }
        }
        throw .noOverload("containsCIDR", a.kind, b.kind)
    }
}
