// Arrays and objects: where they begin, what comes next in them, where they end.
extension JSONScanner {
    /// What is known of an open container: trivial, 16 bytes.
    struct Frame {
        /// From the lowest: the container's node (24 bits), whether it is the outermost one,
        /// whether there is none, and whether it is an object.
        private var head: UInt32
        /// Members or elements before the one that is read.
        var count: UInt32
        /// Of an object's members.
        var names = NameFilter()

        /// No container is open: it is counted as one of many values, so that the first comma is
        /// looked at.
        static var none: Frame { Frame(head: 1 << 30, count: UInt32(NameFilter.countMax)) }

        private init(head: UInt32, count: UInt32) {
            self.head = head
            self.count = count
        }

        @inline(__always)
        init(node: Int, isObject: Bool, isOutermost: Bool) {
            head =
                UInt32(truncatingIfNeeded: node) | (isObject ? 1 << 31 : 0)
                | (isOutermost ? 1 << 29 : 0)
            count = 0
        }

        @inline(__always) var node: Int { Int(head & (1 << 24 - 1)) }
        @inline(__always) var isOutermost: Bool { head & 1 << 29 != 0 }
        @inline(__always) var isNone: Bool { head & 1 << 30 != 0 }
        @inline(__always) var isObject: Bool { Int32(bitPattern: head) < 0 }
        /// What ends it.
        @inline(__always) var sign: UInt8 { isObject ? UInt8(ascii: "}") : UInt8(ascii: "]") }
    }

    @inline(__always)
    mutating func open(_ kind: JSONTape.Kind, until sign: UInt8, _ asides: inout Asides) -> Step {
        let isOutermost = frame.pointee.isNone
        if !isOutermost {
            guard frame < lastFrame else {
                asides.reason = .tooDeep
                return .faulty
            }
            frame += 1
        }
        frame.initialize(
            to: Frame(node: nodeCount, isObject: kind == .object, isOutermost: isOutermost))
        append(kind)
        place &+= 1
        guard passes(sign) else { return .begun }
        close(count: 0)
        return .read
    }

    /// Ends the innermost container.
    @inline(__always)
    private mutating func close(count: UInt32) {
        nodes[frame.pointee.node].close(count: count, next: nodeCount)
        if frame.pointee.isOutermost { frame.pointee = .none } else { frame -= 1 }
    }

    /// Behind a value: ends the containers that end there.
    ///
    /// - Returns: Whether another value comes; if not, the document has ended or is faulty.
    @inline(__always)
    mutating func comesToNext(_ asides: inout Asides) -> Bool {
        while true {
            if passes(UInt8(ascii: ",")) {
                frame.pointee.count &+= 1
                return frame.pointee.count < NameFilter.countMax || comesToOneOfMany(&asides)
            }
            if frame.pointee.isNone { return false }
            guard passes(frame.pointee.sign) else {
                asides.reason = frame.pointee.isObject ? .otherThanObject : .otherThanArray
                return false
            }
            let count = frame.pointee.count
            if count >= NameFilter.countMax, frame.pointee.isObject { asides.removeTable() }
            close(count: count &+ 1)
        }
    }

    /// Behind a comma where it may be one too many.
    @inline(__always)
    private mutating func comesToOneOfMany(_ asides: inout Asides) -> Bool {
        if frame.pointee.isNone {
            place &-= 1
            return false
        }
        if frame.pointee.isObject { frame.pointee.names.fill() }
        if frame.pointee.count < Limits.jsonElementsMax { return true }
        place = text.endOfWhitespace(from: place)
        asides.reason = frame.pointee.isObject ? .tooManyMembers : .tooManyElements
        return false
    }
}

extension JSONScanner.Asides {
    @inline(never)
    mutating func removeTable() { tables.removeLast() }
}
