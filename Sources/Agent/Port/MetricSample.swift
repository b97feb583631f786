/// One number that the agent tells of itself, named by Prometheus' conventions.
public struct MetricSample: Sendable {
    /// What Prometheus calls the type of a metric.
    public enum Kind: String, Sendable, CaseIterable {
        /// Counts from the start of the process; its name ends in `_total`.
        case counter
        /// As it is at the moment.
        case gauge
        /// Counts by size: samples with the suffixes `_bucket`, `_sum` and `_count`.
        case histogram
    }

    /// Of the metric; its help and type belong to it.
    public var name: String
    /// What stands behind the name of this sample; empty but for histograms.
    public var suffix: String
    public var type: Kind
    /// One sentence for a person.
    public var help: String
    /// Few, and each of few values.
    public var labels: [(name: String, value: String)]
    public var value: Double

    public init(
        _ name: String, suffix: String = "", _ type: Kind, _ help: String,
        labels: [(name: String, value: String)] = [], value: Double
    ) {
        self.name = name
        self.suffix = suffix
        self.type = type
        self.help = help
        self.labels = labels
        self.value = value
    }
}

extension MetricSample {
    /// - Parameter name: ends in `_total`.
    public static func counter(_ name: String, _ help: String, _ value: Int) -> MetricSample {
        MetricSample(name, .counter, help, value: Double(value))
    }

    public static func gauge(_ name: String, _ help: String, _ value: Int) -> MetricSample {
        MetricSample(name, .gauge, help, value: Double(value))
    }

    /// A gauge that is no whole number.
    public static func gauge(
        _ name: String, _ help: String, exactly value: Double
    ) -> MetricSample {
        MetricSample(name, .gauge, help, value: value)
    }
}

extension DurationHistogram {
    /// In seconds: how many took at most so long, all of them together, and how many they are.
    public func samples(_ name: String, _ help: String) -> [MetricSample] {
        func sample(
            _ suffix: String, _ value: Double, _ labels: [(name: String, value: String)] = []
        ) -> MetricSample {
            MetricSample(name, suffix: suffix, .histogram, help, labels: labels, value: value)
        }
        var samples: [MetricSample] = []
        var below = 0
        for (bound, count) in zip(Self.bounds, counts) {
            below += count
            let seconds = "\(Double(bound) / 1_000_000)"
            samples.append(sample("_bucket", Double(below), [("le", seconds)]))
        }
        samples.append(sample("_bucket", Double(count), [("le", "+Inf")]))
        samples.append(sample("_sum", Double(microseconds) / 1_000_000))
        samples.append(sample("_count", Double(count)))
        return samples
    }
}
