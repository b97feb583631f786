import Core
import Mind

/// Errors in what a person wrote, told all at once: as text with carets, or as one JSON object.
struct Complaints {
    var errors: [SourceError]
    var code: Int32 = Exit.data
    /// Further members of the JSON object.
    var more: (inout JSONWriter) -> Void = { _ in }

    /// - Returns: what is left to tell on standard error.
    func ending(isJSON: Bool) throws(Ending) -> Ending {
        guard isJSON else {
            let text = errors.map(\.description).joined(separator: "\n")
            return Ending(code: code, text: text + "\n" + summary)
        }
        var output = LineOutput()
        try output.line(json)
        try output.flush()
        return Ending(code: code)
    }

    private var summary: String { counted(errors.count, "error") }

    private var json: [UInt8] {
        JSONWriter.object { json in
            json.member("ok", false)
            json.array("errors") { list in
                for error in errors { list.object { error.write(to: &$0) } }
            }
            more(&json)
        }
    }
}

/// `1 error`, `2 errors`
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
