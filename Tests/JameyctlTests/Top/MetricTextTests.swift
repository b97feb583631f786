import Core
import Testing

@testable import jameyctl

@Suite("Metrics, read")
struct MetricTextTests {
    private func metrics(_ text: String) -> MetricText { MetricText(Array(text.utf8)) }

    @Test("samples have their values by name and labels; comments and what is none are passed over")
    func samples() {
        let read = metrics(
            """
            # HELP jamey_online Whether the status is online.
            # TYPE jamey_online gauge
            jamey_online 1
            jamey_component_up{component="broker"} 0
            jamey_cpu 0.25

            jamey_nothing
            jamey_word x
            jamey_infinite +Inf
            """)
        #expect(read["jamey_online"] == 1 && read[#"jamey_component_up{component="broker"}"#] == 0)
        #expect(read["jamey_cpu"] == 0.25 && read["jamey_infinite"] == .infinity)
        #expect(read["jamey_nothing"] == nil && read["jamey_word"] == nil)
        #expect(read.sum(["jamey_online", "jamey_cpu"]) == 1.25)
        #expect(read.sum(["jamey_online", "jamey_none"]) == nil)
        #expect(metrics("") == metrics("# nothing\n"))
    }

    private let histogram = """
        took_bucket{le="0.25"} 10
        took_bucket{le="0.5"} 30
        took_bucket{le="+Inf"} 40
        took_sum 5
        took_count 40
        """

    @Test("quantiles lie within their bucket in proportion; beyond the last there is only a bound")
    func quantiles() throws {
        let counts = try #require(metrics(histogram).durations("took"))
        #expect(counts.total == 40)
        #expect(counts.quantile(0.125) == .at(0.125))
        #expect(counts.quantile(0.25) == .at(0.25))
        #expect(counts.quantile(0.75) == .at(0.5))
        #expect(counts.quantile(0.76) == .above(0.5) && counts.quantile(1) == .above(0.5))
        #expect(metrics(histogram).durations("other") == nil)
        // Without a last bucket nobody knows how many there are.
        #expect(metrics(#"took_bucket{le="0.25"} 10"#).durations("took") == nil)
    }

    @Test("between two looks only what came meanwhile counts")
    func between() throws {
        let counts = try #require(metrics(histogram).durations("took"))
        let later = try #require(
            metrics(
                """
                took_bucket{le="0.25"} 10
                took_bucket{le="0.5"} 34
                took_bucket{le="+Inf"} 44
                """
            ).durations("took"))
        let grown = try #require(later.since(counts))
        #expect(grown.total == 4 && grown.quantile(0.5) == .at(0.375))
        #expect(counts.since(counts)?.quantile(0.5) == nil)
        // The process was started again, or is another.
        #expect(counts.since(later) == nil)
        let other = metrics(#"took_bucket{le="+Inf"} 50"#).durations("took")
        #expect(other?.since(counts) == nil)
    }
}
