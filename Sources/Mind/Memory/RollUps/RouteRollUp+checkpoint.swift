import Core

extension RouteRollUp {
    func encode(to encoder: inout CheckpointEncoder) {
        encoder.count(route + 1)
        encoder.text(name)
        encoder.count(fields.count)
        for field in fields {
            encoder.data(Array(ownName(of: field)))
            encoder.count(Int(field.parent) + 1)
            encoder.summary(field.summary)
        }
    }

    init(from decoder: inout CheckpointDecoder) throws(CheckpointError) {
        self.init(route: try decoder.size() - 1, name: try decoder.text())
        let count = try decoder.count()
        guard count <= Limits.rollUpFieldsMax else { throw decoder.damaged }
        for place in 0..<count {
            let name = try decoder.data()
            let parent = try decoder.size() - 1
            guard parent < place, name.count <= Limits.rollUpNameBytesMax else {
                throw decoder.damaged
            }
            name.withUnsafeBytes { append($0, of: Int16(truncatingIfNeeded: parent)) }
            fields[place].summary = try decoder.summary()
        }
    }
}

extension CheckpointEncoder {
    fileprivate mutating func summary(_ summary: Summary) {
        count(Int(summary.count))
        guard summary.count > 0 else { return }
        for number in [
            summary.minimum, summary.maximum, summary.mean, summary.squares, summary.last,
        ] {
            double(number)
        }
    }
}

extension CheckpointDecoder {
    fileprivate mutating func summary() throws(CheckpointError) -> Summary {
        let count = try size()
        guard count > 0 else { return Summary() }
        return Summary(
            count: Int64(count), minimum: try finite(), maximum: try finite(),
            mean: try finite(), squares: try finite(), last: try finite())
    }
}
