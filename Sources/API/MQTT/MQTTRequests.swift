import Agent
import Core
import HTTPTypes
import Hummingbird
import Logging
import Synchronization

/// Requests by MQTT, through the same chain as those by HTTP.
///
/// The loop hands them over and takes their answers at a turn; what is between runs on the threads
/// of the API.
public final class MQTTRequests: Requesting, Sendable {
    /// The whole chain: who may, how often, and the handlers.
    typealias Respond = @Sendable (Request, APIContext) async throws -> Response

    private let respond: Respond
    private let log: Logger
    private let box = AnswerBox()
    private let isClosed = Atomic(false)
    /// Requests that are being answered, those of lost links, too.
    private let running = Atomic(0)
    /// The same until their answers are in the box.
    private let unfinished = Atomic(0)
    /// An answer is there. For one listener.
    private let answered: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    init(log: Logger, respond: @escaping Respond) {
        self.log = log
        self.respond = respond
        (answered, bell) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    public var descriptor: Int32? { box.descriptor }

    public func ask(_ request: ForwardedRequest) {
        let number = request.number
        guard !isClosed.load(ordering: .relaxed) else {
            return box.put(ForwardedAnswer(number: number, body: Self.stopping.json))
        }
        guard begin() else {
            return box.put(ForwardedAnswer(number: number, body: Self.overloaded.json))
        }
        unfinished.add(1, ordering: .relaxed)
        // Detached: the loop has the main thread, whose tasks would go before all others, which the
        // system refuses and writes down.
        Task.detached { [self] in
            let body = await answer(request)
            running.subtract(1, ordering: .relaxed)
            box.put(ForwardedAnswer(number: number, body: body))
            unfinished.subtract(1, ordering: .releasing)
            bell.yield()
        }
    }

    public func take() -> [ForwardedAnswer] { box.take() }

    /// What has begun goes on: it may be half way through a change. The loop knows its number no
    /// longer, and drops the answer.
    public func forget() {}

    public func close() { isClosed.store(true, ordering: .relaxed) }

    /// Takes nothing any longer, and returns when what has begun is answered; the loop has to take
    /// the answers. To be called once.
    ///
    /// - Parameter patience: after so long it returns all the same.
    func finish(within patience: Duration) async {
        close()
        let timer = Task { [bell] in
            // Time itself is what is waited for here.
            try? await Task.sleep(for: patience)
            bell.finish()
        }
        defer { timer.cancel() }
        guard unfinished.load(ordering: .acquiring) > 0 else { return }
        for await _ in answered where unfinished.load(ordering: .acquiring) == 0 { return }
    }

    private func begin() -> Bool {
        if running.add(1, ordering: .relaxed).newValue <= Limits.mqttRequestsMax { return true }
        running.subtract(1, ordering: .relaxed)
        return false
    }

    private func answer(_ forwarded: ForwardedRequest) async -> [UInt8] {
        do throws(RequestError) {
            let request = try MQTTRequest(forwarded.body, token: forwarded.token)
            let topic = forwarded.topic
            var context = APIContext(
                source: APIContextSource(client: .mqtt(topic: topic.name), logger: log))
            context.roleMax = topic.role
            if !request.hasCredentials { context.principal = Principal(topic) }
            return try await MQTTAnswer.json(try await response(to: request, context))
        } catch { return error.json }
    }

    private func response(
        to request: MQTTRequest, _ context: APIContext
    ) async throws(RequestError) -> Response {
        do {
            return try await respond(request.request, context)
        } catch {
            // The chain shapes every error that it knows.
            log.error("a request by MQTT was not answered", metadata: ["error": "\(error)"])
            throw RequestError(
                code: "INTERNAL", message: "something went wrong inside the agent")
        }
    }

    private static let stopping = RequestError(
        code: "UNAVAILABLE", message: "the agent is stopping")

    private static let overloaded = RequestError(
        code: "OVERLOADED", message: "too many requests wait; try again later")
}

extension Principal {
    /// Whoever the broker lets publish on a topic; nil where that makes nobody somebody.
    fileprivate init?(_ topic: RequestTopic) {
        guard let trust = topic.trust else { return nil }
        self = Principal(name: "mqtt:" + topic.name, role: trust).held(to: topic.role)
    }
}
