import Core
import Proof
import ProofTestSupport
import Testing

@Suite("Bounds of a series")
struct SeriesBoundsTests {
    private let recording: Recording

    /// Fifty readings of two fields, a second apart.
    init() throws {
        recording = try Recording(PressRules.yaml())
        for number in 1...50 {
            try recording.hear("plant/a/press-1/telemetry", #"{"vib":1,"temp":\#(number)}"#)
        }
    }

    private func search(_ bounds: SeriesSearch.Bounds?) throws -> SeriesSearch {
        var search = SeriesSearch(
            reader: try recording.reader(), entity: "press-1", field: "temp",
            since: recording.at + .seconds(-600), until: recording.at + .seconds(1))
        search.bounds = bounds
        return search
    }

    @Test("within its bounds a series is whole")
    func within() throws {
        let bounds = SeriesSearch.Bounds(periodsMax: 20, eventsMax: 100, readingsMax: 200)
        for bounds in [nil, bounds] {
            let search = try search(bounds)
            #expect(try search.series(.raw).points.count == 50)
            #expect(try search.series(.minute).total.count == 50)
            #expect(try search.series(nil).total.count == 50)
        }
    }

    @Test("an end is exclusive; without one what the log has there and later is taken in")
    func end() throws {
        for (grain, isOpenEnded, count) in [
            (Series.Grain.raw, false, 49), (.minute, false, 49), (.raw, true, 50),
            (.minute, true, 50), (.hour, true, 50),
        ] as [(Series.Grain, Bool, Int64)] {
            var search = SeriesSearch(
                reader: try recording.reader(), entity: "press-1", field: "temp",
                since: recording.at + .seconds(-600), until: recording.at)
            search.isOpenEnded = isOpenEnded
            let series = try search.series(grain)
            #expect(series.total.count == count, "\(grain) \(isOpenEnded)")
            #expect(series.until == recording.at)
        }
    }

    @Test("beyond them it is too fine, and that is told")
    func beyond() throws {
        for (periods, events, readings, grain) in [
            (10, 100, 200, Series.Grain.minute), (20, 40, 200, .raw), (20, 100, 40, .raw),
        ] as [(Int64, Int64, Int, Series.Grain)] {
            let search = try search(
                SeriesSearch.Bounds(
                    periodsMax: periods, eventsMax: events, readingsMax: readings))
            #expect(throws: SeriesError.tooFine, "\(periods) \(events) \(readings)") {
                try search.series(grain)
            }
            let text = search.text(of: .tooFine, .init(route: "route", raw: "raw"))
            #expect(text.contains("ask for a shorter time"), "\(text)")
        }
    }
}
