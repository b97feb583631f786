import Agent
import Core
import HTTPTypes
import Hummingbird
import Mind
import Proof
import Store

/// The rules in force, in shadow, and in history.
enum RuleHandlers {
    /// `GET /rules`: those in force, with what they had to say so far.
    ///
    /// Without an entity tag: counts change while the set does not, and then a strong one has to
    /// (RFC 9110, section 8.8.1), while a weak one is good for no `If-Match`.
    static func rules(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["limit", "cursor"])
        let first = try query.numberCursor() ?? 0
        let report = try await services.ask { $0.rulesReport() }
        let json = RulesView.json(report, from: Int(clamping: first), limit: try query.limit())
        return APIResponse.json(json)
    }

    /// `GET /rules/history`: what took effect, the newest first.
    static func rulesHistory(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["limit", "cursor"])
        let (limit, before) = (try query.limit(), try query.numberCursor())
        // One more than asked for, to see whether another page follows.
        let found = try await services.store.read { (reader) throws(ReadError) in
            try reader.activations(before: before, limit: limit + 1)
        }
        let page = found.prefix(limit)
        let next = page.count < found.count ? page.last.map { "\($0.id)" } : nil
        let elements = page.enumerated().map { index, entry in
            entry.stored.json(isActive: before == nil && index == 0)
        }
        return APIResponse.json(PageView.json("activations", elements, next: next))
    }

    /// `GET /rules/files/{name}`: the text of a file of the set in force.
    static func ruleFile(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let name = try name(context)
        let report = try await services.ask { $0.rulesReport() }
        let files = report.ruleset?.files ?? []
        guard let file = files.first(where: { $0.name.hasSameBytes(as: name) }) else {
            throw .noRuleFile(name)
        }
        let headers = tag(report.digest)
        let known = request.headers[.ifNoneMatch].flatMap { EntityTags($0) }
        if let known, known.matchesWeakly(report.digest ?? "") {
            return Response(status: .notModified, headers: headers)
        }
        return APIResponse.text(file.text, type: "application/yaml", headers: headers)
    }

    /// `GET /rules/shadow`: the sets in shadow, and the newest of their differences.
    static func shadowRules(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["since", "limit"])
        let since = try query.time("since", now: services.clock.now())
        let limit = try query.limit()
        let report = try await services.ask { $0.rulesReport() }
        let (counts, differences) = try await services.store.read {
            (reader) throws(ReadError) -> ([ShadowDifference.Kind: Int], [[UInt8]]) in
            var found: [ShadowDifference] = []
            try reader.shadowDifferences(since: since, limit: limit) { found.append($0) }
            let newest = ShadowView.newest(of: found, limit: limit)
            return (try reader.shadowDifferenceCounts(since: since), newest)
        }
        return APIResponse.json(
            ShadowView.json(report, counts, differences))
    }

    /// `GET /rules/shadow/report`: as `jameyctl shadow report --json`.
    static func shadowReport(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["since", "limit"])
        let since = try query.time("since", now: services.clock.now())
        let limit = try query.integer("limit", in: 0...Int64(Limits.apiPageMax)).map { Int($0) }
        let json = try await services.store.read { (reader) throws(ReadError) in
            try ShadowReport(
                reader, since: since, limit: limit ?? Limits.shadowDifferencesShown
            ).json(since: since)
        }
        return APIResponse.json(json)
    }

    // MARK: Files

    /// `PUT /rules/files/{name}`: writes a file of the rule directory; the whole set takes effect.
    static func writeRuleFile(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let bytes = try await request.bytes()
        guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else {
            throw .badRequest("the body is the text of the file, in UTF-8", code: "BAD_BODY")
        }
        return try await change(.write(text), request, context, services)
    }

    /// `DELETE /rules/files/{name}`: removes one, likewise.
    static func removeRuleFile(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        try await change(.remove, request, context, services)
    }

    private static func change(
        _ change: RuleEditor.Change, _ request: Request, _ context: APIContext,
        _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["message", "force"])
        let message = try message(request, query)
        let isForced = try query.name("force", among: ["true", "false"]) == "true"
        let name = try name(context)
        guard let tags = try condition(request) else { throw .preconditionRequired }
        let author = author(context, services, message)
        let answer = try await services.rules.change(
            name, change, if: tags, isForced: isForced, by: author)
        return response(answer)
    }

    private static func author(
        _ context: APIContext, _ services: APIServices, _ message: String
    ) -> RuleEditor.Author {
        RuleEditor.Author(
            name: context.author, userID: context.source.userID, message: message,
            checkAgain: services.checkAgain(context))
    }

    /// The rule sets one of which has to be in force; nil where the author does not say.
    private static func condition(_ request: Request) throws(APIError) -> EntityTags? {
        guard let condition = request.headers[.ifMatch] else { return nil }
        guard let tags = EntityTags(condition) else {
            throw .badRequest(
                "'If-Match' is the digest of the rule set in quotes, the ETag of its files",
                code: "BAD_IF_MATCH")
        }
        return tags
    }

    private static func name(_ context: APIContext) throws(APIError) -> String {
        try RuleFileName.check(
            try context.segment("name", bytes: 1...Limits.ruleFileNameBytesMax))
    }

    /// Why: `?message=`, or the field `X-Message`.
    private static func message(
        _ request: Request, _ query: QueryParameters
    ) throws(APIError) -> String {
        let field = request.headers.first { $0.name.canonicalName == "x-message" }?.value
        let most = Limits.activationMessageBytesMax
        let message = try query.text("message", bytes: 0...most) ?? field ?? ""
        guard message.utf8.count <= most, !message.utf8.contains(0) else {
            throw QueryParameters.fault("message", "must have at most \(most) bytes")
        }
        return message
    }

    // MARK: What takes effect

    /// `POST /rules/check`: what would be wrong with these files.
    static func checkRules(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let files = try RuleFilesBody.files(try await request.bodyFields().body)
        let checked = try await services.rules.check(files)
        return APIResponse.json(RuleCheckView.json(checked))
    }

    /// `POST /rules/rollback`: a set that was in force before takes effect again.
    static func rollBackRules(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        try await act(request, context, services) { (fields) throws(RequestError) in
            RulesRequest.Action.rollback(
                digest: try fields.requiredText("digest", bytes: 1...100))
        }
    }

    /// `POST /rules/promote`: the set takes effect that runs in shadow.
    static func promoteRules(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        try await act(request, context, services) { (_) throws(RequestError) in .promote }
    }

    /// `POST /reload`: reads the rule directories again.
    static func reload(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let (asked, tags) = try await rulesRequest(request, context) {
            (fields) throws(RequestError) in
            RulesRequest.Action.reload(isForced: try fields.truth("force") ?? false)
        }
        let author = author(context, services, asked.message)
        return response(
            try await services.rules.reload(
                isForced: asked.action == .reload(isForced: true), if: tags, by: author))
    }

    private static func act(
        _ request: Request, _ context: APIContext, _ services: APIServices,
        _ action: (RequestFields) throws(RequestError) -> RulesRequest.Action
    ) async throws(APIError) -> Response {
        let (asked, tags) = try await rulesRequest(request, context, action)
        let loaded = try await loaded(for: asked.action, services)
        let userID = context.source.userID
        let checkAgain = services.checkAgain(context)
        let taken = try await services.ask { agent -> Result<RulesAnswer, APIError> in
            Result { () throws(APIError) -> RulesAnswer in
                try checkAgain()
                try agent.expect(tags)
                do throws(RequestError) {
                    guard let loaded else {
                        return try RulesAnswer(json: agent.control(asked.json, by: userID))
                    }
                    return try agent.control(asked, with: loaded, by: userID)
                } catch { throw APIError(error) }
            }
        }
        return response(try taken.get())
    }

    /// What is asked of the rules, and the sets of which one has to be in force; nil: whichever is.
    private static func rulesRequest(
        _ request: Request, _ context: APIContext,
        _ action: (RequestFields) throws(RequestError) -> RulesRequest.Action
    ) async throws(APIError) -> (RulesRequest, EntityTags?) {
        _ = try QueryParameters(request, knowing: [])
        let tags = try condition(request)
        let fields = try await request.bodyFields(isOptional: true).fields
        do throws(RequestError) {
            let most = Limits.activationMessageBytesMax
            let asked = RulesRequest(
                try action(fields), author: context.author,
                message: try fields.text("message", bytes: 0...most) ?? "")
            return (asked, tags)
        } catch { throw APIError(error) }
    }

    /// The set of a rollback, made here and not on the agent's loop; nil where the agent knows
    /// best: of a set that the store does not have, and where too much waits here already. Whoever
    /// has rules checked or reads the store keeps nobody from taking bad rules back.
    private static func loaded(
        for action: RulesRequest.Action, _ services: APIServices
    ) async throws(APIError) -> RuleSet? {
        guard case .rollback(let digest) = action else { return nil }
        do throws(APIError) {
            let stored = try await services.store.read { (reader) throws(ReadError) in
                try reader.ruleset(digest: digest)
            }
            guard let stored else { return nil }
            let files = stored.files.map { RuleFile(name: $0.name, text: $0.text) }
            switch try await services.rules.check(files) {
            case .success(let ruleset): return ruleset
            case .failure(let errors): throw APIError(errors)
            }
        } catch {
            guard error.status == .serviceUnavailable else { throw error }
            return nil
        }
    }

    private static func response(_ answer: RulesAnswer) -> Response {
        APIResponse.json(answer.json, headers: tag(answer.ruleset))
    }

    /// The digest, as the mark of the rule set.
    private static func tag(_ digest: String?) -> HTTPFields {
        guard let digest else { return [:] }
        return [.eTag: "\"\(digest)\""]
    }
}

extension APIError {
    fileprivate static let preconditionRequired = APIError(
        .preconditionRequired, code: "PRECONDITION_REQUIRED",
        message: "send 'If-Match' with the rule set that you know: the ETag of its files, which is "
            + "'ruleset' of GET /rules in quotes")
}
