import Core

/// `replace`, `split` and `join`.
enum StringParts {
    typealias Failure = EvaluationError.Reason

    static let functions: [Function] = [
        .method(
            "replace", [Signature(.string, .string, .string, gives: .string)], of: 3, replace),
        .method(
            "replace", [Signature(.string, .string, .string, .int, gives: .string)], of: 4,
            replace),
        .method("split", [Signature(.string, .string, gives: .list(.string))]) {
            text, separator, fuel throws(Failure) in try split([text, separator], &fuel)
        },
        .method(
            "split", [Signature(.string, .string, .int, gives: .list(.string))], of: 3, split),
        .method("join", [Signature(.list(.string), gives: .string)]) {
            list, fuel throws(Failure) in try join(list, .string(""), &fuel)
        },
        .method("join", [Signature(.list(.string), .string, gives: .string)], join),
    ]

    /// All occurrences, or the first as many as the fourth argument says where it is not negative.
    private static func replace(
        _ values: [Value], _ fuel: inout Fuel
    ) throws(Failure) -> Value {
        guard let text = values[0].string, let part = values[1].string else {
            throw .noOverload("replace", values[0].kind, values[1].kind)
        }
        guard let new = values[2].string else {
            throw .noOverload("replace", values[0].kind, values[2].kind)
        }
        let places = try self.places(
            of: part, in: text, atMost: try limit("replace", values, at: 3), &fuel)
        let count = text.utf8.count + places.count * (new.utf8.count - part.utf8.count)
        try fuel.claim(bytes: count, "a string")
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(count)
        var end = 0
        for place in places {
            result += bytes[end..<place]
            result += new.utf8
            end = place + part.utf8.count
        }
        result += bytes[end...]
        return .string(String(decoding: result, as: UTF8.self))
    }

    /// At a separator that is empty, into code points; into as many parts as the third argument
    /// says at most, the last with the rest.
    private static func split(
        _ values: [Value], _ fuel: inout Fuel
    ) throws(Failure) -> Value {
        guard let text = values[0].string, let separator = values[1].string else {
            throw .noOverload("split", values[0].kind, values[1].kind)
        }
        let limit = try limit("split", values, at: 2)
        if limit == 0 { return .list([]) }
        var places = try self.places(
            of: separator, in: text, atMost: limit.map { $0 - 1 }, skipsEnds: true, &fuel)
        if separator.isEmpty, text.isEmpty { return .list([]) }
        try fuel.claim(elements: places.count + 1, "a list")
        let bytes = Array(text.utf8)
        places.append(bytes.count)
        var parts: [Value] = []
        parts.reserveCapacity(places.count)
        var start = 0
        for place in places {
            parts.append(.string(String(decoding: bytes[start..<place], as: UTF8.self)))
            start = place + separator.utf8.count
        }
        return .list(parts)
    }

    private static func join(
        _ list: Value, _ separator: Value, _ fuel: inout Fuel
    ) throws(Failure) -> Value {
        guard let elements = ListView(list), let separator = separator.string else {
            throw .noOverload("join", list.kind, separator.kind)
        }
        var result = ""
        for index in 0..<elements.count {
            guard let element = elements[index].string else {
                throw .noOverload("join", .list, elements[index].kind)
            }
            let glue = index == 0 ? "" : separator
            let added = glue.utf8.count + element.utf8.count
            guard result.utf8.count + added <= Limits.valueBytesMax else {
                throw .tooLarge("a string")
            }
            try fuel.spend(1)
            try fuel.spend(bytes: added)
            result += glue
            result += element
        }
        return .string(result)
    }

    // MARK: Places

    /// The argument that bounds a number; nil where it is missing or negative: no bound.
    private static func limit(
        _ name: String, _ values: [Value], at index: Int
    ) throws(Failure) -> Int? {
        guard values.count > index else { return nil }
        guard let limit = values[index].integer else {
            throw .noOverload(name, values[0].kind, values[index].kind)
        }
        return limit < 0 ? nil : Int(limit)
    }

    /// Where the part begins, not overlapping; an empty one is before every code point and at the
    /// end.
    private static func places(
        of part: String, in text: String, atMost limit: Int?, skipsEnds: Bool = false,
        _ fuel: inout Fuel
    ) throws(Failure) -> [Int] {
        try fuel.spend((text.utf8.count + part.utf8.count) >> 2)
        let bound = limit ?? .max
        guard bound > 0 else { return [] }
        guard !part.isEmpty else {
            let starts = text.utf8.enumerated().lazy
                .filter { $0.element & 0xC0 != 0x80 && !(skipsEnds && $0.offset == 0) }
                .map(\.offset)
            let ends = skipsEnds ? [] : [text.utf8.count]
            return Array((Array(starts) + ends).prefix(bound))
        }
        var places: [Int] = []
        ByteSearch(Array(part.utf8)).matches(in: text.utf8) { place in
            places.append(place)
            return places.count < bound
        }
        return places
    }
}
