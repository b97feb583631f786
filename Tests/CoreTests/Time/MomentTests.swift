import Core
import Testing

@Suite("Times and ages")
struct MomentTests {
    private let now = Timestamp(microseconds: 1_772_366_400_000_000)

    @Test("a text is a time, or how long ago it was")
    func reading() throws {
        #expect(try Timestamp(moment: "2h", now: now) == now + .seconds(-7_200))
        #expect(try Timestamp(moment: "1h30m", now: now) == now + .seconds(-5_400))
        #expect(try Timestamp(moment: "0s", now: now) == now)
        #expect(try Timestamp(moment: "2026-03-01T12:00:00Z", now: now) == now)
        #expect(try Timestamp(moment: "2026-03-01T13:00:00+01:00", now: now) == now)
    }

    @Test("what is neither is told of")
    func faults() {
        #expect(throws: MomentError.age(.malformed("soon"))) {
            try Timestamp(moment: "soon", now: now)
        }
        #expect(throws: MomentError.age(.malformed(""))) { try Timestamp(moment: "", now: now) }
        #expect(throws: MomentError.time(.malformed)) {
            try Timestamp(moment: "2026-03-01", now: now)
        }
        #expect(throws: MomentError.time(.outOfRange)) {
            try Timestamp(moment: "2026-13-01T00:00:00Z", now: now)
        }
        for error in [MomentError.time(.malformed), .age(.malformed("x"))] {
            #expect(!error.description.isEmpty)
        }
    }
}
