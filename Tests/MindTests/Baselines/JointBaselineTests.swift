import Core
import Testing

@testable import Mind

@Suite("How fields move together")
struct JointBaselineTests {
    /// Learns from a document, and tells what it scored before.
    private static func hear(_ joint: inout JointBaseline, _ text: String) throws -> Double {
        let document = try JSONDocument(Array(text.utf8))
        let score = document.withView { joint.score($0) }
        document.withView { joint.learn($0) }
        return score
    }

    /// Two fields that go up and down together, and a third by itself; slowly, so that the levels
    /// follow.
    struct Plant {
        var random: SeededGenerator
        private var load = 0.0
        private var other = 0.0

        init(seed: UInt64) { random = SeededGenerator(seed: seed) }

        mutating func reading() -> String {
            load += (Double.random(in: -1...1, using: &random) * 40 - load) * 0.03
            other += (Double.random(in: -1...1, using: &random) * 40 - other) * 0.03
            return text(gap: 0)
        }

        /// All as in the middle of what is usual, but `b`, which is where it is at another load.
        mutating func parted() -> String {
            load -= load * 0.03
            other -= other * 0.03
            return text(gap: 10)
        }

        private mutating func text(gap: Double) -> String {
            func noise() -> Double { Double.random(in: -0.05...0.05, using: &random) }
            let b = 50 - 2 * load + noise() + gap
            return #"{"a":\#(100 + load + noise()),"b":\#(b),"c":\#(7 + other + noise())}"#
        }
    }

