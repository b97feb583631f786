extension JSONScanner {
    @inline(__always)
    mutating func string(_ asides: inout Asides) -> Step {
        let start = place &+ 1
        let run = PlainRun(in: text, from: start)
        if text[run.end] == UInt8(ascii: "\"") {
            append(.string, JSONTape.Slice(start, upTo: run.end).content)
            place = run.end &+ 1
            return .read
        }
        let (slice, end) = Self.otherString(in: text, from: start, &asides)
        place = end
        guard let slice else { return .faulty }
        append(.string, slice.content)
        return .read
    }

    /// A member's name with its colon.
    ///
    /// - Returns: false where there is none, or not a new one.
    @inline(__always)
    mutating func name(_ asides: inout Asides) -> Bool {
        guard passes(UInt8(ascii: "\"")) else { return fails(.otherThanName, &asides) }
        let start = place
        let run = PlainRun(in: text, from: start)
        let bit: UInt64
        if text.hasQuoteAndColon(at: run.end) {
            node.pointee.begin(named: JSONTape.Slice(start, upTo: run.end))
            place = run.end &+ 2
            bit = NameFilter.bit(of: run.ends)
        } else {
            let (slice, end) = Self.otherName(in: text, from: start, &asides)
            place = end
            guard let slice else { return false }
            node.pointee.begin(named: slice)
            bit = NameFilter.bit(of: slice, in: text)
        }
        if frame.pointee.names.mayHave(bit), !isNewName(&asides) {
            place = start &- 1
            return fails(.sameName, &asides)
        }
        frame.pointee.names.insert(bit)
        return true
    }

    @inline(__always)
    private func isNewName(_ asides: inout Asides) -> Bool {
        NameSet(object: frame.pointee.node, end: nodeCount, nodes: nodes, text: text)
            .isNew(count: frame.pointee.count, &asides.tables)
    }

    @inline(__always)
    private func fails(_ reason: JSONError.Reason, _ asides: inout Asides) -> Bool {
        asides.reason = reason
        return false
    }

    /// The rest of a name, with its colon, that is no `PlainRun` or has white space behind it.
    ///
    /// - Returns: as `otherString`; the place behind the colon.
    @inline(never)
    private static func otherName(
        in text: JSONText, from start: Int, _ asides: inout Asides
    ) -> (JSONTape.Slice?, end: Int) {
        let (slice, end) = otherString(in: text, from: start, &asides)
        guard let slice else { return (nil, end) }
        let colon = text.endOfWhitespace(from: end)
        guard text[colon] == UInt8(ascii: ":") else {
            asides.reason = .otherThanColon
            return (nil, colon)
        }
        return (slice, colon + 1)
    }

    /// The rest of a string that is no `PlainRun`.
    ///
    /// - Returns: its text, and the place behind the closing quote; no text where there is a fault,
    ///   which is among the asides then, and its place.
    @inline(never)
    private static func otherString(
        in text: JSONText, from start: Int, _ asides: inout Asides
    ) -> (JSONTape.Slice?, end: Int) {
        do throws(JSONError.Fault) {
            let stop = text.endOfRun(from: start)
            guard stop < text.count else { throw JSONError.Fault(.openString, at: start - 1) }
            switch text[stop] {
            case UInt8(ascii: "\""):
                try text.validateUTF8(start..<stop)
                return (JSONTape.Slice(start, upTo: stop), stop + 1)
            case UInt8(ascii: "\\"):
                var string = EscapedString(text, from: start, to: asides.textsEnd)
                try string.read()
                let slice = JSONTape.Slice(asides.textsEnd, upTo: string.end)
                asides.textsEnd = string.end
                return (slice, string.place)
            default:
                throw JSONError.Fault(.controlCharacter, at: stop)
            }
        } catch {
            asides.reason = error.reason
            return (nil, error.offset)
        }
    }
}

extension JSONText {
    /// - Parameter range: of a string; it begins with a character.
    func validateUTF8(_ range: Range<Int>) throws(JSONError.Fault) {
        if let bad = UTF8Check.firstInvalid(in: self[range]) {
            throw JSONError.Fault(.illFormed, at: range.lowerBound + bad)
        }
    }
}
