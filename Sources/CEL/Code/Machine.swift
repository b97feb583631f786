import Core

/// Runs programs; holds the memory that they need, to be used again by the next one.
///
/// Not to be shared between threads. A run asks for no memory once the machine is warm, unless it
/// makes maps or calls functions that do.
public final class Machine {
    /// Everything that a run looks at and changes, behind one pointer: no access to it is checked
    /// or counted.
    struct State {
        var fuel = 0
        var fuelSpent = 0
        var fault = Fault.none
        var depth = 0
        /// Whether there is more to clear up after the run than the memory of cells.
        var isUntidy = false
        /// The same after the message.
        var isMessageUntidy = false
        /// nil while no document is read in place.
        var view: JSONView?

        // Variables and paths are known that have the stamp of their scope.
        var messageStamp: UInt64 = 1
        var ruleStamp: UInt64 = 2
        var lastStamp: UInt64 = 2
        var slots: UnsafeMutablePointer<KnownSlot>
        var slotCapacity = 0
        var paths: UnsafeMutablePointer<KnownPath>
        var pathCapacity = 0
        /// Why there is nothing under a path, where nothing is known.
        var pathFaults: UnsafeMutablePointer<KnownFault>
        /// Whose numbers the paths have; held, so that no other gets its name.
        var scope: PathTable.Scope?
        var scopeID: ObjectIdentifier?
        /// The registers and rows of a run that is in no other one.
        var frame: UnsafeMutablePointer<Cell>
        var frameCapacity = 0
        var rows: UnsafeMutablePointer<Fault>
        var rowCapacity = 0

        var messageShelf = Shelf()
        var ruleShelf = Shelf()
        var runShelf = Shelf()
        /// Reasons that faults of a run name, and those of variables.
        var reasons: [EvaluationError.Reason] = []
        var messageReasons: [EvaluationError.Reason] = []
        /// What was made of nodes of the document.
        var made: [Int: Value] = [:]
        /// Lists that were made of cells, by their address: asked for repeatedly, they are made
        /// once.
        var madeLists: [UInt: Value] = [:]
        /// Long strings and bytes likewise.
        var madeTexts: [TextPlace: Value] = [:]
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
        /// The fuel that looking takes, that of the nodes among it.
        var cost = 0
        /// Unset where there is a fault.
        var cell = Cell.unset
    }

    struct KnownFault {
        /// Of the offsets of a use, the one that the fault belongs to.
        var level = 0
        var fault = Fault.none
    }

    let state: UnsafeMutablePointer<State>
    /// The fuel that the last run spent.
    public var fuelSpent: Int { state.pointee.fuelSpent }

    public init() {
        state = .allocate(capacity: 1)
        state.initialize(
            to: State(
                slots: .allocate(capacity: 1), paths: .allocate(capacity: 1),
                pathFaults: .allocate(capacity: 1), frame: .allocate(capacity: 1),
                rows: .allocate(capacity: 1)))
    }

    deinit {
        state.pointee.slots.deallocate()
        state.pointee.paths.deallocate()
        state.pointee.pathFaults.deallocate()
        state.pointee.frame.deallocate()
        state.pointee.rows.deallocate()
        state.pointee.messageShelf.free()
        state.pointee.ruleShelf.free()
        state.pointee.runShelf.free()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    // MARK: Scopes

    /// What was known of variables is so no longer: the next message.
    ///
    /// - Precondition: No program runs.
    @inline(__always)
    public func beginMessage() { state.pointee.beginMessage() }

    /// What was known of the variables of a rule is so no longer.
    ///
    /// - Precondition: No program runs.
    @inline(__always)
    public func beginRule() { state.pointee.beginRule() }
}

extension Machine.State {
    @inline(__always)
    mutating func beginMessage() {
        precondition(depth == 0)
        // Two, since what is a rule's for one table of paths may be the message's for another.
        messageStamp = lastStamp &+ 1
        ruleStamp = lastStamp &+ 2
        lastStamp = ruleStamp
        if isMessageUntidy { tidyMessage() }
    }

