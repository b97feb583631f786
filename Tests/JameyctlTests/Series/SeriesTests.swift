import Core
import Mind
import Proof
import Store
import Testing

@testable import jameyctl

@Suite("jameyctl memory series")
struct SeriesTests {
    private let scratch: Scratch
    /// 2026-03-01T12:00:00Z
    private let start: Int64 = 1_772_366_400

    private static let rules = """
        routes:
          - { name: heard, topic: "plant/{device}/telemetry" }
          - { name: more, topic: "more/{device}" }
          - { name: quiet, topic: "quiet/{device}", rollups: false }
        """

    init() throws { scratch = try Scratch() }

    /// What an agent writes for messages, with a mind of its own.
    private func fill(
        _ messages: [(second: Int64, topic: String, payload: String)],
        consolidatedAt minute: Int64? = nil
    ) throws {
        let writer = try scratch.writer()
        var mind = Mind(settings: .init(root: "jamey/x", logID: writer.logID))
        let set = try RuleSetLoader.load([RuleFile(name: "a.yaml", text: Self.rules)])
        let at = Timestamp(microseconds: (start - 60) * 1_000_000)
        let activation = Event(sequence: 1, at: at, body: .ruleset(digest: set.digest))
        var first = Batch(activation, mind.activate(set, by: activation))
        first.ruleset = StoredRuleset(
            digest: set.digest, activatedAt: at,
            files: [.init(name: "a.yaml", text: Self.rules)])
        _ = try writer.commit(first, synced: false)
        for (second, topic, payload) in messages {
            let event = Event(
                sequence: mind.sequence + 1,
                at: Timestamp(microseconds: (start + second) * 1_000_000),
                body: .message(Message(topic: topic, payload: Array(payload.utf8))))
            _ = try writer.commit(Batch(event, mind.perceive(event)), synced: false)
        }
        if let minute {
            let now = Timestamp(microseconds: (start + minute * 60) * 1_000_000)
            while try writer.consolidate(at: now, isOver: { false }) {}
        }
        try writer.close()
    }

    private let span = ["--since", "2026-03-01T12:00:00Z", "--until", "2026-03-01T14:00:00Z"]

    private func run(_ field: String, _ options: [String]) throws -> Command.Result {
        try Command(
            ["memory", "series", "--database", scratch.store, "press-7", field] + span + options
        ).wait()
    }

    /// Each half minute a reading for 100 minutes, in a triangle.
    private var triangle: [(second: Int64, topic: String, payload: String)] {
        (0..<200).map { number in
            let value = number < 100 ? number : 200 - number
            return (
                Int64(number) * 30, "plant/press-7/telemetry",
                #"{"temp":\#(value),"motor":{"rpm":\#(1000 + value)}}"#
            )
        }
    }

    @Test("minutes, hours and raw readings as CSV, with the minute that is still open")
    func csv() throws {
        for minute in [nil, 66, 500] as [Int64?] {
            let scratchless = try SeriesTests()
            try scratchless.fill(triangle, consolidatedAt: minute)
            let minutes = try scratchless.run("temp", ["--csv", "--resolution", "1m"])
            #expect(minutes.code == 0 && minutes.errors.isEmpty, "\(minutes)")
            #expect(minutes.lines.first == "time,count,min,max,mean,last,stddev")
            #expect(minutes.lines.count == 101)
            #expect(minutes.lines[1] == "2026-03-01T12:00:00.000Z,2,0.0,1.0,0.5,1.0,0.5")
            #expect(minutes.lines[100] == "2026-03-01T13:39:00.000Z,2,1.0,2.0,1.5,1.0,0.5")
            let hours = try scratchless.run("motor.rpm", ["--csv", "--resolution", "1h"]).lines
            #expect(hours.count == 3)
            #expect(hours[1].hasPrefix("2026-03-01T12:00:00.000Z,120,1000.0,1100.0,"))
            #expect(hours[2].hasPrefix("2026-03-01T13:00:00.000Z,80,1001.0,1080.0,"))
            #expect(hours[2].contains(",1001.0,"))
            let days = try scratchless.run("temp", ["--csv", "--resolution", "1d"]).lines
            #expect(days.count == 2 && days[1].hasPrefix("2026-03-01T00:00:00.000Z,200,0.0,100.0,"))
            let raw = try scratchless.run("temp", ["--csv", "--resolution", "raw"]).lines
            #expect(raw.count == 201)
            #expect(raw[200] == "2026-03-01T13:39:30.000000Z,1,1.0,1.0,1.0,1.0,0.0")
        }
    }

