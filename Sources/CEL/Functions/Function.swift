/// A function that expressions can call: its name, how it is called, and what it does.
///
/// Arguments have been evaluated; a method's first one is the value before the dot.
public struct Function: Sendable {
    /// What a function throws when its arguments have no result.
    public typealias Failure = EvaluationError.Reason

    public enum Body: Sendable {
        case unary(@Sendable (Value, inout Fuel) throws(Failure) -> Value)
        case binary(@Sendable (Value, Value, inout Fuel) throws(Failure) -> Value)
        /// Any number of arguments.
        case variadic(@Sendable ([Value], inout Fuel) throws(Failure) -> Value)
        /// Carried out by the activation, which knows it by this number: for functions with
        /// state, as a window per (rule, entity).
        case host(Int)
    }

    /// `size`, or with its namespace: `text.overlap`.
    public let name: String
    /// Whether it is called `a.f(b)` rather than `f(a, b)`.
    public let isMethod: Bool
    /// Of arguments, the one before the dot among them.
    public let argumentCount: Int
    /// Whether more arguments than that are taken as well.
    public let isVariadic: Bool
    /// What types it takes and gives, for the checker; empty where it takes any and says nothing
    /// of its result.
    public let signatures: [Signature]
    public let body: Body
    /// Looks at the arguments when the expression is parsed, nil for those that are no literals;
    /// returns what is wrong with them, for an error of the rule instead of one at run time.
    public let check: (@Sendable (_ constants: [Value?]) -> String?)?

    /// Set where code may carry it out by itself; the body does the same.
    var intrinsic: Intrinsic?

    public init(
        _ name: String, isMethod: Bool = false, argumentCount: Int, isVariadic: Bool = false,
        signatures: [Signature] = [], body: Body,
        check: (@Sendable (_ constants: [Value?]) -> String?)? = nil
    ) {
        self.name = name
        self.isMethod = isMethod
        self.argumentCount = argumentCount
        self.isVariadic = isVariadic
        self.signatures = signatures
        self.body = body
        self.check = check
    }
}
