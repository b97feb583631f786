import Core
import Glibc

extension Exit {
    static let usage: Int32 = 64
    /// Nobody answers there.
    static let unavailable: Int32 = 69
    /// The agent has failed inside.
    static let software: Int32 = 70

    /// Of an answer by its status; 0 of one that is good.
    static func code(ofStatus status: Int) -> Int32 {
        switch status {
        case 200..<300: 0
        case 401, 403: permission
        case 404: noValue
        case 408, 429, 502, 503, 504: tryAgain
        case 400..<500: data
        case 500..<600: software
        case _: unavailable
        }
    }
}

extension Ending {
    /// The daemon has said no.
    /// - Parameter hasKey: whether it was shown a key or a token.
    init(_ answer: DaemonAnswer, from place: DaemonPlace, hasKey: Bool) {
        let body = try? JSONScanner.scan(answer.body)
        code = Exit.code(ofStatus: answer.status)
        guard let message = body?["error"]?.string, let name = body?["code"]?.string else {
            let answered = "\(place) has answered with HTTP \(answer.status)"
            text = "jameyctl: \(answered), as no jameyd does; name another with --url"
            return
        }
        var lines = ["jameyctl: \(message.printable) (\(name.printable))"]
        lines[0] += Self.advice(for: answer, from: place, hasKey: hasKey)
        if let details = body?["details"]?.string { lines.append(details.printable) }
        lines += (body?["errors"]?.array ?? []).map(Self.line)
        text = lines.joined(separator: "\n")
    }

    private static func advice(
        for answer: DaemonAnswer, from place: DaemonPlace, hasKey: Bool
    ) -> String {
        switch answer.status {
        case 401 where hasKey: "; this key is unknown, expired or revoked"
        case 401: "; name a file with one by --key-file (jameyctl keys create makes one)"
        case 403: "; show a key of another role, or ask on the agent's own machine"
        case 429, 503: answer.retryAfter.map { "; try again in \($0.text)" } ?? "; try again"
        case _: ""
        }
    }

    /// An error in a rule file: `press.yaml:3:5: unknown key 'wen'`
    private static func line(_ error: JSONValue) -> String {
        let place = [
            error["file"]?.string, error["line"]?.int.map { "\($0)" },
            error["column"]?.int.map { "\($0)" },
        ].compactMap { $0 }.joined(separator: ":")
        let message = error["message"]?.string ?? ""
        let hint = error["hint"]?.string.map { " (\($0))" } ?? ""
        return (place.isEmpty ? message + hint : "\(place): \(message)\(hint)").printable
    }

    /// The daemon was not heard.
    init(_ fault: ConnectionFault, at place: DaemonPlace) {
        switch fault {
        case .unreachable(let code) where code == EACCES || code == EPERM:
            self = .failure(
                Exit.permission,
                "\(place): \(fault); its owner and group may open it: use sudo, or "
                    + "usermod -aG jamey NAME")
        case .unreachable, .unknownHost:
            self = .failure(
                Exit.unavailable,
                "no agent answers at \(place): \(fault); start it (systemctl start jameyd), or "
                    + "name another place with --socket or --url; jameyctl doctor looks for the "
                    + "reason")
        case .untrusted:
            let advice = "name the authority that it trusts with --ca"
            self = .failure(Exit.unavailable, "\(place): \(fault); \(advice)")
        case .foreign:
            self = .failure(Exit.unavailable, "what answers at \(place) is no jameyd: \(fault)")
        case .late:
            self = .failure(Exit.tryAgain, "\(place) has not answered in time; try again")
        case .broken:
            self = .failure(
                Exit.tryAgain,
                "\(place): \(fault); look whether it was done, and try again")
        case .tooLarge:
            self = .failure(Exit.io, "\(place): \(fault); ask for less")
        }
    }
}
