import Testing

@testable import Core

@Suite("A soul")
struct SoulTests {
    private let day: Duration = .seconds(86_400)
    private let start = Timestamp(microseconds: 1_700_000_000_000_000)

    private enum Change {
        case told(Emotion, Int64)
        case judged(Emotion)
    }

    private func apply(_ change: Change, to soul: inout Soul, at time: Timestamp) {
        switch change {
        case .told(let emotion, let weight):
            soul.record(emotion, weight: weight, at: time, halfLife: day)
        case .judged(let emotion):
            _ = soul.recordVerdict(emotion, at: time, halfLife: day)
        }
    }

    private func changes(_ count: Int, _ random: inout SplitMix64) -> [Change] {
        (0..<count).map { _ in
            let emotion = Emotion.allCases.randomElement(using: &random) ?? .joy
            if Bool.random(using: &random) { return .judged(emotion) }
            return .told(emotion, Int64.random(in: 1...100 * Soul.piece, using: &random))
        }
    }

    @Test("nothing known is a trust of 0.5 and no mood; one piece moves it by its share")
    func beginning() {
        var soul = Soul(at: start)
        #expect(soul.trust == 0.5 && soul.mood == .neutral && soul.empathy == 0.5)
        #expect(soul.alpha == 1 && soul.beta == 1)
        soul.record(.anger, weight: Soul.piece, at: start, halfLife: day)
        #expect(soul.evidenceFor == 100_000_000 && soul.evidenceAgainst == 900_000_000)
        #expect(soul.trust == 11.0 / 30 && soul.mood == .anger && soul.changes == 1)
        #expect(soul.alpha == 1.1 && soul.beta == 1.9)
    }

