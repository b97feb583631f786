import Core
import HTTPTypes
import Testing

@testable import API

@Suite("The routes of devices")
struct DeviceRoutesTests {
    @Test("everything that is in working memory about one")
    func one() async throws {
        let fixture = try APIFixture.plant()
        await fixture.measure("press-1", 20)
        fixture.clock.advance(by: .seconds(5))
        await fixture.hear("plant/press-1/telemetry", #"{"temp":90,"motor":{"rpm":7}}"#)
        let answer = await fixture.admin(.get, "/devices/press-1")
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer["entity"]?.string == "press-1")
        #expect(answer["values"]?["temp"]?.double == 90)
        #expect(answer["values"]?["motor"]?["rpm"]?.int == 7)
        #expect(answer["trust"]?.double == 0.5)
        let now = fixture.clock.now()
        #expect(answer["last_seen"]?.string == now.rfc3339())
        #expect(answer["first_seen"]?.string == (now + .seconds(-5)).rfc3339())
        #expect(answer["alerts"]?.array?.first?["rule"]?.string == "hot")
        #expect(answer["alerts_firing"]?.int == 1)
        let heard = try #require(answer["heard"]?.array?.first)
        #expect(heard["route"]?.string == "telemetry" && heard["payload"]?["temp"]?.int == 90)
    }

    @Test("a name with slashes and letters of any kind is found by its path")
    func names() async throws {
        let fixture = try APIFixture.plant()
        let names = ["north/lathe 7", "süd/Drehbank é", "a/%2F", "a/b?c=d"]
        for name in names { await fixture.hear("line/\(name)", #"{"db":1}"#) }
        for name in names {
            let answer = await fixture.admin(.get, "/devices/" + name.percentEncoded)
            #expect(answer.status == 200 && answer["entity"]?.string == name, "\(answer.text)")
        }
        for path in ["/devices/nobody", "/devices/north%2Flathe"] {
            let none = await fixture.admin(.get, path)
            #expect(none.status == 404 && none.code == "NOT_FOUND", "\(path): \(none.text)")
        }
        let wrong = await fixture.admin(.get, "/devices/%e9")
        #expect(wrong.status == 400 && wrong.code == "BAD_ENTITY")
    }

    @Test("in the order of their names; pages have every one once")
    func list() async throws {
        let fixture = try APIFixture.plant()
        for number in 1...12 { await fixture.measure("press-\(number)", Double(number)) }
        await fixture.hear("line/é/a", #"{"db":1}"#)
        let sorted = ((1...12).map { "press-\($0)" } + ["é/a"])
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for limit in [1, 5, 13, 100] {
            let found = try await fixture.all("devices", at: "/devices", limit: limit)
            #expect(found.compactMap { $0["entity"]?.string } == sorted, "\(limit) each")
        }
        let first = await fixture.admin(.get, "/devices?limit=1")
        #expect(first["devices"]?.array?.first?["values"]?["temp"]?.double == 1)
    }

    @Test("or the first of another order: the loudest, the newest, those silent longest")
    func orders() async throws {
        let fixture = try APIFixture.plant()
        for (device, count) in [("press-1", 3), ("press-2", 1), ("press-3", 2)] {
            for _ in 0..<count { await fixture.measure(device, 20) }
            fixture.clock.advance(by: .seconds(1))
        }
        func names(_ query: String) async -> [String?] {
            let answer = await fixture.admin(.get, "/devices?" + query)
            #expect(answer["next"] == nil, "\(query): \(answer.text)")
            return (answer["devices"]?.array ?? []).map { $0["entity"]?.string }
        }
        #expect(await names("order=loud") == ["press-1", "press-3", "press-2"])
        #expect(await names("order=loud&limit=1") == ["press-1"])
        #expect(await names("order=recent&cursor=x") == ["press-3", "press-2", "press-1"])
        #expect(await names("order=silent&limit=2") == ["press-1", "press-2"])
        let answer = await fixture.admin(.get, "/devices?order=loud")
        let rates = (answer["devices"]?.array ?? []).map { $0["messages_per_minute"]?.int }
        #expect(rates == [3, 2, 1])
    }

    @Test("a page ends where it has enough bytes, and the next goes on")
    func large() async throws {
        let fixture = try APIFixture.plant()
        let text = String(repeating: "x", count: 15_000)
        for number in 0..<80 {
            await fixture.hear("plant/press-\(number)/telemetry", #"{"text":"\#(text)"}"#)
        }
        let first = await fixture.admin(.get, "/devices?limit=1000")
        #expect(first.body.count < Limits.apiListBytesMax + 20_000)
        #expect(first["next"]?.string != nil)
        #expect(try await fixture.all("devices", at: "/devices", limit: 1_000).count == 80)
    }

    @Test("every wrong parameter is told of by its name")
    func refused() async throws {
        let fixture = try APIFixture.plant()
        await fixture.expectRefused(
            "/devices",
            [
                ("limit=0", "BAD_LIMIT"), ("limit=1e3", "BAD_LIMIT"),
                ("cursor=%ff", "BAD_CURSOR"), ("entity=a", "BAD_PARAMETER"),
                ("order=name", "BAD_ORDER"), ("order=", "BAD_ORDER"),
            ])
        await fixture.expectRefused("/devices/a", [("limit=1", "BAD_PARAMETER")])
    }
}
