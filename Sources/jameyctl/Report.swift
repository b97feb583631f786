/// What a command came to: lines for a person, or one JSON object.
protocol Report {
    var lines: [String] { get }
    var json: [UInt8] { get }
}

extension Report {
    func tell(asJSON: Bool) throws(Ending) {
        var output = LineOutput()
        if asJSON {
            try output.line(json)
        } else {
            for line in lines { try output.line(line) }
        }
        try output.flush()
    }
}
