/// `charAt`, `indexOf`, `lastIndexOf` and `substring`: places are counted in code points.
enum StringSearch {
    typealias Failure = EvaluationError.Reason

    static let functions: [Function] = [
        .method("charAt", [Signature(.string, .int, gives: .string)], charAt),
        .method("indexOf", [Signature(.string, .string, gives: .int)]) {
            text, part, fuel throws(Failure) in try indexOf([text, part], &fuel)
        },
        .method("indexOf", [Signature(.string, .string, .int, gives: .int)], of: 3, indexOf),
        .method("lastIndexOf", [Signature(.string, .string, gives: .int)]) {
            text, part, fuel throws(Failure) in try lastIndexOf([text, part], &fuel)
        },
        .method(
            "lastIndexOf", [Signature(.string, .string, .int, gives: .int)], of: 3, lastIndexOf),
        .method("substring", [Signature(.string, .int, gives: .string)]) {
            text, start, fuel throws(Failure) in try substring([text, start], &fuel)
        },
        .method("substring", [Signature(.string, .int, .int, gives: .string)], of: 3, substring),
    ]

    private static func charAt(
        _ text: Value, _ index: Value, _ fuel: inout Fuel
    ) throws(Failure) -> Value {
        guard let string = text.string, let index = index.integer else {
            throw .noOverload("charAt", text.kind, index.kind)
        }
        let points = try CodePoints(string, &fuel)
        let place = try self.place(index, upTo: points.count)
        return .string(points.text(place..<min(place + 1, points.count)))
    }

    private static func substring(
        _ values: [Value], _ fuel: inout Fuel
    ) throws(Failure) -> Value {
        guard let string = values[0].string, let start = values[1].integer else {
            throw .noOverload("substring", values[0].kind, values[1].kind)
        }
        let points = try CodePoints(string, &fuel)
        guard values.count > 2 else {
            return .string(points.text(try place(start, upTo: points.count)..<points.count))
        }
        guard let end = values[2].integer else {
            throw .noOverload("substring", values[0].kind, values[2].kind)
        }
        let range = (try place(start, upTo: points.count), try place(end, upTo: points.count))
        guard range.0 <= range.1 else {
            throw .invalidArgument("invalid substring range. start: \(start), end: \(end)")
        }
        return .string(points.text(range.0..<range.1))
    }

    private static func indexOf(
        _ values: [Value], _ fuel: inout Fuel
    ) throws(Failure) -> Value {
        let (points, part) = try arguments(of: "indexOf", values, &fuel)
        let start = try offset(of: "indexOf", values).map { place throws(Failure) in
            try self.place(place, upTo: points.count)
        }
        guard !part.isEmpty else { return .int(Int64(start ?? 0)) }
        let first = points.offset(of: start ?? 0)
        var found: Int?
        ByteSearch(part).matches(in: points.bytes[first...]) { offset in
            found = first + offset
            return false
        }
        return .int(found.map { Int64(points.index(ofByte: $0)) } ?? -1)
    }

    /// The last place that is not behind the one asked for.
    private static func lastIndexOf(
        _ values: [Value], _ fuel: inout Fuel
    ) throws(Failure) -> Value {
        let (points, part) = try arguments(of: "lastIndexOf", values, &fuel)
        let last = try offset(of: "lastIndexOf", values).map { place throws(Failure) in
            try self.place(place, upTo: points.count)
        }
        guard !part.isEmpty else { return .int(Int64(last ?? points.count)) }
        let bound = points.offset(of: last ?? points.count)
        var found: Int?
        ByteSearch(part).matches(in: points.bytes, isOverlapping: true) { offset in
            if offset > bound { return false }
            found = offset
            return true
        }
        return .int(found.map { Int64(points.index(ofByte: $0)) } ?? -1)
    }

    // MARK: Arguments

    private static func arguments(
        of name: String, _ values: [Value], _ fuel: inout Fuel
    ) throws(Failure) -> (CodePoints, part: [UInt8]) {
        guard let text = values[0].string, let part = values[1].string else {
            throw .noOverload(name, values[0].kind, values[1].kind)
        }
        try fuel.spend(bytes: part.utf8.count)
        return (try CodePoints(text, &fuel), Array(part.utf8))
    }

    /// The third argument; nil where there are two.
    private static func offset(of name: String, _ values: [Value]) throws(Failure) -> Int64? {
        guard values.count > 2 else { return nil }
        guard let offset = values[2].integer else {
            throw .noOverload(name, values[0].kind, values[2].kind)
        }
        return offset
    }

    private static func place(_ index: Int64, upTo count: Int) throws(Failure) -> Int {
        guard 0...Int64(count) ~= index else { throw .noElement(index) }
        return Int(index)
    }
}
