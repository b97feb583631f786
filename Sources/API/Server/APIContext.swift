import Core
import Hummingbird
import Logging

/// What is known of one request on its way through the chain.
public struct APIContext: RequestContext {
    // The protocol calls what a context is made of its `Source`.
    public typealias Source = APIContextSource

    public var coreContext: CoreRequestContextStorage
    /// Where the request comes from.
    public let source: API.Source
    /// Who asks; nil without credentials. Set by `AuthenticationMiddleware`.
    public var principal: Principal?
    /// The most that anybody may do where the request comes from.
    public var roleMax = Role.admin
    /// What is asked for; nil before the router has found it, and where there is no such route.
    public var route: APIRoute?
    /// Gives whoever waits for it leave to send the body; nil where nobody does.
    let wantBody: (@Sendable () -> Void)?

    public init(source: APIContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        self.source = source.client
        wantBody = source.wantBody
    }
}

/// What a context is made of.
public struct APIContextSource: RequestContextSource {
    public let logger: Logger
    public let client: Source
    var wantBody: (@Sendable () -> Void)?

    public init(client: Source, logger: Logger) {
        self.client = client
        self.logger = logger
    }
}
