import Core

/// A key as it is handed over: the only time that its secret is there.
struct NewKey {
    let id: String
    /// What its holder shows; goes to whoever asked for it and nowhere else.
    let secret: String
    let json: [UInt8]
    private let members: JSONObject

    /// - Throws: where it is no key.
    init(_ answer: DaemonAnswer) throws(Ending) {
        guard case .object(let members) = try answer.json(),
            let id = members["id"]?.string, let secret = members["key"]?.string
        else { throw DaemonAnswer.foreign }
        self.id = id
        self.secret = secret
        self.members = members
        json = answer.body
    }

    /// `key 0a1b2c3d4e5f (grafana, viewer), good until 2026-06-01 12:00:00`
    var summary: String {
        let name = members["name"]?.string ?? ""
        var text = "key \(id) (\(name), \(members["role"]?.string ?? ""))"
        if let end = members["expires_at"]?.dayAndTime { text += ", good until \(end) UTC" }
        if let end = members["previous_until"]?.dayAndTime {
            text += "; the secret before is good until \(end) UTC"
        }
        return text.printable
    }

    var withoutSecret: [UInt8] {
        JSONValue.object(JSONObject(members.members.filter { $0.name != "key" })).encoded()
    }
}

extension NewKey: CustomStringConvertible, CustomReflectable {
    var description: String { "key \(id)" }
    var customMirror: Mirror { Mirror(self, children: ["id": id], displayStyle: .struct) }
}
