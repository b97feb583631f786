import ArgumentParser
import Core

/// Of a command that says nothing where it is done: that it is, for a program.
struct Confirmation: ParsableArguments {
    @Flag(help: "Shows what came of it as one JSON object.")
    var json = false

    func tell(_ write: (inout JSONWriter) -> Void) throws(Ending) {
        try Self.tell(asJSON: json, write)
    }

    static func tell(
        asJSON: Bool, _ write: (inout JSONWriter) -> Void
    ) throws(Ending) {
        guard asJSON else { return }
        var output = LineOutput()
        try output.line(JSONWriter.object { write(&$0) })
        try output.flush()
    }
}
