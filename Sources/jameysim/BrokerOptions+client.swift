import Broker

extension BrokerOptions {
    /// Who we say we are: unique, unless the session is to be found again.
    func client(
        name: String, isPersistent: Bool = false, subscriptions: [Subscription] = []
    ) throws(SimError) -> Client {
        let suffix = String(UInt32.random(in: 0...UInt32.max), radix: 36)
        let options = LinkOptions(
            host: host, port: Int(port), clientID: isPersistent ? name : "\(name)-\(suffix)",
            sessionExpiry: isPersistent ? .seconds(3_600) : .zero,
            username: username, password: try password().map { Array($0.utf8) })
        return Client(link: MosquittoLink(options), subscriptions: subscriptions)
    }
}
