import Core

extension DaemonClient {
    /// Has the agent do something with its rules; it knows who asks.
    func carryOut(
        _ action: RulesRequest.Action, message: String?
    ) throws(Ending) -> RulesAnswer {
        let body = JSONWriter.object { json in
            switch action {
            case .reload(let isForced): if isForced { json.member("force", true) }
            case .rollback(let digest): json.member("digest", digest)
            case .promote: break
            }
            json.member("message", ifPresent: message)
        }
        let answer = try post(Self.path(of: action), body)
        do throws(RequestError) { return try RulesAnswer(json: answer.body) } catch {
            throw DaemonAnswer.foreign
        }
    }

    private static func path(of action: RulesRequest.Action) -> DaemonPath {
        switch action {
        case .reload: "/reload"
        case .rollback: "/rules/rollback"
        case .promote: "/rules/promote"
        }
    }
}
