import Core

/// Answers requests to the API away from the loop, so that the path never waits for it.
public protocol Requesting: AnyObject {
    /// Becomes readable when there is something to take; nil where that is so in the same turn.
    var descriptor: Int32? { get }
    /// Begins with a request, at most `Limits.mqttRequestsMax` of them at a time; never waits.
    func ask(_ request: ForwardedRequest)
    /// What was answered since the last call.
    func take() -> [ForwardedAnswer]
    /// Nobody waits for what was asked so far; what has begun may still be taken.
    func forget()
    /// Takes nothing any longer.
    func close()
}

/// A request by MQTT, on its way to the routes.
public struct ForwardedRequest: Sendable {
    /// Names its answer.
    public var number: Int
    /// Out of its envelope: `{"method","path","headers"?,"body"?}`, or whatever came instead.
    public var body: JSONValue
    /// Of MQTT 5's user property of this name.
    public var token: String?
    /// Where it came, and what it may do at most.
    public var topic: RequestTopic

    public init(number: Int, body: JSONValue, token: String? = nil, topic: RequestTopic) {
        self.number = number
        self.body = body
        self.token = token
        self.topic = topic
    }
}

/// What became of it.
public struct ForwardedAnswer: Sendable {
    /// As it was asked.
    public var number: Int
    /// A JSON object of at most `Limits.mqttAnswerBytesMax`.
    public var body: [UInt8]

    public init(number: Int, body: [UInt8]) {
        self.number = number
        self.body = body
    }
}
