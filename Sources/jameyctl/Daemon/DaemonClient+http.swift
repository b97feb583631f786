import AsyncHTTPClient
import Core
import NIOCore
import NIOHTTP1
import NIOSSL

extension DaemonClient {
    /// Asks, and takes the whole answer.
    func exchange(_ request: DaemonRequest) async -> Result<DaemonAnswer, ConnectionFault> {
        do {
            let answer = try await HTTPClient.withHTTPClient(
                eventLoopGroup: EventLoops.group, configuration: try configuration()
            ) { client in
                let response = try await client.execute(
                    head(of: request), timeout: TimeAmount(request.patience))
                return try await DaemonAnswer(response, bytesMax: request.answerBytesMax)
            }
            return .success(answer)
        } catch { return .failure(ConnectionFault(error)) }
    }

    /// How hearing of events came to its end.
    enum ListeningEnd: Sendable {
        /// The daemon has ended it; it may be asked again.
        /// `withFault`: the last that it has said is that something cannot be told.
        case over(withFault: Bool)
        /// Nobody takes them any longer.
        case unwanted
        case refused(DaemonAnswer)
        /// `wasOpen`: whether anything was heard.
        case lost(ConnectionFault, wasOpen: Bool)
    }

    /// Hears what happens, for as long as somebody takes it.
    /// - Parameter id: of the last event that is known; nil begins with what happens now.
    func listen(after id: String?, into queue: EventQueue) async -> ListeningEnd {
        var request = DaemonRequest(.get, "/events")
        request.fields = [("Accept", EventStreamParser.type)]
        if let id { request.fields.append(("Last-Event-ID", id)) }
        let head = head(of: request)
        var wasOpen = false
        do {
            return try await HTTPClient.withHTTPClient(
                eventLoopGroup: EventLoops.group,
                configuration: try configuration(silenceMax: Limits.daemonEventSilenceMax)
            ) { client in
                let response = try await client.execute(
                    head, timeout: TimeAmount(request.patience))
                guard response.status == .ok else {
                    return .refused(
                        try await DaemonAnswer(response, bytesMax: request.answerBytesMax))
                }
                wasOpen = true
                var parser = EventStreamParser()
                var isFaulty = false
                for try await chunk in response.body {
                    for event in try parser.read(chunk.readableBytesView) {
                        isFaulty = event.name == "fault"
                        guard await queue.put(.event(event)) else { return .unwanted }
                    }
                }
                return .over(withFault: isFaulty)
            }
        } catch { return .lost(ConnectionFault(error), wasOpen: wasOpen) }
    }

    private func head(of request: DaemonRequest) -> HTTPClientRequest {
        var head = HTTPClientRequest(url: place.prefix + request.target)
        head.method = HTTPMethod(rawValue: request.method.rawValue)
        // A local socket has no name, and HTTP/1.1 wants one (RFC 9112, section 3.2).
        if case .socket = place { head.headers.add(name: "Host", value: "localhost") }
        head.headers.add(name: "User-Agent", value: "jameyctl/\(Version.number)")
        if let key { head.headers.add(name: "Authorization", value: key.authorization) }
        for field in request.fields { head.headers.add(name: field.name, value: field.value) }
        if let body = request.body {
            head.headers.add(name: "Content-Type", value: request.type)
            head.body = .bytes(ByteBuffer(bytes: body))
        }
        return head
    }

    /// - Parameter silenceMax: after which a connection counts as lost; nil: there is no bound.
    /// - Throws: `.untrusted` where the authorities cannot be read.
    private func configuration(
        silenceMax: Duration? = nil
    ) throws(ConnectionFault) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = HTTPClient.Configuration.Timeout(
            connect: TimeAmount(Limits.daemonConnectTimeMax),
            read: silenceMax.map { TimeAmount($0) })
        // A person waits: what is wrong is to be told at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.tlsConfiguration = try TLSConfiguration.trusting(authorities)
        return configuration
    }
}

extension TLSConfiguration {
    /// What a client of ours asks of a server.
    /// - Parameter authorities: PEM; nil: those of the system.
    /// - Throws: `.untrusted` where these are no certificates.
    static func trusting(_ authorities: [UInt8]?) throws(ConnectionFault) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        guard let authorities else { return configuration }
        do {
            configuration.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes(authorities))
        } catch { throw .untrusted("the file of authorities holds no certificate in PEM") }
        return configuration
    }
}

extension DaemonAnswer {
    fileprivate init(_ response: HTTPClientResponse, bytesMax: Int) async throws {
        let body = try await response.body.collect(upTo: bytesMax)
        self.init(
            status: Int(response.status.code),
            fields: response.headers.map { ($0.name, $0.value) },
            body: Array(body.readableBytesView))
    }
}