    @Test("JSON has a point in each line, with its names")
    func json() throws {
        try fill(triangle)
        let lines = try run("temp", ["--json"]).lines
        #expect(lines.count == 100)
        let point = try JSONScanner.scan(Array(try #require(lines.first).utf8))
        #expect(point["entity"]?.string == "press-7")
        #expect(point["route"]?.string == "heard")
        #expect(point["field"]?.string == "temp")
        #expect(point["count"]?.int == 2)
        #expect(point["time"]?.string == "2026-03-01T12:00:00.000Z")
    }

    @Test("a plot has the band, the mean, values and times, in ASCII where nothing else is spoken")
    func plot() throws {
        try fill(triangle)
        let environment = ["LC_ALL=C.UTF-8", "LC_ALL=C"]
        for (setting, mean) in zip(environment, ["━", "*"]) {
            let command = try Command(
                [
                    setting, Command.path, "memory", "series", "--database", scratch.store,
                    "press-7",
                    "temp",
                ] + span, program: "/usr/bin/env")
            let result = command.wait()
            #expect(result.code == 0, "\(result)")
            let lines = result.lines
            #expect(lines.first == "press-7 temp (heard, 1m)")
            #expect(lines.count == 19)
            #expect(lines.allSatisfy { $0.count <= 80 })
            #expect(lines[1].hasPrefix("100 ") && lines[15].hasPrefix("  0 "))
            #expect(lines[1].contains(mean) && lines[14].contains(mean))
            #expect(lines[17].contains("12:00") && lines[17].hasSuffix("14:00"))
            #expect(lines[18].hasPrefix("count 200  min 0"))
            if setting == "LC_ALL=C" { #expect(result.output.utf8.allSatisfy { $0 < 0x80 }) }
        }
    }

    @Test("what is not there is told with what is")
    func nothing() throws {
        var messages = triangle
        messages.append((6_001, "more/press-7", #"{"temp":1}"#))
        messages.append((6_002, "more/x", "1"))
        try fill(messages)
        func errors(_ entity: String, _ field: String, _ options: String...) throws -> String {
            let result = try Command(
                ["memory", "series", "--database", scratch.store, entity, field] + span + options
            ).wait()
            #expect(result.code != 0 && result.output.isEmpty, "\(result)")
            return result.errors
        }
        #expect(try errors("press-8", "temp").contains("did you mean 'press-7'?"))
        #expect(try errors("elsewhere", "temp").contains("there are press-7"))
        let field = try errors("press-7", "tmp", "--route", "heard")
        #expect(field.contains("did you mean 'temp'?: it has temp, motor.rpm"))
        let several = try errors("press-7", "temp")
        #expect(several.contains("choose one with --route: heard, more"))
        #expect(try run("temp", ["--route", "more", "--csv"]).lines.count == 2)
        for options in [
            ["--csv", "--json"], ["--resolution", "5m"], ["--since", "soon"],
            ["--since", "2027-03-01T12:00:00Z"],
        ] {
            #expect(try run("temp", options).code == 64, "\(options)")
        }
    }

    @Test("fields that a device has named can neither rewrite a terminal nor look like a line")
    func hostileNames() throws {
        let name = #"temp\u001b[2J\njameyctl: well"#
        try fill([(1, "plant/press-7/telemetry", #"{"\#(name)":1}"#)])
        let socket = scratch.directory + "/api.sock"
        let told = #"{"entity":"press-7","field":"tmp","step":"1m","points":[],"fields":"#
        let daemon = try PlayedDaemon(socket) { _ in .json(told + #"["\#(name)"]}"#) }
        for place in [["--database", scratch.store], ["--socket", socket]] {
            let command = try Command(["memory", "series", "press-7", "tmp"] + place + span)
            let result = command.wait()
            #expect(result.code == 1 && !result.errors.contains("\u{1B}"), "\(result)")
            #expect(result.errors.contains("temp\u{FFFD}[2J\u{FFFD}jameyctl"), "\(result)")
            #expect(result.errors.count { $0 == "\n" } == 1, "\(result)")
        }
        _ = daemon
    }

    @Test("of routes without roll-ups there are raw readings only")
    func unrolled() throws {
        try fill([(1, "quiet/press-7", #"{"temp":1}"#), (2, "quiet/press-7", #"{"temp":2}"#)])
        #expect(try run("temp", []).code == 1)
        #expect(try run("temp", ["--resolution", "raw", "--csv"]).lines.count == 3)
    }

    /// What was heard after the triangle, by what it does to the last minute of it.
    private static let tails: [[(second: Int64, topic: String, payload: String)]] = [
        // Nothing: it is open.
        [],
        // Of another device: it is closed for silence.
        [(6_300, "more/x", "1")],
        // Of the device, beyond the span: it is closed by that.
        [(28_800, "plant/press-7/telemetry", #"{"temp":5}"#)],
    ]

    @Test(
        "a device that was silent for hours before the end of the span is counted once",
        arguments: tails.indices)
    func silent(tail: Int) throws {
        try fill(triangle + Self.tails[tail], consolidatedAt: 500)
        func lines(_ resolution: String) throws -> [String] {
            let result = try Command([
                "memory", "series", "--database", scratch.store, "press-7", "temp", "--csv",
                "--since", "2026-03-01T12:00:00Z", "--until", "2026-03-01T18:00:00Z",
                "--resolution", resolution,
            ]).wait()
            #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
            return result.lines
        }
        let minutes = try lines("1m").dropFirst()
        #expect(minutes.count == 100, "\(minutes)")
        #expect(minutes.allSatisfy { $0.contains(":00.000Z,2,") }, "\(minutes)")
        let hours = try lines("1h").dropFirst()
        #expect(hours.count == 2, "\(hours)")
        #expect(hours.first?.hasPrefix("2026-03-01T12:00:00.000Z,120,") == true, "\(hours)")
        #expect(hours.last?.hasPrefix("2026-03-01T13:00:00.000Z,80,") == true, "\(hours)")
    }

    @Test("of a time of which no minutes are kept hours are shown, and then days")
    func coarser() throws {
        var messages = triangle
        messages.append((10_000, "plant/press-7/telemetry", #"{"temp":5}"#))
        try fill(messages, consolidatedAt: 500)
        var retention = RollUpRetention()
        func trim() throws {
            let writer = try scratch.writer()
            let now = Timestamp(microseconds: (start + 500 * 60) * 1_000_000)
            while try writer.trimRollUps(retention, maxBytes: 1 << 40, now: now) {}
            try writer.close()
        }
        retention.minute = .seconds(3_600)
        try trim()
        #expect(try run("temp", []).lines.first == "press-7 temp (heard, 1h)")
        let hours = try run("temp", ["--csv"]).lines
        #expect(hours.count == 3, "\(hours)")
        #expect(hours.last?.hasPrefix("2026-03-01T13:00:00.000Z,80,") == true, "\(hours)")
        #expect(try run("temp", ["--csv", "--resolution", "1m"]).code == 1)
        #expect(try run("tmp", []).errors.contains("did you mean 'temp'?"))
        retention.hour = .seconds(3_600)
        try trim()
        let days = try run("temp", ["--csv"]).lines
        #expect(days.count == 2, "\(days)")
        #expect(days.last?.hasPrefix("2026-03-01T00:00:00.000Z,200,") == true, "\(days)")
    }

    @Test("where the open minute began before the events that are looked through, that is told")
    func cutOff() throws {
        var messages: [(second: Int64, topic: String, payload: String)] = []
        for second in [0, 10, 20, 70, 80, 90] as [Int64] {
            messages.append((second, "plant/press-7/telemetry", #"{"temp":1}"#))
        }
        messages.append((95, "more/x", "1"))
        try fill(messages)
        func search(_ eventsMax: Int, since second: Int64 = 0) throws -> SeriesSearch {
            try SeriesSearch(
                reader: StoreReader(path: scratch.store), entity: "press-7", field: "temp",
                since: Timestamp(microseconds: (start + second) * 1_000_000),
                until: Timestamp(microseconds: (start + 3_600) * 1_000_000), eventsMax: eventsMax)
        }
        // All of it; from the closed minute on; from within the open one; behind the device's last.
        for (eventsMax, count, isCutOff) in [
            (7, 6, false), (5, 6, false), (3, 5, true), (1, 3, true),
        ] as [(Int, Int64, Bool)] {
            let found = try search(eventsMax).series(.minute)
            #expect(found.total.count == count, "\(eventsMax) events: \(found)")
            #expect(found.isCutOff == isCutOff, "\(eventsMax) events: \(found)")
        }
        let late = try search(1, since: 60)
        let error = try #require(throws: SeriesError.self) { try late.series(.minute) }
        let ending = Ending(error, of: late)
        #expect(ending.text?.contains("--resolution raw has all") == true, "\(ending)")
    }

    @Test("the resolution follows the span")
    func grain() {
        #expect(Series.Grain(for: .seconds(7_200)) == .minute)
        #expect(Series.Grain(for: .seconds(6 * 3_600 + 1)) == .hour)
        #expect(Series.Grain(for: .seconds(15 * 86_400)) == .hour)
        #expect(Series.Grain(for: .seconds(90 * 86_400)) == .day)
    }

    @Test("numbers on the axis have as many digits as it takes to tell them apart")
    func labels() {
        #expect(SeriesPlot.text(81.24, in: 20) == "81.2")
        #expect(SeriesPlot.text(-0.012, in: 0.05) == "-0.0120")
        #expect(SeriesPlot.text(12_345, in: 9_000) == "12345")
        #expect(SeriesPlot.text(0, in: 0) == "0.0")
        #expect(SeriesPlot.text(1e300, in: 1e300) == "1e+300")
    }

    @Test("memory stats tell how many roll-ups there are, and from when")
    func stats() throws {
        try fill(triangle, consolidatedAt: 500)
        let lines = try Command.run("memory", "stats", "--database", scratch.store).lines
        #expect(lines.contains { $0.hasPrefix("1m ") && $0.contains("99") })
        #expect(lines.contains { $0.hasPrefix("1h ") && $0.contains("2026-03-01T12:00") })
        let json = try Command.run("memory", "stats", "--database", scratch.store, "--json")
        let value = try JSONScanner.scan(Array(json.output.utf8.dropLast()))
        #expect(value["rollups"]?["1d"]?["count"]?.int == 1)
    }
}
