import Core

/// What is known of a message without being asked for.
extension Machine {
    /// A variable is a document that is read in place, for as long as the call takes.
    ///
    /// To be called behind `beginMessage`.
    ///
    /// - Parameter found: Of that document; what it has not, is looked up when it is asked for.
    @inline(__always)
    public func reading<Result, Failure: Error>(
        _ document: borrowing JSONDocument, asSlot slot: Int, knowing found: FoundPaths? = nil,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try document.withView { (view) throws(Failure) -> Result in
            begin(view, asSlot: slot)
            if let found { know(found, in: view) }
            defer { endReading() }
            return try body()
        }
    }

    /// - Precondition: `endReading` follows while the view is still valid.
    @inline(__always)
    public func begin(_ view: JSONView, asSlot slot: Int) {
        let state = state
        // Of another document of the same message.
        if !state.pointee.made.isEmpty { state.pointee.forgetDocument() }
        state.pointee.view = view
        know(Cell(0, of: view), asSlot: slot)
    }

    /// The texts of the document are no longer there.
    @inline(__always)
    public func endReading() {
        state.pointee.lastStamp &+= 1
        state.pointee.messageStamp = state.pointee.lastStamp
        state.pointee.view = nil
    }

    /// A variable of the message is a text.
    ///
    /// - Precondition: The text stays where it is until `endReading` or the next message.
    @inline(__always)
    public func know(_ text: UnsafeRawBufferPointer, asSlot slot: Int) {
        know(Cell(text: text), asSlot: slot)
    }

    /// - Parameter found: Of the document that was begun.
    @inline(__always)
    private func know(_ found: borrowing FoundPaths, in view: JSONView) {
        let state = state
        // Where programs of another table ran, these enter theirs first.
        guard let scope = found.scope, state.pointee.scopeID == ObjectIdentifier(scope) else {
            return
        }
        let stamp = state.pointee.messageStamp
        for path in found.paths where Int(path.number) < state.pointee.pathCapacity {
            let known = state.pointee.paths + Int(path.number)
            known.pointee.stamp = stamp
            known.pointee.cost = Int(path.cost)
            known.pointee.cell = Cell(Int(path.node), of: view)
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