    @inline(__always)
    mutating func beginRule() {
        precondition(depth == 0)
        lastStamp &+= 1
        ruleStamp = lastStamp
        if isMessageUntidy { ruleShelf.removeAll() }
    }

    /// What was made of the variables of a message is needed no longer.
    @inline(never)
    private mutating func tidyMessage() {
        isMessageUntidy = false
        messageShelf.removeAll()
        ruleShelf.removeAll()
        made.removeAll(keepingCapacity: true)
        messageReasons.removeAll(keepingCapacity: true)
    }

    @inline(never)
    mutating func forgetDocument() { made.removeAll(keepingCapacity: true) }

    /// What a run has made is needed no longer.
    @inline(never)
    mutating func tidy() {
        isUntidy = false
        runShelf.removeAll()
        forgetMade()
        reasons.removeAll(keepingCapacity: true)
    }

    /// What was made of cells is known by where these lie, which ends with the run; or with one
    /// inside of it, whose program may be gone then.
    @inline(never)
    mutating func forgetMade() {
        if !madeLists.isEmpty { madeLists.removeAll(keepingCapacity: true) }
        if !madeTexts.isEmpty { madeTexts.removeAll(keepingCapacity: true) }
    }

    // MARK: Room

    @inline(__always)
    mutating func prepare(for program: Program) {
        if scopeID == program.pathScopeID, program.pathLimit <= pathCapacity,
            program.slotLimit <= slotCapacity, program.registerCount <= frameCapacity,
            program.absorbedCount <= rowCapacity
        {
            return
        }
        makeRoom(for: program)
    }

    @inline(never)
    private mutating func makeRoom(for program: Program) {
        if scopeID != program.pathScopeID { enter(program.pathScope) }
        if program.pathLimit > pathCapacity { reserve(paths: program.pathLimit) }
        if program.slotLimit > slotCapacity { reserve(slots: program.slotLimit) }
        // Those of a run that is under way are its own.
        guard depth == 0 else { return }
        if program.registerCount > frameCapacity {
            frame.deallocate()
            frame = .allocate(capacity: program.registerCount)
            frame.initialize(repeating: .unset, count: program.registerCount)
            frameCapacity = program.registerCount
        }
        if program.absorbedCount > rowCapacity {
            rows.deallocate()
            rows = .allocate(capacity: program.absorbedCount)
            rows.initialize(repeating: .none, count: program.absorbedCount)
            rowCapacity = program.absorbedCount
        }
    }

    /// Numbers of another table: nothing that is known of paths is true here.
    @inline(never)
    mutating func enter(_ scope: PathTable.Scope) {
        self.scope = scope
        scopeID = ObjectIdentifier(scope)
        for path in 0..<pathCapacity { paths[path].stamp = 0 }
    }

    mutating func reserve(slots count: Int) {
        let new = UnsafeMutablePointer<Machine.KnownSlot>.allocate(capacity: count)
        new.initialize(repeating: Machine.KnownSlot(), count: count)
        new.update(from: slots, count: slotCapacity)
        slots.deallocate()
        slots = new
        slotCapacity = count
    }

    private mutating func reserve(paths count: Int) {
        let new = UnsafeMutablePointer<Machine.KnownPath>.allocate(capacity: count)
        new.initialize(repeating: Machine.KnownPath(), count: count)
        new.update(from: paths, count: pathCapacity)
        paths.deallocate()
        paths = new
        // What is known of faults is known of paths first.
        let faults = UnsafeMutablePointer<Machine.KnownFault>.allocate(capacity: count)
        faults.initialize(repeating: Machine.KnownFault(), count: count)
        faults.update(from: pathFaults, count: pathCapacity)
        pathFaults.deallocate()
        pathFaults = faults
        pathCapacity = count
    }
}
