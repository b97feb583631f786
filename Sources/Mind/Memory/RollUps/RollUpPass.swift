import Core

/// One pass over a message, by plain pointers: nothing is counted, made or looked up where every
/// field comes when it is expected.
struct RollUpPass {
    let fields: UnsafeMutableBufferPointer<RouteRollUp.Field>
    let names: UnsafeRawBufferPointer
    var taken = RouteRollUp.Taken()
    /// The field that comes next, most likely.
    private var expected = 0

    init(fields: UnsafeMutableBufferPointer<RouteRollUp.Field>, names: UnsafeRawBufferPointer) {
        self.fields = fields
        self.names = names
    }

    @inline(__always)
    mutating func take(_ view: JSONView) {
        switch view.kind(of: 0) {
        case .object: takeMembers(of: 0, in: view, parent: -1, level: 1)
        case .int, .double:
            let place = RouteRollUp.nameOfOther.withUnsafeBytes { find($0, of: -1, near: 0) }
            guard let place else { return taken.isMore = true }
            if let reading = view.number(of: 0) { fields[place].summary.add(reading) }
            taken.isAny = true
        case .null, .no, .yes, .string, .array: break
        }
    }

    private mutating func takeMembers(
        of object: Int, in view: JSONView, parent: Int16, level: Int
    ) {
        let end = view.next(object)
        var member = object &+ 1
        var expected = expected
        while member < end {
            let kind = view.kind(of: member)
            let reading: Double
            switch kind {
            case .null, .no, .yes, .string:
                member &+= 1
                continue
            case .array:
                member = view.next(member)
                continue
            case .object:
                if level < Limits.rollUpDepthMax {
                    if let place = find(view.name(of: member), of: parent, near: expected) {
                        self.expected = place &+ 1
                        takeMembers(
                            of: member, in: view, parent: Int16(truncatingIfNeeded: place),
                            level: level &+ 1)
                        expected = self.expected
                    } else {
                        taken.isMore = true
                    }
                }
                member = view.next(member)
                continue
            case .int: reading = Double(Int64(bitPattern: view.bits(of: member)))
            case .double:
                reading = Double(bitPattern: view.bits(of: member))
                    .limited(to: Limits.baselineMagnitudeMax)
            }
            if let place = find(view.name(of: member), of: parent, near: expected) {
                fields[place].summary.add(reading)
                expected = place &+ 1
                taken.isAny = true
            } else {
                taken.isMore = true
            }
            member &+= 1
        }
        self.expected = expected
    }

    /// Where a field stands: most likely at `place`.
    @inline(__always)
    private func find(
        _ name: UnsafeRawBufferPointer, of parent: Int16, near place: Int
    ) -> Int? {
        let word = NameWord(name)
        if place < fields.count, fields[place].isCalled(word, name, of: parent, in: names) {
            return place
        }
        return findElsewhere(word, name, of: parent)
    }

    @inline(never)
    private func findElsewhere(
        _ word: NameWord, _ name: UnsafeRawBufferPointer, of parent: Int16
    ) -> Int? {
        fields.firstIndex { $0.isCalled(word, name, of: parent, in: names) }
    }
}
