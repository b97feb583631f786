import CEL

/// A place in a payload that expressions ask for, and what is there in most payloads.
struct PayloadField {
    let path: [String]
    let type: ValueType

    private init(_ path: String..., type: ValueType) {
        self.path = path
        self.type = type
    }

    static let all: [PayloadField] = [
        PayloadField("temp", type: .number), PayloadField("count", type: .number),
        PayloadField("level", type: .number), PayloadField("big", type: .number),
        PayloadField("a-b", type: .number), PayloadField("é\n", type: .number),
        PayloadField("pos", "x", type: .number), PayloadField("pos", "inner", "z", type: .number),
        PayloadField("values", "0", type: .number), PayloadField("values", "2", type: .number),
        PayloadField("items", "1", "n", type: .number),
        PayloadField("unit", type: .string), PayloadField("name", type: .string),
        PayloadField("pos", "label", type: .string), PayloadField("names", "0", type: .string),
        PayloadField("items", "0", "id", type: .string), PayloadField("two words", type: .string),
        PayloadField("ok", type: .bool), PayloadField("items", "0", "on", type: .bool),
        PayloadField("values", type: .list(.number)), PayloadField("names", type: .list(.string)),
        PayloadField("items", type: .list(.dyn)), PayloadField("matrix", type: .list(.dyn)),
        PayloadField("pos", type: .map(.string, .dyn)),
        PayloadField("pos", "inner", type: .map(.string, .dyn)),
        PayloadField("misc", type: .dyn), PayloadField("nothing", type: .null),
        PayloadField(type: .map(.string, .dyn)),
    ]
}
