import Core

/// Runs programs; holds the memory that they need, to be used again by the next one.
///
/// Not to be shared between threads. A run asks for no memory once the machine is warm, unless it
/// makes maps or calls functions that do.
public final class Machine {
    /// What the steps of a run look at.
    struct State {
        var fuel = 0
        var fault = Fault.none
        /// Variables and paths are known that have the stamp of their scope.
        var messageStamp: UInt64 = 1
        var ruleStamp: UInt64 = 1
        var lastStamp: UInt64 = 1
        /// Variables from here on are a rule's own.
        var ruleSlot = Int.max
        var slots: UnsafeMutablePointer<KnownSlot>
        var slotCapacity = 0
        var paths: UnsafeMutablePointer<KnownPath>
        var pathCapacity = 0
        /// nil while no document is read in place.
        var view: JSONView?
        var depth = 0
    }

    /// What a variable was found to be.
    struct KnownSlot {
        var stamp: UInt64 = 0
        var fault = Fault.none
        var cell = Cell.unset
    }

    /// What fields of a variable were found to be.
    struct KnownPath {
        var stamp: UInt64 = 0
        /// The fuel that the look took, beside that of the nodes.
        var cost = 0
        /// Of the offsets of a use, the one that a fault belongs to.
        var level = 0
        var fault = Fault.none
        var cell = Cell.unset
    }

    let state: UnsafeMutablePointer<State>
    var messageShelf = Shelf()
    var ruleShelf = Shelf()
    var runShelf = Shelf()
    /// Reasons that faults of a run name, and those of variables.
    var reasons: [EvaluationError.Reason] = []
    var messageReasons: [EvaluationError.Reason] = []
    /// The fuel that the last run spent.
    public internal(set) var fuelSpent = 0
    /// The document that is read in place, and what was made of its nodes.
    var document: JSONDocument?
    var made: [Int: Value] = [:]
    /// Lists that were made of cells, by their address: asked for repeatedly, they are made once.
    var madeLists: [UInt: Value] = [:]
    private var scope: PathTable.Scope?

    public init() {
        state = .allocate(capacity: 1)
        state.initialize(
            to: State(slots: .allocate(capacity: 1), paths: .allocate(capacity: 1)))
    }

    deinit {
        state.pointee.slots.deallocate()
        state.pointee.paths.deallocate()
        state.deinitialize(count: 1)
        state.deallocate()
        messageShelf.free()
        ruleShelf.free()
        runShelf.free()
    }

    // MARK: Scopes

    /// What was known of variables is so no longer: the next message.
    ///
    /// - Parameter ruleSlot: Variables from this one on are a rule's own; see `beginRule`.
    public func beginMessage(ruleSlot: Int = .max) {
        state.pointee.lastStamp += 1
        state.pointee.messageStamp = state.pointee.lastStamp
        state.pointee.ruleStamp = state.pointee.lastStamp
        state.pointee.ruleSlot = ruleSlot
        messageShelf.removeAll()
        ruleShelf.removeAll()
        if !made.isEmpty { made.removeAll(keepingCapacity: true) }
        if !messageReasons.isEmpty { messageReasons.removeAll(keepingCapacity: true) }
    }

    /// What was known of the variables of a rule is so no longer.
    public func beginRule() {
        state.pointee.lastStamp += 1
        state.pointee.ruleStamp = state.pointee.lastStamp
        ruleShelf.removeAll()
    }

    /// A variable is a document that is read in place, for as long as the call takes.
    ///
    /// To be called behind `beginMessage`.
    public func reading<Result, Failure: Error>(
        _ document: JSONDocument, asSlot slot: Int,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try document.withView { (view) throws(Failure) -> Result in
            self.document = document
            state.pointee.view = view
            reserve(slots: slot + 1)
            state.pointee.slots[slot] = KnownSlot(
                stamp: state.pointee.messageStamp, cell: Cell(0, of: view))
            defer {
                // Its texts are no longer there.
                beginMessage(ruleSlot: state.pointee.ruleSlot)
                state.pointee.view = nil
                self.document = nil
            }
            return try body()
        }
    }

    // MARK: Room

    func prepare(for program: Program) {
        if scope !== program.pathScope {
            // Numbers of another table: nothing that is known of paths is true here.
            scope = program.pathScope
            for path in 0..<state.pointee.pathCapacity { state.pointee.paths[path].stamp = 0 }
        }
        if program.pathLimit > state.pointee.pathCapacity { reserve(paths: program.pathLimit) }
        if program.slotLimit > state.pointee.slotCapacity { reserve(slots: program.slotLimit) }
    }

    private func reserve(slots count: Int) {
        let old = state.pointee.slots
        guard count > state.pointee.slotCapacity else { return }
        let new = UnsafeMutablePointer<KnownSlot>.allocate(capacity: count)
        new.initialize(repeating: KnownSlot(), count: count)
        new.update(from: old, count: state.pointee.slotCapacity)
        old.deallocate()
        state.pointee.slots = new
        state.pointee.slotCapacity = count
    }

    private func reserve(paths count: Int) {
        let old = state.pointee.paths
        let new = UnsafeMutablePointer<KnownPath>.allocate(capacity: count)
        new.initialize(repeating: KnownPath(), count: count)
        new.update(from: old, count: state.pointee.pathCapacity)
        old.deallocate()
        state.pointee.paths = new
        state.pointee.pathCapacity = count
    }
}
