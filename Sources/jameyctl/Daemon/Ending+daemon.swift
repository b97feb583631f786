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
    /// - Parameters:
    ///   - hasKey: whether it was shown a key or a token.
    ///   - changes: whether it was asked to change something, which may be done all the same.
    init(_ answer: DaemonAnswer, from place: DaemonPlace, hasKey: Bool, changes: Bool = false) {
        let body = try? JSONScanner.scan(answer.body)
        guard let message = body?["error"]?.string, let name = body?["code"]?.string else {
            self = .foreign(answer, from: place, changes: changes)
            return
        }
        guard !answer.lacksRoute else {
            self = .mistaken(
                "this agent knows no such route: it is older than this jameyctl, or its API is "
                    + "another; install both of one version")
            return
        }
        var lines = ["jameyctl: \(message.printable) (\(name.printable))"]
        lines[0] += Self.advice(for: answer, hasKey: hasKey, changes: changes)
        if let details = body?["details"]?.string { lines.append(details.printable) }
        lines += (body?["errors"]?.array ?? []).map(Self.line)
        self = Ending(
            code: Exit.code(ofStatus: answer.status), text: lines.joined(separator: "\n"),
            isLasting: answer.status == 401 || answer.status == 403)
    }

    /// What has answered is no jameyd; a proxy before one says so when that one does not answer.
    private static func foreign(
        _ answer: DaemonAnswer, from place: DaemonPlace, changes: Bool
    ) -> Ending {
        let answered = "\(place) has answered with HTTP \(answer.status), as no jameyd does"
        guard Exit.code(ofStatus: answer.status) == Exit.tryAgain else {
            return .mistaken(answered + "; name another with --url")
        }
        return .failure(Exit.tryAgain, answered + "; " + again(changes: changes))
    }

    /// What answers is not what was looked for, or cannot be trusted: waiting does not change that.
    static func mistaken(_ text: String) -> Ending {
        var ending = failure(Exit.unavailable, text)
        ending.isLasting = true
        return ending
    }

    /// What was asked may be done without a word: whoever asks for a change once more may make two.
    private static func again(changes: Bool) -> String {
        changes ? "look whether it was done, and try again" : "try again"
    }

    private static func advice(
        for answer: DaemonAnswer, hasKey: Bool, changes: Bool
    ) -> String {
        switch answer.status {
        case 401 where hasKey: "; this key is unknown, expired or revoked"
        case 401: "; name a file with one by --key-file (jameyctl keys create makes one)"
        case 403: "; show a key of another role, or ask on the agent's own machine"
        case 429, 503:
            // What is too much is refused before it is begun.
            "; " + again(changes: changes && answer.status == 503)
                + (answer.retryAfter.map { " in \($0.text)" } ?? "")
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
    /// - Parameter changes: whether it was asked to change something.
    init(_ fault: ConnectionFault, at place: DaemonPlace, changes: Bool = false) {
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
            isLasting = fault == .unknownHost
        case .untrusted:
            let advice = "name the authority that it trusts with --ca"
            self = .mistaken("\(place): \(fault); \(advice)")
        case .foreign:
            self = .mistaken("what answers at \(place) is no jameyd: \(fault)")
        case .late:
            self = .failure(
                Exit.tryAgain,
                "\(place) has not answered in time; \(Self.again(changes: changes))")
        case .broken:
            self = .failure(
                Exit.tryAgain, "\(place): \(fault); \(Self.again(changes: changes))")
        case .tooLarge:
            self = .failure(Exit.io, "\(place): \(fault); ask for less")
        }
    }
}