    @Test("nothing is known before 400 messages; then little departs of what is as usual")
    func learning() throws {
        for seed: UInt64 in 1...4 {
            var plant = Plant(seed: seed)
            var joint = JointBaseline()
            var scores: [Double] = []
            for number in 0..<6_000 {
                let score = try Self.hear(&joint, plant.reading())
                if number < 400 { #expect(score == 0) } else { scores.append(score) }
                #expect(score.isFinite)
            }
            let departed = scores.dropFirst(2_000).filter { $0 > 1 }.count
            #expect(departed < 40, "seed \(seed): \(departed)")
            #expect(scores.contains { $0 > 0.1 }, "seed \(seed)")
        }
    }

    @Test("a joint departure is seen when no field departs by itself, and named by its fields")
    func joint() throws {
        for seed: UInt64 in 10...14 {
            var plant = Plant(seed: seed)
            var joint = JointBaseline()
            var alone = (0..<3).map { _ in JointBaseline() }
            var (peak, peakAlone, named) = (0.0, 0.0, [String]())
            for number in 0..<3_100 {
                let isOff = number >= 3_000
                let text = isOff ? plant.parted() : plant.reading()
                let document = try JSONDocument(Array(text.utf8))
                let score = try Self.hear(&joint, text)
                if isOff, score > peak {
                    peak = score
                    named = document.withView { joint.departed($0) }
                }
                for (place, name) in ["a", "b", "c"].enumerated() {
                    let value = try #require(document.value[name]?.double)
                    let score = try Self.hear(&alone[place], "{\"\(name)\":\(value)}")
                    if isOff { peakAlone = max(peakAlone, score) }
                }
            }
            print("seed \(seed): together \(peak), alone \(peakAlone), \(named)")
            #expect(peak > 1 && peakAlone < 1, "seed \(seed): \(peak), alone \(peakAlone)")
            // Which of the two is off cannot be told.
            let isPair = !named.isEmpty && Set(named).isSubset(of: ["a", "b"])
            #expect(isPair, "seed \(seed): \(named)")
        }
    }

    @Test("a single spike moves a centre by no more than a usual reading may")
    func spikes() throws {
        var plant = Plant(seed: 20)
        var joint = JointBaseline()
        for _ in 0..<1_000 { _ = try Self.hear(&joint, plant.reading()) }
        let before = joint
        let score = try Self.hear(&joint, #"{"a":1e300,"b":-1e300,"c":1e18}"#)
        #expect(score < 1, "one reading is no departure of a level")
        for place in 0..<3 {
            let usual = before.products[JointBaseline.diagonal(place)].squareRoot()
            #expect(abs(joint.fields[place].centre - before.fields[place].centre) <= usual / 400)
            let growth =
                joint.products[JointBaseline.diagonal(place)] / (usual * usual)
            #expect(growth < 1.001)
        }
        // Also while it learns.
        var learning = JointBaseline()
        for number in 0..<400 {
            _ = try Self.hear(&learning, number == 200 ? #"{"x":1e9}"# : #"{"x":\#(number % 7)}"#)
        }
        #expect(abs(learning.fields[0].centre - 3) < 0.2, "\(learning.fields[0].centre)")
    }

    @Test("fields stand in the order in which they came, up to the bound, whatever their names")
    func order() throws {
        var joint = JointBaseline()
        _ = try Self.hear(&joint, #"{"z":1,"s":"text","a":2,"n":null,"o":{"p":3},"t":true}"#)
        _ = try Self.hear(&joint, #"{"m":1,"a":5,"z":6}"#)
        let long = String(repeating: "x", count: Limits.jointNameBytesMax + 1)
        _ = try Self.hear(&joint, #"{"\#(long)":1,"é":2}"#)
        func names() -> [String] { (0..<joint.names.count).map { joint.names[$0] } }
        #expect(names() == ["z", "a", "m", "é"])
        #expect(joint.fields.map(\.count) == [3, 3, 2, 1])
        let many = (0..<100).map { "\"f\($0)\":\($0)" }.joined(separator: ",")
        _ = try Self.hear(&joint, "{\(many)}")
        #expect(joint.fields.count == Limits.jointFieldsMax)
        #expect(names().last == "f\(Limits.jointFieldsMax - 5)")
        let bytes = joint.estimatedBytes
        for _ in 0..<500 { _ = try Self.hear(&joint, "{\(many)}") }
        #expect(joint.estimatedBytes == bytes)
    }

    @Test("what is no object, or has no numbers, changes nothing")
    func nothing() throws {
        var joint = JointBaseline()
        _ = try Self.hear(&joint, #"{"a":1}"#)
        let before = joint
        for text in ["7", "[1,2]", "{}", #"{"a":"1"}"#, "null"] {
            _ = try Self.hear(&joint, text)
        }
        #expect(joint == before)
    }

    @Test("a field that never varied is not judged, and is when it has varied for a while")
    func constant() throws {
        var plant = Plant(seed: 30)
        var joint = JointBaseline()
        func with(_ d: Double) -> String { plant.reading().dropLast() + #","d":\#(d)}"# }
        for _ in 0..<1_000 { _ = try Self.hear(&joint, with(5)) }
        #expect(joint.factor[JointBaseline.diagonal(3)] == 0)
        for number in 0..<200 { _ = try Self.hear(&joint, with(Double(number % 5))) }
        #expect(joint.factor[JointBaseline.diagonal(3)] > 0)
        // What never varies at all is never judged.
        var still = JointBaseline()
        for _ in 0..<2_000 {
            let score = try Self.hear(&still, #"{"a":3.3,"b":1e-7}"#)
            #expect(score == 0)
        }
        let departed = still.departed(nil)
        #expect(departed.isEmpty)
    }

    @Test("a field that comes later learns by itself, and the others go on being judged")
    func late() throws {
        var plant = Plant(seed: 40)
        var joint = JointBaseline()
        for _ in 0..<1_000 { _ = try Self.hear(&joint, plant.reading()) }
        var count = 0
        for number in 0..<600 {
            let extra = #","late":\#(1_000 + number % 9)}"#
            let score = try Self.hear(&joint, plant.reading().dropLast() + extra)
            if score > 1 { count += 1 }
            #expect(score > 0)
            let isJudged = joint.factor[JointBaseline.diagonal(3)] > 0
            // The factor is made anew every 16 messages.
            if !(400..<416).contains(number + 1) { #expect(isJudged == (number + 1 >= 416)) }
        }
        #expect(count < 30, "\(count)")
    }

    @Test("a message that lacks a field leaves its level where it was")
    func missing() throws {
        var joint = JointBaseline()
        for number in 0..<500 {
            _ = try Self.hear(&joint, #"{"a":\#(number % 10),"b":\#(number % 3)}"#)
        }
        let level = joint.fields[1].level
        for number in 0..<50 { _ = try Self.hear(&joint, #"{"a":\#(number % 10)}"#) }
        #expect(joint.fields[1].level == level && joint.fields[1].count == 550)
    }

    @Test("the score is the Mahalanobis distance, by the plain formula")
    func formula() throws {
        var plant = Plant(seed: 50)
        var joint = JointBaseline()
        // 16 × 50 messages: the factor is of this very moment.
        for _ in 0..<800 { _ = try Self.hear(&joint, plant.reading()) }
        let score = joint.score(nil)
        let e = (0..<3).map {
            joint.fields[$0].departure / joint.products[JointBaseline.diagonal($0)].squareRoot()
        }
        func r(_ i: Int, _ j: Int) -> Double {
            if i == j { return 1 }
            let (i, j) = (max(i, j), min(i, j))
            let sizes =
                joint.products[JointBaseline.diagonal(i)].squareRoot()
                * joint.products[JointBaseline.diagonal(j)].squareRoot()
            return 0.98 * joint.products[JointBaseline.row(i) + j] / sizes
        }
        // By Cramer's rule.
        func determinant(_ m: [[Double]]) -> Double {
            m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
                - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
                + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
        }
        let matrix = (0..<3).map { i in (0..<3).map { r(i, $0) } }
        var distance = 0.0
        for column in 0..<3 {
            var replaced = matrix
            for row in 0..<3 { replaced[row][column] = e[row] }
            distance += e[column] * determinant(replaced) / determinant(matrix)
        }
        let expected = (distance / 3).squareRoot() / 4.75
        #expect(abs(score - expected) < 1e-9 * expected, "\(score) \(expected)")
    }
}
