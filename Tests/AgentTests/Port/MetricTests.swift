import Core
import Testing

@testable import Agent

@Suite("Metrics")
struct MetricTests {
    private let files: SimFiles
    private let path: String

    init() throws {
        files = try SimFiles()
        path = files.new()
    }

    /// An agent that has committed something.
    private func subject() throws -> AgentUnderTest {
        let path = path
        let subject = try AgentUnderTest(path, settings: { $0.storePath = path })
        subject.connect()
        let message = Message(
            topic: "t/all/d1", payload: Array(#"{"temp":20}"#.utf8), qos: .atLeastOnce)
        subject.turn(messages: [message])
        subject.agent.apiStatus = .listening(["127.0.0.1:8642"])
        return subject
    }

    private func key(_ sample: MetricSample) -> String {
        sample.name + sample.suffix + sample.labels.map { "{\($0.name)=\($0.value)}" }.joined()
    }

    @Test("no sample is told twice, those of one name stand together and agree on what they are")
    func families() throws {
        let samples = try subject().agent.report().metrics
        #expect(Set(samples.map(key)).count == samples.count && samples.count > 60)
        var seen: Set<String> = []
        var last: MetricSample?
        for sample in samples {
            if let last, last.name == sample.name {
                #expect(last.type == sample.type && last.help == sample.help, "\(sample.name)")
            } else {
                #expect(seen.insert(sample.name).inserted, "\(sample.name) is in two places")
            }
            last = sample
        }
    }

    /// As `promtool check metrics` has them.
    @Test("names, units and help are by Prometheus' conventions")
    func conventions() throws {
        let abbreviated: Set = ["s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "m", "h", "d"]
        let units: Set = [
            "milliseconds", "microseconds", "nanoseconds", "minutes", "hours", "days", "weeks",
            "kilobytes", "megabytes", "mebibytes", "bits", "percent",
        ]
        for sample in try subject().agent.report().metrics {
            let name = sample.name
            #expect(name.wholeMatch(of: /(jamey|process)(_[a-z0-9]+)+/) != nil, "\(name)")
            #expect(name.hasSuffix("_total") == (sample.type == .counter), "\(name)")
            let words = Set(name.split(separator: "_").map(String.init))
            #expect(words.isDisjoint(with: units.union(abbreviated)), "\(name)")
            let types = Set(MetricSample.Kind.allCases.map(\.rawValue))
            #expect(words.isDisjoint(with: types), "\(name)")
            #expect(!sample.help.isEmpty && sample.help.hasSuffix("."), "\(name)")
            #expect(sample.value.isFinite && sample.value >= 0, "\(name)")
            #expect(["", "_bucket", "_sum", "_count"].contains(sample.suffix), "\(name)")
            #expect(sample.suffix.isEmpty == (sample.type != .histogram), "\(name)")
            for ending in ["_bucket", "_sum", "_count", "_info_total"] {
                #expect(!name.hasSuffix(ending), "\(name)")
            }
            let labels = Set(sample.labels.map(\.name))
            #expect(labels.isSubset(of: ["version", "component", "le"]), "\(name)")
        }
    }

    @Test("by MQTT the same names have the same values, but for those with labels")
    func flat() throws {
        let subject = try subject()
        let now = subject.clock.monotonic()
        let told = try JSONScanner.scan(subject.agent.metrics(at: now).payload)
        let plain = subject.agent.readings(at: now).samples.filter(\.labels.isEmpty)
        #expect(told.object?.members.map(\.name) == plain.map { $0.name + $0.suffix })
        // What the process takes goes on.
        for sample in plain where sample.name.hasPrefix("jamey") && !sample.name.contains("disk") {
            #expect(told[sample.name + sample.suffix]?.double == sample.value, "\(sample.name)")
        }
        #expect(told["jamey_commits_total"]?.int == 1)
        #expect(told["jamey_commit_duration_seconds_count"]?.int == 1)
    }

    @Test("components are up or not, by the health")
    func components() throws {
        let subject = try subject()
        func ups() -> [String: Double] {
            var ups: [String: Double] = [:]
            for sample in subject.agent.report().metrics where sample.name == "jamey_component_up" {
                ups[sample.labels.first?.value ?? ""] = sample.value
            }
            return ups
        }
        let names = ["broker", "store", "mind", "memory", "outbox", "api"]
        #expect(ups() == Dictionary(uniqueKeysWithValues: names.map { ($0, 1.0) }))
        subject.turn(.lost(reason: "gone"))
        #expect(ups()["broker"] == 0 && ups()["store"] == 1)
    }

    @Test("a publication that the broker refuses is counted")
    func dropped() throws {
        let subject = try subject()
        let hot = Message(
            topic: "t/all/d1", payload: Array(#"{"temp":95,"n":1}"#.utf8), qos: .atLeastOnce)
        subject.turn(messages: [hot])
        let place = subject.link.published.firstIndex { $0.topic == "jamey/n/alerts/hot/d1" }
        let packetID = UInt16(try #require(place) + 1)
        subject.turn(.confirmed(packetID: packetID, reason: 0x87))
        let sample = subject.agent.report().metrics.first {
            $0.name == "jamey_publications_dropped_total"
        }
        #expect(sample?.value == 1 && subject.codes.contains("PUBLISH_REFUSED"))
    }

    @Test("durations are counted in buckets, each with all that took no longer")
    func histogram() {
        var histogram = DurationHistogram()
        let taken: [Duration] = [
            .zero, .microseconds(250), .microseconds(251), .milliseconds(700), .seconds(9),
        ]
        for duration in taken { histogram.add(duration) }
        let samples = histogram.samples("x_seconds", "How long.")
        let buckets = samples.filter { $0.suffix == "_bucket" }
        #expect(buckets.first?.labels.first?.value == "0.00025")
        #expect(buckets.last?.labels.first?.value == "+Inf")
        #expect(buckets.map(\.value) == [2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 5])
        #expect(samples.first { $0.suffix == "_count" }?.value == 5)
        #expect(samples.first { $0.suffix == "_sum" }?.value == 9.700501)
    }

    @Test("the text has help and type once for each name, and escapes what would end a text")
    func text() {
        let samples: [MetricSample] = [
            .counter("a_total", "As \\ many\nas.", 3),
            MetricSample(
                "b", .gauge, "B.", labels: [("x", "1\"2\\3\n4"), ("y", "z")], value: 0.25),
            MetricSample("b", .gauge, "B.", labels: [("x", "é"), ("y", "z")], value: -2),
            MetricSample("c", .gauge, "C.", value: .infinity),
            MetricSample("d", suffix: "_sum", .histogram, "D.", value: 1e300),
        ]
        let text = String(decoding: samples.prometheusText, as: UTF8.self)
        #expect(
            text == """
                # HELP a_total As \\\\ many\\nas.
                # TYPE a_total counter
                a_total 3
                # HELP b B.
                # TYPE b gauge
                b{x="1\\"2\\\\3\\n4",y="z"} 0.25
                b{x="é",y="z"} -2
                # HELP c C.
                # TYPE c gauge
                c +Inf
                # HELP d D.
                # TYPE d histogram
                d_sum 1e+300

                """)
    }
}
