import Core

extension JointBaseline {
    func encode(to encoder: inout CheckpointEncoder) {
        names.encode(to: &encoder)
        encoder.count(count)
        for field in fields {
            encoder.count(field.count)
            encoder.double(field.level)
            encoder.double(field.centre)
            encoder.double(field.noise)
        }
        for product in products { encoder.double(product) }
        for entry in factor { encoder.double(entry) }
    }

    init(from decoder: inout CheckpointDecoder) throws(CheckpointError) {
        names = try FieldNames(from: &decoder)
        count = try decoder.size()
        for _ in 0..<names.count {
            let field = Field(
                count: try decoder.size(), level: try decoder.finite(),
                centre: try decoder.finite(), noise: try decoder.finite())
            guard (1...max(count, 1)).contains(field.count), field.noise >= 0 else {
                throw decoder.damaged
            }
            fields.append(field)
        }
        for _ in 0..<Self.row(names.count) { products.append(try decoder.finite()) }
        for _ in 0..<Self.row(names.count) { factor.append(try decoder.finite()) }
        for place in fields.indices {
            guard products[Self.diagonal(place)] >= 0, factor[Self.diagonal(place)] >= 0 else {
                throw decoder.damaged
            }
        }
    }
}
