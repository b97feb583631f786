/// The name that was probably meant, for hints: "unknown key `brocker`, did you mean `broker`?"
///
/// By Damerau and Levenshtein's distance (adjacent letters swapped count once, case not at all);
/// at most a third of the letters may differ.
/// - Parameter names: Of equally near ones the first is taken. Names above 64 letters are not
///   compared.
/// - Returns: nil when nothing is near.
public func nearestName(to unknown: String, among names: some Sequence<String>) -> String? {
    let lettersMax = 64
    let letters = Array(unknown.lowercased().unicodeScalars.prefix(lettersMax + 1))
    guard !letters.isEmpty, letters.count <= lettersMax else { return nil }
    var best: (name: String, distance: Int)?
    for name in names {
        let candidate = Array(name.lowercased().unicodeScalars.prefix(lettersMax + 1))
        guard candidate.count <= lettersMax else { continue }
        let allowed = max(1, max(letters.count, candidate.count) / 3)
        let distance = editDistance(letters, candidate)
        if distance <= allowed, distance < best?.distance ?? .max { best = (name, distance) }
    }
    return best?.name
}

/// The restricted edit distance: insert, delete, replace, swap two neighbours.
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 1..<a.count + 1 {
        var row = [i]
        for j in 1..<b.count + 1 {
            var distance = min(last[j] + 1, row[j - 1] + 1)
            distance = min(distance, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                distance = min(distance, beforeLast[j - 2] + 1)
            }
            row.append(distance)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
