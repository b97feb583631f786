import Core

/// Makes code of a tree.
///
/// Every step is paid for as the tree pays for its nodes: a node before what it stands on, so that
/// what was spent when a fault occurs is the same. `pending` is what has still to be paid by the
/// next step.
struct CodeBuilder {
    /// A place in the code that is known later.
    struct Label { let index: Int }

    /// What to say where a value has to be a truth value and is none.
    struct Check {
        let name: Fault.Name
        let offset: Int32
    }

    let expression: Expression
    let paths: PathTable
    let pool = ConstantPool()

    var code: [Instruction] = []
    var offsets: [Int32] = []
    /// By step.
    private var handlers: [Label?] = []
    private var labels: [Int32] = []
    var constants: [Cell] = []
    var shelf: [Value] = []
    var pathUses: [PathUse] = []
    var functions: [Function] = []
    var hostCalls: [HostCall] = []
    var patterns: [Pattern] = []
    var reasons: [EvaluationError.Reason] = []
    var names: [String] = []

    private(set) var registerCount = 0
    private(set) var absorbedCount = 0
    private(set) var memoCount = 0
    private var nextRegister = 0
    private var pending: Int32 = 0
    /// Where faults of the steps that are being made are caught.
    var handler: Label?
    /// Whether the steps that are being made may run more than once in a run.
    var isRepeated = false
    /// Code that is entered from several places: of bindings and of common parts.
    private var routines: [(entry: Label, register: Int, node: Node)] = []
    private var entries: [Int: Label] = [:]
    private var starts: [Int: Int32] = [:]
    /// Where faults of a row's operands go: behind everything else, since they are rare.
    private var stubs: [(label: Label, instruction: Instruction, node: Node)] = []
    private var shapes: NodeShapes

    init(_ expression: Expression, paths: PathTable) {
        self.expression = expression
        self.paths = paths
        shapes = NodeShapes(expression)
    }

    mutating func build() {
        memoCount = shapes.assignMemos()
        nextRegister = 2 * memoCount + expression.localCount
        registerCount = nextRegister
        let root = expression.root
        if shapes.isOpen {
            // What is bound around it is not known yet, whatever ran in these registers before.
            for local in 0..<expression.localCount {
                emit(Instruction(.forget, a: register(ofLocal: local)), at: root)
            }
        }
        if root.isTruth {
            let no = label()
            branch(root, on: false, to: no, Check(name: .and, offset: root.at))
            emit(Instruction(.finish, b: constant(Cell(true))), at: root)
            place(no)
            emit(Instruction(.finish, b: constant(Cell(false))), at: root)
        } else {
            let result = operand(root)
            emit(Instruction(.finish, b: result), at: root)
        }
        isRepeated = true
        var done = 0
        while done < routines.count {
            let routine = routines[done]
            place(routine.entry)
            // Above all registers so far: those who call it keep theirs.
            nextRegister = registerCount
            let result = operand(routine.node, isRoutine: true)
            emit(Instruction(.finish, b: result), at: routine.node)
            done += 1
        }
        for stub in stubs {
            place(stub.label)
            emit(stub.instruction, at: stub.node)
        }
        resolveLabels()
    }

    /// The register of a comprehension's variable or a binding.
    func register(ofLocal local: Int) -> Int { 2 * memoCount + local }

    // MARK: Steps

    mutating func emit(_ instruction: Instruction, at offset: Int32) {
        var instruction = instruction
        instruction.cost += pending
        pending = 0
        code.append(instruction)
        offsets.append(offset)
        handlers.append(handler)
    }

    mutating func emit(_ instruction: Instruction, at node: Node) {
        emit(instruction, at: node.at)
    }

    /// Is paid by the next step.
    mutating func pay(_ cost: Int32) { pending += cost }

    mutating func label() -> Label {
        labels.append(-1)
        return Label(index: labels.count - 1)
    }

    /// The next step has this label.
    mutating func place(_ label: Label) {
        precondition(pending == 0, "what is to be paid belongs to one way only")
        labels[label.index] = Int32(code.count)
    }

    private mutating func resolveLabels() {
        for index in code.indices where code[index].hasTarget {
            code[index].target = labels[Int(code[index].target)]
        }
    }

    var resolvedHandlers: [Int32] { handlers.map { $0.map { labels[$0.index] } ?? -1 } }

    /// Faults that go to a label are kept as the first of a row, which goes on.
    mutating func catchFaults(
        at caught: Label, in absorbed: Int32, goingOnAt next: Label, _ node: Node
    ) {
        stubs.append((caught, Instruction(.absorb, a: Int(absorbed), to: next), node))
    }

    // MARK: Registers

    /// A register for a value that is needed until `release`.
    mutating func allocate(_ count: Int = 1) -> Int {
        let register = nextRegister
        nextRegister += count
        registerCount = max(registerCount, nextRegister)
        return register
    }

    var mark: Int { nextRegister }

    mutating func release(to mark: Int) { nextRegister = mark }

    mutating func allocateAbsorbed() -> Int32 {
        absorbedCount += 1
        return Int32(absorbedCount - 1)
    }

    /// The code of a binding's value, or of a part that occurs more than once.
    mutating func entry(register: Int, _ node: Node) -> Label {
        if let known = entries[register] { return known }
        let entry = label()
        entries[register] = entry
        routines.append((entry, register, node))
        starts[register] = node.start
        return entry
    }

    /// Where in the source the node is that a memo's code was made of.
    func start(ofMemo register: Int) -> Int32 { starts[register] ?? 0 }

    /// The memo of a part that comes more than once.
    func memo(of node: Node) -> Int? { shapes.memo(of: node) }
}

extension Instruction {
    init(
        _ operation: Operation, variant: UInt8 = 0, relation: Relation = .equal,
        intrinsic: Intrinsic = .dyn, name: Fault.Name = .selection, a: Int = 0,
        b: Operand = .none, c: Operand = .none, to label: CodeBuilder.Label? = nil
    ) {
        self.init(operation: operation)
        self.variant = variant
        self.relation = relation
        self.intrinsic = intrinsic
        self.name = name
        self.a = Int32(a)
        self.b = b
        self.c = c
        if let label { target = Int32(label.index) }
    }

    /// Whether `target` is a label.
    fileprivate var hasTarget: Bool {
        switch operation {
        case .jump, .absorb, .next, .scan, .content, .alternative, .memo, .lazy: true
        case .settle, .truth, .compare, .comparePath, .compareLocal, .contain, .text, .has:
            sense != .store
        case .finish, .clear, .loop, .move, .arithmetic, .convert, .negate, .select,
            .optionalSelect, .index, .optionalIndex, .increment, .newList, .append,
            .appendOptional, .newMap, .insert, .insertOptional, .merge, .wrap,
            .requireOptional, .forget, .call, .host, .matches, .fail:
            false
        }
    }
}
