import Core
import Glibc
import Store

/// Has a request carried out: by the agent where it runs, else at its store (decision 0017).
struct Control {
    /// The agent's store.
    let store: String

    /// - Throws: what to tell, where nothing was done, or nothing is known to have been done.
    func carryOut(_ request: ControlRequest) throws(Ending) -> ControlAnswer {
        if let answer = try askAgent(request) { return answer }
        return try StoreAtRest(path: store).carryOut(request)
    }

    /// Has a running agent carry it out.
    /// - Returns: nil where none runs, and nothing was done.
    func askAgent(_ request: ControlRequest) throws(Ending) -> ControlAnswer? {
        guard let answer = try exchange(request.json) else { return nil }
        do throws(RequestError) { return try ControlAnswer(json: answer) } catch {
            throw .failure(Exit.code(of: error), "\(error.message) (\(error.code))")
        }
    }

    /// Has a running agent do something with its rules.
    func carryOut(_ request: RulesRequest) throws(Ending) -> RulesAnswer {
        guard let answer = try exchange(request.json) else {
            throw .failure(
                Exit.tryAgain,
                "no agent runs at \(store): start it, which reads its rules, and try again")
        }
        do throws(RequestError) { return try RulesAnswer(json: answer) } catch {
            throw .failure(Exit.code(of: error), "\(error.message) (\(error.code))")
        }
    }

    /// Whether an agent runs: one that is busy listens, too.
    /// - Throws: also where no agent can listen there, so that none is known to be away.
    func hasAgent() throws(Ending) -> Bool {
        let path = LocalAddress.controlPath(ofStore: store)
        guard LocalAddress(path: path) != nil else {
            throw .failure(Exit.io, "\(path): the path is too long for a socket")
        }
        guard let agent = try connection() else { return false }
        close(agent)
        return true
    }

    /// - Returns: what the agent answers; nil where none runs.
    private func exchange(_ json: [UInt8]) throws(Ending) -> [UInt8]? {
        // What is no store is told of as by every other command.
        do throws(ReadError) { _ = try StoreReader(path: store) } catch { throw Ending(error) }
        guard let agent = try connection() else { return nil }
        defer { close(agent) }
        guard send(agent, json, json.count, Int32(MSG_NOSIGNAL)) == json.count else {
            throw Self.gone
        }
        var buffer = [UInt8](repeating: 0, count: Limits.controlRequestBytesMax)
        let count = recv(agent, &buffer, buffer.count, 0)
        guard count > 0 else { throw Self.gone }
        return Array(buffer.prefix(count))
    }

    /// nil where no agent runs.
    private func connection() throws(Ending) -> Int32? {
        let path = LocalAddress.controlPath(ofStore: store)
        guard let address = LocalAddress(path: path) else { return nil }
        let kind = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw Self.failure(path, errno) }
        // Longer than the agent bears a slow disk; it answers in milliseconds.
        var patience = timeval(
            tv_sec: Int(Limits.controlPatience.microseconds / 1_000_000), tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        if address.withSocketAddress({ connect(descriptor, $0, $1) }) == 0 { return descriptor }
        let code = errno
        close(descriptor)
        // The file is not there, or nobody listens on it any longer.
        if code == ENOENT || code == ECONNREFUSED { return nil }
        throw Self.failure(path, code)
    }

    private static func failure(_ path: String, _ code: Int32) -> Ending {
        let reason = String(cString: strerror(code))
        let exit = code == EACCES || code == EPERM ? Exit.permission : Exit.io
        return .failure(exit, "\(path): \(reason)")
    }

    private static let gone = Ending.failure(
        Exit.tryAgain, "the agent has not answered; look whether it was done, and try again")
}

extension Exit {
    /// What the agent refuses for now, or for good.
    static func code(of error: RequestError) -> Int32 {
        switch error.code {
        case "UNAVAILABLE", "NOT_STORED", "TOO_MANY_FORGETTINGS": tryAgain
        case "UNKNOWN_RULESET": noValue
        case _: data
        }
    }
}
