import Core

/// What is known of a message without being asked for.
extension Machine {
    /// A variable is a document that is read in place, for as long as the call takes.
    ///
    /// To be called behind `beginMessage`.
    ///
    /// - Parameter found: Of that document; what it has not, is looked up when it is asked for.
    @inlinable @inline(__always)
    public func reading<Result, Failure: Error>(
        _ document: borrowing JSONDocument, asSlot slot: Int, knowing found: FoundMembers? = nil,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try document.withView { (view) throws(Failure) -> Result in
            if let found {
                begin(view, asSlot: slot, knowing: found)
            } else {
                begin(view, asSlot: slot)
            }
            defer { endReading() }
            return try body()
        }
    }

    /// - Precondition: `endReading` follows while the view is still valid.
    public func begin(_ view: JSONView, asSlot slot: Int) {
        let state = state
        // Of another document of the same message.
        if !state.pointee.made.isEmpty { state.pointee.forgetDocument() }
        state.pointee.view = view
        know(Cell(0, of: view), asSlot: slot)
    }

    /// The same where it is known what the document has.
    public func begin(_ view: JSONView, asSlot slot: Int, knowing found: borrowing FoundMembers) {
        begin(view, asSlot: slot)
        know(found, in: view)
    }

    /// The texts of the document are no longer there.
    public func endReading() {
        state.pointee.lastStamp &+= 1
        state.pointee.messageStamp = state.pointee.lastStamp
        state.pointee.view = nil
    }

    /// A variable of the message is a text.
    ///
    /// - Precondition: The text stays where it is until `endReading` or the next message.
    public func know(_ text: UnsafeRawBufferPointer, asSlot slot: Int) {
        know(Cell(text: text), asSlot: slot)
    }

    /// - Parameter found: Of the document that was begun.
    @inline(__always)
    private func know(_ found: borrowing FoundMembers, in view: JSONView) {
        let state = state
        // Where programs of another table ran, these enter theirs first.
        guard let scope = found.paths.scopeID, state.pointee.scopeID == scope else { return }
        let stamp = state.pointee.messageStamp
        found.paths.paths.withUnsafeBufferPointer { paths in
            for place in found.places where Int(place.member) < paths.count {
                let path = paths[Int(place.member)]
                guard path.number >= 0, Int(path.number) < state.pointee.pathCapacity else {
                    continue
                }
                let known = state.pointee.paths + Int(path.number)
                known.pointee.stamp = stamp
                known.pointee.cost = Int(path.cost &+ place.eighths)
                known.pointee.cell = Cell(Int(place.node), of: view)
            }
        }
    }

    @inline(__always)
    private func know(_ cell: Cell, asSlot slot: Int) {
        let state = state
        if slot >= state.pointee.slotCapacity { state.pointee.reserve(slots: slot + 1) }
        let known = state.pointee.slots + slot
        known.pointee.stamp = state.pointee.messageStamp
        known.pointee.fault.code = .none
        known.pointee.cell = cell
    }
}