    @Test("what is recorded at one moment comes to the same bits in every order")
    func order() {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            var soul = Soul(at: start)
            let before = Int.random(in: 0..<20, using: &random)
            for change in changes(before, &random) { apply(change, to: &soul, at: start) }
            let time = start + .microseconds(Int64.random(in: 0...10_000_000_000, using: &random))
            var together = changes(Int.random(in: 0..<30, using: &random), &random)
            var (one, other) = (soul, soul)
            for change in together { apply(change, to: &one, at: time) }
            together.shuffle(using: &random)
            for change in together { apply(change, to: &other, at: time) }
            #expect(one == other, "seed \(seed)")
            #expect(one.trust.bitPattern == other.trust.bitPattern, "seed \(seed)")
        }
    }

    @Test("trust stays between 0 and 1, and goes to 0.5 for good when nothing comes")
    func bounds() {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<100 {
            var soul = Soul(at: start)
            var time = start
            for change in changes(50, &random) {
                time = time + .seconds(Int64.random(in: 0...100_000, using: &random))
                apply(change, to: &soul, at: time)
                #expect((0...1).contains(soul.trust), "seed \(seed)")
                #expect((0...1).contains(soul.empathy), "seed \(seed)")
            }
            var distance = abs(soul.trust - 0.5)
            for days in 1...40 {
                let later = soul.settled(at: time + day * days, halfLife: day)
                // But for the rounding of billionths.
                #expect(abs(later.trust - 0.5) <= distance + 1e-9, "seed \(seed): day \(days)")
                distance = abs(later.trust - 0.5)
            }
            // Empathy stretches a half-life to two at most.
            let end = soul.settled(at: time + day * 130, halfLife: day)
            #expect(end.trust == 0.5 && end.mood == .neutral, "seed \(seed)")
        }
    }

    @Test("asking changes nothing, an earlier moment takes nothing, steps come to the same")
    func settling() {
        var soul = Soul(at: start)
        soul.record(.neutral, weight: 7 * Soul.piece, at: start, halfLife: day)
        #expect(soul.settled(at: start + .seconds(-9), halfLife: day) == soul)
        #expect(soul.settled(at: start, halfLife: day) == soul)
        let once = soul.settled(at: start + day, halfLife: day)
        #expect(once.evidenceFor == 1_750_000_000 && once.age == Decay.halfLife)
        var stepped = soul
        for hour in 1...24 {
            stepped = stepped.settled(at: start + .seconds(3600 * hour), halfLife: day)
        }
        #expect(abs(stepped.evidenceFor - once.evidenceFor) <= 24)
        #expect(abs(stepped.age - once.age) <= 24)
        // What comes late is taken in as of the newest moment.
        var late = soul
        late.record(.joy, weight: Soul.piece, at: start + .seconds(-60), halfLife: day)
        #expect(late.at == start && late.changes == 2)
    }

    @Test("good feelings are forgotten at half the rate, bad ones faster")
    func empathy() {
        func left(_ emotion: Emotion) -> Double {
            var soul = Soul(at: start)
            soul.record(emotion, weight: Soul.piece, at: start, halfLife: day)
            let later = soul.settled(at: start + day, halfLife: day)
            return Soul.pieces(later.evidenceFor + later.evidenceAgainst)
        }
        #expect(abs(left(.love) - 0.707_106_781) < 1e-8)
        #expect(left(.joy) > 0.5 && left(.joy) < left(.love))
        #expect(abs(left(.neutral) - 0.5) < 1e-8)
        #expect(left(.sadness) < 0.5 && left(.anger) < left(.sadness))
        // 1 / (1 - 0.2 / 0.3 / 2) half-lives.
        #expect(abs(left(.anger) - 0.353_553) < 1e-4)
    }

    @Test("the mood is the emotion nearest to what was felt")
    func moods() {
        for emotion in Emotion.allCases {
            var soul = Soul(at: start)
            soul.record(emotion, weight: 3 * Soul.piece, at: start, halfLife: day)
            #expect(soul.mood == emotion && abs(soul.empathy - emotion.evidence) < 1e-6)
        }
        var mixed = Soul(at: start)
        mixed.record(.love, weight: Soul.piece, at: start, halfLife: day)
        mixed.record(.anger, weight: Soul.piece, at: start, halfLife: day)
        #expect(mixed.mood == .neutral)
        #expect(Set(Emotion.allCases.map(\.emoji)).count == 5)
    }

    @Test("however often verdicts say the same, they move trust no further than a bound")
    func verdicts() {
        func flood(
            _ emotion: Emotion, _ count: Int, over time: Duration
        ) -> (trust: Double, counted: Int) {
            var soul = Soul(at: start)
            var counted = 0
            for index in 0..<count {
                let at = start + .microseconds(time.microseconds / Int64(count) * Int64(index))
                if soul.recordVerdict(emotion, at: at, halfLife: day) { counted += 1 }
            }
            return (soul.trust, counted)
        }
        let (low, denied) = flood(.anger, 100_000, over: .seconds(1))
        #expect(low > 1.0 / 3 && low < 0.38 && denied == 10)
        #expect(flood(.joy, 100_000, over: .seconds(1)).trust < 0.61)
        #expect(flood(.anger, 3, over: .zero).counted == 3)
        // What is forgotten makes room for few: the rest leaves no mark.
        let (lasting, daily) = flood(.anger, 100_000, over: day)
        #expect(lasting > 1.0 / 3 && daily > 10 && daily < 25)
        // Against what rules have seen, that is little.
        var known = Soul(at: start)
        for _ in 0..<20 { known.record(.joy, weight: Soul.piece, at: start, halfLife: day) }
        let before = known.trust
        for _ in 0..<1_000 {
            _ = known.recordVerdict(.anger, at: start, halfLife: day)
        }
        #expect(before - known.trust < 0.04)
    }

    @Test(
        "a person sets the trust; that is evidence as any other, and forgotten",
        arguments: [
            0.01, 0.1, 0.3, 0.5, 0.65, 0.9, 0.99,
        ])
    func set(trust: Double) {
        var soul = Soul(at: start)
        soul.record(.love, weight: 50 * Soul.piece, at: start, halfLife: day)
        let isCounted = soul.recordVerdict(.anger, at: start, halfLife: day)
        #expect(isCounted)
        soul.set(trust, at: start + day, halfLife: day)
        #expect(abs(soul.trust - trust) < 1e-8)
        #expect(soul.pro >= 0 && soul.contra >= 0 && soul.judged == EmotionWeights())
        let pieces = Soul.pieces(soul.pro + soul.contra)
        #expect(pieces >= 10 && pieces <= 98.001)
        #expect(soul.settled(at: start + day * 200, halfLife: day).trust == 0.5)
    }

    @Test("a half-life that is made to pass is one that has passed")
    func decay() {
        var soul = Soul(at: start)
        soul.record(.neutral, weight: 8 * Soul.piece, at: start, halfLife: day)
        let passed = soul.settled(at: start + day, halfLife: day)
        soul.decay(by: Decay.halfLife, at: start, halfLife: day)
        #expect(soul.evidenceFor == passed.evidenceFor && soul.age == passed.age)
        #expect(soul.at == start && soul.changes == 2)
    }

    @Test("more evidence than there can be counts as the bound, and the sum of both still holds")
    func saturation() {
        var soul = Soul(at: start)
        let weight = Soul.amount(Limits.soulWeights.upperBound)
        soul.pro = Limits.soulEvidenceMax - 1
        soul.contra = Limits.soulEvidenceMax - 1
        soul.record(.neutral, weight: weight, at: start, halfLife: day)
        #expect(soul.pro == Limits.soulEvidenceMax && soul.contra == Limits.soulEvidenceMax)
        #expect(soul.trust == 0.5 && soul.empathy == 0.5)
        soul.age = .max
        soul.decay(by: Decay.halfLife, at: start, halfLife: day)
        #expect(soul.age == .max)
    }

    @Test("what is left of the pieces is what the soul holds, and their effects add up in sign")
    func evidence() {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        var soul = Soul(at: start)
        var pieces: [Evidence] = []
        var time = start
        for number in 1...40 {
            time = time + .seconds(Int64.random(in: 0...40_000, using: &random))
            let emotion = Emotion.allCases.randomElement(using: &random) ?? .joy
            let before = soul.settled(at: time, halfLife: day).trust
            let weight = Int64.random(in: 1...3 * Soul.piece, using: &random)
            soul.record(emotion, weight: weight, at: time, halfLife: day)
            pieces.append(
                Evidence(
                    entity: "e", at: time, kind: .emotion(emotion), weight: weight,
                    source: .rule, origin: "r", eventSequence: EventSequence(number),
                    before: before, soul: soul))
        }
        let now = soul.settled(at: time + .seconds(5_000), halfLife: day)
        let pro = pieces.reduce(0) { $0 + $1.left(in: now).pro }
        let contra = pieces.reduce(0) { $0 + $1.left(in: now).contra }
        #expect(abs(pro - now.evidenceFor) < 10_000, "seed \(seed)")
        #expect(abs(contra - now.evidenceAgainst) < 10_000, "seed \(seed)")
        for piece in pieces where piece.kind == .emotion(.love) {
            #expect(piece.effect(in: now) >= 0, "seed \(seed)")
        }
        #expect((0...1).contains(pieces[0].share(in: now)))
    }
}
