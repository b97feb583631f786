import Agent
import Testing

@Suite("Prometheus' text")
struct PrometheusTextTests {
    private func text(_ samples: [MetricSample]) -> String {
        String(decoding: samples.prometheusText, as: UTF8.self)
    }

    @Test("a metric has its help and its type once, before its samples")
    func once() {
        let samples = [
            MetricSample.counter("a_total", "Counts.", 3),
            MetricSample("up", .gauge, "Is up.", labels: [("part", "x")], value: 1),
            MetricSample("up", .gauge, "Is up.", labels: [("part", "y")], value: 0),
        ]
        #expect(
            text(samples) == """
                # HELP a_total Counts.
                # TYPE a_total counter
                a_total 3
                # HELP up Is up.
                # TYPE up gauge
                up{part="x"} 1
                up{part="y"} 0

                """)
        #expect(text([]) == "")
    }

    @Test("a histogram has buckets, sum and count under one name")
    func histogram() {
        func sample(
            _ suffix: String, _ value: Double, _ labels: [(name: String, value: String)] = []
        ) -> MetricSample {
            MetricSample(
                "took_seconds", suffix: suffix, .histogram, "How long.", labels: labels,
                value: value)
        }
        let samples = [
            sample("_bucket", 1, [("le", "0.5")]), sample("_bucket", 2, [("le", "+Inf")]),
            sample("_sum", 3.25), sample("_count", 2),
        ]
        #expect(
            text(samples) == """
                # HELP took_seconds How long.
                # TYPE took_seconds histogram
                took_seconds_bucket{le="0.5"} 1
                took_seconds_bucket{le="+Inf"} 2
                took_seconds_sum 3.25
                took_seconds_count 2

                """)
    }

    @Test("backslashes, line ends and quotes are escaped where they would end something")
    func escaping() {
        let sample = MetricSample(
            "a", .gauge, "A \\ and\nmore \"so\".", labels: [("l", "\\ \n \"")], value: 1)
        #expect(
            text([sample])
                == "# HELP a A \\\\ and\\nmore \"so\".\n# TYPE a gauge\na{l=\"\\\\ \\n \\\"\"} 1\n")
    }

    @Test("numbers are written as Go reads them")
    func numbers() {
        let cases: [(Double, String)] = [
            (0, "0"), (-1, "-1"), (0.1, "0.1"), (1e15, "1000000000000000"), (.nan, "NaN"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"), (1.5e300, "1.5e+300"),
        ]
        for (value, expected) in cases {
            let line = text([MetricSample("a", .gauge, "A.", value: value)])
                .split(separator: "\n").last
            #expect(line == "a \(expected)")
        }
    }
}
