extension JSONScanner {
    /// Notes where the values are; what the tape held before is gone.
    ///
    /// - Throws: `JSONError`: the bytes are rejected as a whole, the tape is of use for the next.
    static func read(
        _ bytes: UnsafeRawBufferPointer, into tape: inout JSONTape
    ) throws(JSONError) {
        do throws(JSONError.Fault) {
            tape.count = try read(bytes, into: &tape.nodes, &tape.texts)
        } catch {
            throw JSONError(error, in: bytes)
        }
    }

    /// - Returns: How many nodes there are.
    private static func read(
        _ bytes: UnsafeRawBufferPointer, into nodes: inout [JSONTape.Node], _ texts: inout [UInt8]
    ) throws(JSONError.Fault) -> Int {
        if bytes.count > Limits.jsonBytesMax { throw JSONError.Fault(.tooLarge, at: 0) }
        let missing = JSONText.room(for: bytes.count) - texts.count
        if missing > 0 { texts.append(contentsOf: repeatElement(0, count: missing)) }
        return try texts.withUnsafeMutableBufferPointer {
            (memory) throws(JSONError.Fault) in
            let text = JSONText(copying: bytes, to: memory)
            let place = try text.placeOfValue
            return try withUnsafeTemporaryAllocation(
                of: Frame.self, capacity: Limits.jsonDepthMax
            ) { (frames) throws(JSONError.Fault) in
                let halt = read(text, from: place, into: &nodes, frames)
                if let reason = halt.asides.reason {
                    throw JSONError.Fault(reason, at: halt.place)
                }
                if halt.place < text.count {
                    let end = text.endOfWhitespace(from: halt.place)
                    if end < text.count { throw JSONError.Fault(.surplus, at: end) }
                }
                return halt.nodeCount
            }
        }
    }

    /// Where the loop stopped: over, or before a value or its name that more nodes are needed for.
    private struct Halt {
        var place: Int
        var frame: UnsafeMutablePointer<Frame>
        var nodeCount = 0
        var asides: Asides
    }

    private static func read(
        _ text: JSONText, from place: Int, into nodes: inout [JSONTape.Node],
        _ frames: UnsafeMutableBufferPointer<Frame>
    ) -> Halt {
        guard let frame = frames.baseAddress else { preconditionFailure("there is room for 64") }
        frame.initialize(to: .none)
        var halt = Halt(place: place, frame: frame, asides: Asides(textsEnd: text.roomStart))
        let lastFrame = frame + (frames.count - 1)
        if nodes.isEmpty { addNodes(to: &nodes, forBytes: text.count) }
        while nodes.withUnsafeMutableBufferPointer({
            goesOn(text, into: $0, from: &halt, lastFrame)
        }) {
            addNodes(to: &nodes, forBytes: text.count)
        }
        return halt
    }

    /// At least twice as many: few rounds, even for a document that is nothing but values.
    private static func addNodes(to nodes: inout [JSONTape.Node], forBytes count: Int) {
        let more = max(nodes.count, count / 8 + 8)
        nodes.append(contentsOf: repeatElement(JSONTape.Node(), count: more))
    }

    /// - Returns: Whether there is more to be read, with more nodes.
    private static func goesOn(
        _ text: JSONText, into nodes: UnsafeMutableBufferPointer<JSONTape.Node>,
        from halt: inout Halt, _ lastFrame: UnsafeMutablePointer<Frame>
    ) -> Bool {
        guard let first = nodes.baseAddress else { return true }
        var scanner = JSONScanner(
            text: text, place: halt.place, frame: halt.frame, lastFrame: lastFrame, nodes: first,
            node: first + halt.nodeCount)
        let goesOn = scanner.read(upTo: first + nodes.count, &halt.asides)
        halt.place = scanner.place
        halt.frame = scanner.frame
        halt.nodeCount = scanner.nodeCount
        return goesOn
    }
}

extension JSONText {
    fileprivate var placeOfValue: Int {
        get throws(JSONError.Fault) {
            let first = self[0]
            // Nearly every document begins with its value.
            if first > 0x20, first != 0xEF { return 0 }
            if first == 0xEF, self[1] == 0xBB, self[2] == 0xBF {
                throw JSONError.Fault(.byteOrderMark, at: 0)
            }
            let place = endOfWhitespace(from: 0)
            if place == count { throw JSONError.Fault(.empty, at: place) }
            return place
        }
    }
}
