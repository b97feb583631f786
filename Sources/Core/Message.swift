/// MQTT's quality of service.
public enum QoS: UInt8, Sendable, Codable, Comparable {
    case atMostOnce = 0
    case atLeastOnce = 1
    case exactlyOnce = 2

    public static func < (a: QoS, b: QoS) -> Bool { a.rawValue < b.rawValue }
}

/// The MQTT 5 properties of a PUBLISH that the agent reads and writes (MQTT 5.0, section 3.3.2.3).
public struct MessageProperties: Equatable, Sendable {
    public var responseTopic: String?
    public var correlationData: [UInt8]?
    public var contentType: String?
    /// In the order sent; names may repeat.
    public var user: [UserProperty]

    public struct UserProperty: Equatable, Sendable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        responseTopic: String? = nil, correlationData: [UInt8]? = nil,
        contentType: String? = nil, user: [UserProperty] = []
    ) {
        self.responseTopic = responseTopic
        self.correlationData = correlationData
        self.contentType = contentType
        self.user = user
    }

    public var isEmpty: Bool {
        responseTopic == nil && correlationData == nil && contentType == nil && user.isEmpty
    }
}

/// What a device published, as it arrived.
public struct Message: Equatable, Sendable {
    public var topic: String
    public var payload: [UInt8]
    public var qos: QoS
    public var retain: Bool
    /// The broker's packet identifier; 0 at QoS 0.
    public var packetID: UInt16
    /// The DUP flag where the link could see it, nil where it could not.
    public var isDuplicate: Bool?
    /// nil when there are none, which is the common case and costs nothing.
    public var properties: MessageProperties?

    public init(
        topic: String, payload: [UInt8], qos: QoS = .atMostOnce, retain: Bool = false,
        packetID: UInt16 = 0, isDuplicate: Bool? = nil, properties: MessageProperties? = nil
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.packetID = packetID
        self.isDuplicate = isDuplicate
        self.properties = properties
    }
}
