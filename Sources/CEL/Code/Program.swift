import Core

/// An expression as code: made once, run as often as wanted by a `Machine`.
///
/// It has the value, the error and the cost in fuel that the tree has, which is what the
/// differential tests hold it to.
public final class Program: @unchecked Sendable {
    // Sendable because what its pointers point to is written before it is made, and never again.
    /// What was compiled.
    public let expression: Expression
    /// What the steps are; never empty.
    let code: UnsafePointer<Instruction>
    /// How many these are.
    public let stepCount: Int
    /// Where a fault of a step is caught, below 0 where nothing catches it.
    let handlers: UnsafePointer<Int32>
    /// Where in the source a fault of a step belongs.
    let offsets: UnsafePointer<Int32>
    let constants: UnsafePointer<Cell>
    let paths: UnsafePointer<PathUse>
    let pathUseCount: Int
    /// Cells of a run, the first of them memos.
    let registerCount: Int
    let memoCount: Int
    let absorbedCount: Int
    /// Above the highest shared number of its paths.
    let pathLimit: Int
    /// Whose numbers its paths have.
    let pathScope: PathTable.Scope
    let pathScopeID: ObjectIdentifier
    /// Above the highest slot of its variables.
    let slotLimit: Int
    let functions: [Function]
    let hostCalls: [HostCall]
    let patterns: [Pattern]
    let reasons: [EvaluationError.Reason]
    let names: [String]
    /// The values of shelved constants.
    let shelf: [Value]
    /// Texts, lists and all of the above; nothing in it changes any more.
    private let memory: ConstantPool

    /// - Parameter paths: shared by the programs that are run on the same message, so that a field
    ///   that several ask for is looked up once.
    public init(_ expression: Expression, sharing paths: PathTable) {
        var builder = CodeBuilder(expression, paths: paths)
        builder.build()
        self.expression = expression
        memory = builder.pool
        stepCount = builder.code.count
        code = memory.keep(builder.code)
        handlers = memory.keep(builder.resolvedHandlers)
        offsets = memory.keep(builder.offsets)
        constants = memory.keep(builder.constants)
        self.paths = memory.keep(builder.pathUses)
        pathUseCount = builder.pathUses.count
        registerCount = builder.registerCount
        memoCount = builder.memoCount
        absorbedCount = builder.absorbedCount
        pathLimit = paths.count
        pathScope = paths.scope
        pathScopeID = ObjectIdentifier(paths.scope)
        slotLimit = (expression.slots.last ?? -1) + 1
        functions = builder.functions
        hostCalls = builder.hostCalls
        patterns = builder.patterns
        reasons = builder.reasons
        names = builder.names
        shelf = builder.shelf
    }

    /// A program of its own.
    public convenience init(_ expression: Expression) {
        self.init(expression, sharing: PathTable())
    }
}

/// A place of an expression that asks for a variable, or for fields of one: `payload.motor.temp`.
struct PathUse {
    /// In the shared table.
    let number: Int32
    let slot: Int32
    /// The name of the variable, in `Program.names`.
    let name: Int32
    /// How many fields follow.
    let count: Int32
    /// Whether it is known for a rule only, not for the whole message.
    let isRules: Bool
    /// The fields' names, as cells.
    let fields: UnsafePointer<Cell>
    /// Where in the source the variable is, then where each field is.
    let offsets: UnsafePointer<Int32>
}

/// What a program's pointers point to, for as long as the program lives.
final class ConstantPool: @unchecked Sendable {
    // Sendable because it is written only while its one program is being made.
    private var arena = Arena()

    deinit { arena.free() }

    /// Copies trivial elements.
    func keep<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element> {
        let start = arena.allocate(bytes: max(1, elements.count * MemoryLayout<Element>.stride))
            .bindMemory(to: Element.self, capacity: elements.count)
        for (index, element) in elements.enumerated() {
            (start + index).initialize(to: element)
        }
        return UnsafePointer(start)
    }

    func keep(_ text: String) -> UnsafeRawBufferPointer {
        Array(text.utf8).withUnsafeBytes { arena.keep($0) }
    }

    func keep(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
        bytes.withUnsafeBytes { arena.keep($0) }
    }
}
