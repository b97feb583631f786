import Agent
import Core

extension APIServices {
    /// Has the loop do something quick between two turns.
    func ask<Answer: Sendable>(
        _ work: @escaping @Sendable (Agent) -> Answer
    ) async throws(APIError) -> Answer {
        do throws(PortError) { return try await port.ask(work) } catch { throw APIError(error) }
    }

    /// Has the agent carry out a request, which is an event of its log.
    /// - Returns: once it is committed.
    func carryOut(
        _ request: ControlRequest, for context: APIContext
    ) async throws(APIError) -> ControlAnswer {
        let json = request.json
        let userID = context.source.userID
        let answer = try await ask { $0.control(json, by: userID) }
        do throws(RequestError) { return try ControlAnswer(json: answer) } catch {
            throw APIError(error)
        }
    }

    /// Asks once more whether what somebody has shown is still good: for what is done after a wait,
    /// just before it is done. Throws `UNAUTHENTICATED`.
    func checkAgain(_ context: APIContext) -> @Sendable () throws(APIError) -> Void {
        guard let principal = context.principal else { return {} }
        let (source, what) = (context.source, context.route?.pattern ?? "")
        return { [authenticator, access] () throws(APIError) -> Void in
            guard let reason = authenticator.fault(of: principal) else { return }
            access.refused(name: principal.name, from: source, what: what, reason: reason)
            throw .unauthenticated
        }
    }

    /// Brings into the access log that somebody has changed something: at once, whatever becomes of
    /// the answer (`APIRoute.isNotedAsChange`).
    func noteChange(by context: APIContext) {
        guard let principal = context.principal, let route = context.route else { return }
        access.changed(principal, from: context.source, what: route.pattern)
    }
}

extension Source {
    /// The account at the other end of the local socket.
    var userID: UInt32? {
        switch self {
        case .unix(let uid): uid
        case .address, .mqtt: nil
        }
    }
}

extension APIContext {
    /// Whoever asks, as the log is to name them.
    var author: String { principal?.name ?? "" }
}
