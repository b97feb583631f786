/// The functions of an environment, by name, style of call and number of arguments.
public struct FunctionTable: Sendable {
    private struct Key: Hashable {
        let name: String
        let isMethod: Bool
    }

    private var functions: [Key: [Function]] = [:]

    /// Without any function.
    public init() {}

    /// The functions of the language's core and of its extension libraries, and Jamey's own
    /// `text.overlap`.
    public static let standard = FunctionTable(StandardFunctions.all)

    public init(_ functions: some Sequence<Function>) {
        for function in functions { register(function) }
    }

    /// Adds a function; one of the same name, style and number of arguments gives way to it.
    public mutating func register(_ function: Function) {
        let key = Key(name: function.name, isMethod: function.isMethod)
        var overloads = functions[key, default: []]
        overloads.removeAll {
            $0.argumentCount == function.argumentCount && $0.isVariadic == function.isVariadic
        }
        overloads.append(function)
        overloads.sort { $0.argumentCount < $1.argumentCount }
        functions[key] = overloads
    }

    /// Every function, by name, methods last, then by the number of arguments.
    public var all: [Function] {
        functions.keys.sorted { a, b in
            a.name == b.name ? !a.isMethod && b.isMethod : a.name < b.name
        }.flatMap { functions[$0, default: []] }
    }

    func find(_ name: String, isMethod: Bool, count: Int) -> Function? {
        let overloads = functions[Key(name: name, isMethod: isMethod)]
        return overloads?.first { $0.argumentCount == count && !$0.isVariadic }
            ?? overloads?.first { $0.argumentCount <= count && $0.isVariadic }
    }

    /// How many arguments there may be, for messages: `1 or 2`; of a method without the one before
    /// the dot. nil when there is no such function.
    func argumentCounts(of name: String, isMethod: Bool) -> String? {
        guard let overloads = functions[Key(name: name, isMethod: isMethod)] else { return nil }
        let counts = overloads.map { function in
            let count = function.argumentCount - (isMethod ? 1 : 0)
            return function.isVariadic ? "\(count) or more" : "\(count)"
        }
        return counts.joined(separator: " or ")
    }

    func names(isMethod: Bool) -> [String] {
        functions.keys.filter { $0.isMethod == isMethod }.map(\.name).sorted()
    }
}
