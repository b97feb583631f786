import Core

extension Series {
    /// The first line of CSV.
    public static let header = "time,count,min,max,mean,last,stddev"

    /// A line of CSV for each point (RFC 4180), times as RFC 3339.
    public var csv: [String] {
        points.map { point in
            let summary = point.summary
            let numbers = [
                summary.minimum, summary.maximum, summary.mean, summary.last, summary.deviation,
            ]
            return "\(time(of: point)),\(summary.count),"
                + numbers.map { "\($0)" }.joined(separator: ",")
        }
    }

    /// A JSON object for each point, with the names of what it is a point of.
    public var lines: [[UInt8]] {
        points.map { point in
            JSONWriter.object { json in
                writeNames(to: &json)
                write(point, to: &json)
            }
        }
    }

    /// One JSON object, with an array of points.
    public var json: [UInt8] {
        JSONWriter.object(reservingBytes: 256 + points.count * 160) { json in
            writeNames(to: &json)
            json.member("step", grain.rawValue)
            json.member("since", since)
            json.member("until", until)
            if isCutOff { json.member("cut_off", true) }
            json.array("points") { list in
                for point in points { list.object { write(point, to: &$0) } }
            }
            if !fieldsInstead.isEmpty { json.member("fields", fieldsInstead) }
        }
    }

    private func writeNames(to json: inout JSONWriter) {
        json.member("entity", entity)
        json.member("route", ifPresent: route)
        json.member("field", field)
    }

    private func write(_ point: Point, to json: inout JSONWriter) {
        let summary = point.summary
        json.member("time", time(of: point))
        json.member("count", summary.count)
        json.member("min", summary.minimum)
        json.member("max", summary.maximum)
        json.member("mean", summary.mean)
        json.member("last", summary.last)
        json.member("stddev", summary.deviation)
    }

    private func time(of point: Point) -> String {
        point.at.rfc3339(grain == .raw ? .microseconds : .milliseconds)
    }
}
