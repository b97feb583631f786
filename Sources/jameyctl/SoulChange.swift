import Core
import Proof
import Store

extension Place {
    /// Has what is believed of an entity changed, and shows what came of it.
    func carryOut(_ request: SoulRequest, asJSON: Bool) throws(Ending) {
        switch self {
        case .file(let store):
            guard try store.carryOut(.soul(request)).changed > 0 else {
                throw .noSoul(request.entity)
            }
            let reader = try store.open()
            let stored: StoredSoul?
            do throws(ReadError) { stored = try reader.soul(of: request.entity) } catch {
                throw Ending(error)
            }
            if let stored { try Self.show(stored, asJSON ? stored.json : nil) }
        case .daemon(let daemon):
            let asked = DaemonRequest(
                .put, "/soul/\(request.entity)", body: Self.body(request.action))
            let answer = try daemon.ask(asked, missing: .noSoul(request.entity))
            try Self.show(StoredSoul.answered(answer.piece), asJSON ? answer.body : nil)
        }
    }

    private static func show(_ stored: StoredSoul, _ json: [UInt8]?) throws(Ending) {
        var output = LineOutput()
        if let json {
            try output.line(json)
        } else {
            try output.line(SoulLine.text(stored, columns: output.columns))
        }
        try output.flush()
    }

    /// As the API takes it; to forget is another request.
    private static func body(_ action: SoulRequest.Action) -> [UInt8] {
        JSONWriter.object { json in
            switch action {
            case .record(let emotion, let weight, let note):
                json.member("emotion", emotion.rawValue)
                json.member("weight", Soul.pieces(weight))
                if !note.isEmpty { json.member("note", note) }
            case .set(let trust): json.member("trust", trust)
            case .decay(let halfLives): json.member("half_lives", halfLives)
            case .forget: break
            }
        }
    }
}
