import Core
import Testing

@testable import jameyctl

@Suite("Numbers from outside, however large")
struct NumbersFromOutsideTests {
    private let scratch: Scratch
    private var socket: String { scratch.directory + "/api.sock" }

    init() throws { scratch = try Scratch() }

    private static let strange: [Double] = [
        .nan, .infinity, -.infinity, 1e300, -1e300, 9.3e18, -9.3e18, 0.5, -0.5, 1e-300,
    ]

    @Test("a number becomes the nearest whole one there is")
    func near() {
        #expect(Int64(near: 2.5) == 3 && Int64(near: -2.4) == -2 && Int64(near: -0.2) == 0)
        #expect(Int64(near: .infinity) == .max && Int64(near: -1e300) == .min)
        #expect(Int(near: .nan) == 0 && Int64(near: 9.3e18) == .max && UInt8(near: -1) == 0)
    }

    @Test("texts and pictures bear every number")
    func texts() {
        for value in Self.strange {
            #expect(!SoulLine.number(value).isEmpty && !BacktestLine.margin(value).isEmpty)
            #expect(!SeriesPlot.text(value, in: value).isEmpty)
        }
        #expect(SoulLine.number(-0.504) == "-0.50" && SoulLine.number(.nan) == "0.00")
        let bar = ProgressBar(total: .max, unit: "events", isShown: false, columns: 80)
        for done in [Int64.min, -5, 0, 1, .max] {
            for elapsed in [Duration.zero, .microseconds(1), .seconds(100_000)] {
                #expect(bar.text(done, after: elapsed).terminalColumns < 80)
            }
        }
    }

    @Test("a series is drawn whatever its points are")
    func series() throws {
        let numbers = ["1e308", "-1e308", "1e-300", "0", "5"]
        let points = numbers.indices.map { index -> String in
            let (low, high) = (numbers[index], numbers[(index + 2) % numbers.count])
            let year = index % 2 == 0 ? "1970" : "9999"
            return #"{"time":"\#(year)-01-01T00:00:00.000Z","count":1099511627776,"#
                + #""min":\#(low),"max":\#(high),"mean":\#(high),"last":\#(low),"#
                + #""stddev":\#(high)}"#
        }
        let list = points.joined(separator: ",")
        let head = #"{"entity":"p","field":"t","route":"r","step":"1m","points":"#
        let drawn = "\(head)[\(list)]}"
        let daemon = try PlayedDaemon(socket) { _ in .json(drawn) }
        for since in ["2h", "1us"] {
            let command = try Command([
                "memory", "series", "p", "t", "--since", since, "--socket", socket,
            ])
            let result = command.wait()
            #expect(result.code == 0 && result.lines.first == "p t (r, 1m)", "\(result)")
        }
        let many =
            #"{"time":"1970-01-01T00:00:00.000Z","count":9223372036854775807,"#
            + #""min":1,"max":1,"mean":1,"last":1,"stddev":0}"#
        let body = "\(head)[\(many),\(many)]}"
        let other = try PlayedDaemon(socket + "2") { _ in .json(body) }
        let result = try Command(["memory", "series", "p", "t", "--socket", other.path]).wait()
        #expect(result.code == 69, "\(result)")
        _ = daemon
    }
}
