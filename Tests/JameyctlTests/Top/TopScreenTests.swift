import Core
import Testing

@testable import jameyctl

@Suite("The screen of jameyctl top")
struct TopScreenTests {
    @Test("80 columns and 24 rows have everything, by columns of a terminal")
    func usual() throws {
        let view = try TopScene().view()
        #expect(
            view.text(columns: 80, rows: 24) == """
                edge-1  online  up 2d4h  version 3.0.0  rules 3f9a1c77e021          12:00:05 UTC

                messages    1234/s        decisions   7.5/s         commits     41.0/s
                commit p50  1.8 ms        commit p99  20.9 ms       last commit 0.4s ago
                outbox      0             entities    1000          alerts      3
                cpu         12 %          memory      48.2 MiB      store       1.2 GiB
                broker ok  store ok  mind ok  memory ok  outbox ok  api disabled

                ALERTS  SEVERITY  RULE            ENTITY          MESSAGE               1-3 of 3
                 5m12s  critical  overheat        press-7         press-7 has 81 °C
                  3h5m  warning   fell-silent     süd/Drehbank 7  (seen by ada) not heard for 1…
                   12s  info      vibration-abo…  東京工場/旋盤…  振動 8.2 mm/s

                MSG/MIN    SEEN  TRUST  ALERTS  DEVICE, the loudest first
                   1200    0.4s   0.50       1  press-7
                     60      1s   0.91       1  東京工場/旋盤-12345
                     12      4s   0.50       0  école-3
                      3      5s   0.08       0  🔥-sensor





                q quit  tab other devices  up, down alerts       every 2s  /run/jamey/jamey.sock
                """)
        // Without keys, nothing tells of them, and no row is kept for that.
        #expect(
            view.text(columns: 80, rows: 24, hasKeys: false) == """
                edge-1  online  up 2d4h  version 3.0.0  rules 3f9a1c77e021          12:00:05 UTC

                messages    1234/s        decisions   7.5/s         commits     41.0/s
                commit p50  1.8 ms        commit p99  20.9 ms       last commit 0.4s ago
                outbox      0             entities    1000          alerts      3
                cpu         12 %          memory      48.2 MiB      store       1.2 GiB
                broker ok  store ok  mind ok  memory ok  outbox ok  api disabled

                ALERTS  SEVERITY  RULE            ENTITY          MESSAGE               1-3 of 3
                 5m12s  critical  overheat        press-7         press-7 has 81 °C
                  3h5m  warning   fell-silent     süd/Drehbank 7  (seen by ada) not heard for 1…
                   12s  info      vibration-abo…  東京工場/旋盤…  振動 8.2 mm/s

                MSG/MIN    SEEN  TRUST  ALERTS  DEVICE, the loudest first
                   1200    0.4s   0.50       1  press-7
                     60      1s   0.91       1  東京工場/旋盤-12345
                     12      4s   0.50       0  école-3
                      3      5s   0.08       0  🔥-sensor
                """)
    }

    @Test("what is not well is said in a sentence, and stands out")
    func degraded() throws {
        var scene = TopScene()
        scene.state = #""status":"degraded","reason":"store: the disk is full""#
        scene.store =
            #"{"status":"degraded","reason":"the disk is full","event_seq":12345,"#
            + #""durability":"power"}"#
        let view = try scene.view()
        #expect(
            view.text(columns: 80, rows: 24) == """
                edge-1  degraded  up 2d4h  version 3.0.0  rules 3f9a1c77e021        12:00:05 UTC
                degraded: store: the disk is full
                messages    1234/s        decisions   7.5/s         commits     41.0/s
                commit p50  1.8 ms        commit p99  20.9 ms       last commit 0.4s ago
                outbox      0             entities    1000          alerts      3
                cpu         12 %          memory      48.2 MiB      store       1.2 GiB
                broker ok  store degraded  mind ok  memory ok  outbox ok  api disabled
                store degraded: the disk is full; event 12345; durability power

                ALERTS  SEVERITY  RULE            ENTITY          MESSAGE               1-3 of 3
                 5m12s  critical  overheat        press-7         press-7 has 81 °C
                  3h5m  warning   fell-silent     süd/Drehbank 7  (seen by ada) not heard for 1…
                   12s  info      vibration-abo…  東京工場/旋盤…  振動 8.2 mm/s

                MSG/MIN    SEEN  TRUST  ALERTS  DEVICE, the loudest first
                   1200    0.4s   0.50       1  press-7
                     60      1s   0.91       1  東京工場/旋盤-12345
                     12      4s   0.50       0  école-3
                      3      5s   0.08       0  🔥-sensor




                q quit  tab other devices  up, down alerts       every 2s  /run/jamey/jamey.sock
                """)
        let lines = view.lines(columns: 80, rows: 24, at: TopScene.now, TopScene.time)
        #expect(lines[1].style == .warning && lines[7].style == .alarm)
        #expect(lines[10].style == .alarm && lines[11].style == .faint)
    }

    @Test("more than there is room for is shared out, and said how much it is")
    func crowded() throws {
        var scene = TopScene()
        scene.firing = 240
        scene.alerts = (0..<30).map {
            #"{"rule":"rule-\#($0)","entity":"d\#($0)","severity":"warning","message":"","#
                + #""since":"\#((TopScene.time + .seconds(-$0 - 1)).rfc3339())"}"#
        }
        scene.devices = (0..<30).map { TopScene.device("d\($0)", 100 - $0, "04.000", trust: 0.5) }
        var view = try scene.view()
        for _ in 0..<2 { _ = view.press(.down) }
        #expect(
            view.text(columns: 80, rows: 24) == """
                edge-1  online  up 2d4h  version 3.0.0  rules 3f9a1c77e021          12:00:05 UTC

                messages    1234/s        decisions   7.5/s         commits     41.0/s
                commit p50  1.8 ms        commit p99  20.9 ms       last commit 0.4s ago
                outbox      0             entities    1000          alerts      240
                cpu         12 %          memory      48.2 MiB      store       1.2 GiB
                broker ok  store ok  mind ok  memory ok  outbox ok  api disabled

                ALERTS  SEVERITY  RULE            ENTITY          MESSAGE             3-8 of 240
                    3s  warning   rule-2          d2
                    4s  warning   rule-3          d3
                    5s  warning   rule-4          d4
                    6s  warning   rule-5          d5
                    7s  warning   rule-6          d6
                    8s  warning   rule-7          d7

                MSG/MIN    SEEN  TRUST  ALERTS  DEVICE, the loudest first
                    100      1s   0.50       0  d0
                     99      1s   0.50       0  d1
                     98      1s   0.50       0  d2
                     97      1s   0.50       0  d3
                     96      1s   0.50       0  d4
                     95      1s   0.50       0  d5
                q quit  tab other devices  up, down alerts       every 2s  /run/jamey/jamey.sock
                """)
        for _ in 0..<100 { _ = view.press(.down) }
        #expect(view.text(columns: 80, rows: 24).contains(" 25-30 of 240"))
        for _ in 0..<100 { _ = view.press(.up) }
        #expect(view.text(columns: 80, rows: 24).contains(" 1-6 of 240"))
        // What is not needed for alerts is the devices'.
        scene.alerts = []
        #expect(try scene.view().text(columns: 80, rows: 24).contains("90      1s"))
    }

    @Test("where nothing is to be told, that is told")
    func quiet() throws {
        var scene = TopScene()
        (scene.alerts, scene.devices, scene.firing) = ([], [], 0)
        #expect(
            try scene.view().text(columns: 80, rows: 24, hasKeys: false) == """
                edge-1  online  up 2d4h  version 3.0.0  rules 3f9a1c77e021          12:00:05 UTC

                messages    1234/s        decisions   7.5/s         commits     41.0/s
                commit p50  1.8 ms        commit p99  20.9 ms       last commit 0.4s ago
                outbox      0             entities    1000          alerts      0
                cpu         12 %          memory      48.2 MiB      store       1.2 GiB
                broker ok  store ok  mind ok  memory ok  outbox ok  api disabled

                ALERTS  SEVERITY  RULE            ENTITY          MESSAGE
                no alert fires

                MSG/MIN    SEEN  TRUST  ALERTS  DEVICE, the loudest first
                nothing was recorded of any device within a minute
                """)
    }

    @Test("one look alone has no rates")
    func first() throws {
        var view = TopView(place: TopScene.place, interval: .seconds(2))
        view.take(try TopScene().sample())
        #expect(
            view.text(columns: 80, rows: 12, hasKeys: false) == """
                edge-1  online  up 2d4h  version 3.0.0  rules 3f9a1c77e021          12:00:05 UTC

                messages    -             decisions   -             commits     -
                commit p50  -             commit p99  -             last commit 0.4s ago
                outbox      0             entities    1000          alerts      3
                cpu         -             memory      48.2 MiB      store       1.2 GiB
                broker ok  store ok  mind ok  memory ok  outbox ok  api disabled

                ALERTS  SEVERITY  RULE            ENTITY          MESSAGE

                MSG/MIN    SEEN  TRUST  ALERTS  DEVICE, the loudest first
                   1200    0.4s   0.50       1  press-7
                """)
    }

    @Test("before the daemon was ever seen, the screen says whom it asks, or what is wrong")
    func unseen() {
        var view = TopView(place: TopScene.place, interval: .seconds(2))
        #expect(view.text(columns: 80, rows: 6).contains("\nasking /run/jamey/jamey.sock\n"))
        let fault = Ending.failure(
            Exit.unavailable,
            "no agent answers at /run/jamey/jamey.sock: Connection refused; start it")
        let since = MonotonicTime(microseconds: TopScene.now.microseconds - 12_000_000)
        view.miss(fault, at: since)
        #expect(
            view.text(columns: 80, rows: 6) == """
                jameyctl top                                                        12:00:05 UTC
                AWAY for 12s: no agent answers at /run/jamey/jamey.sock: Connection refused



                q quit  tab other devices  up, down alerts       every 2s  /run/jamey/jamey.sock
                """)
    }

    @Test("what was seen last stays below what says that the daemon is away")
    func away() throws {
        var view = try TopScene().view()
        let before = view.text(columns: 80, rows: 24).split(separator: "\n").dropFirst()
        view.miss(
            .failure(Exit.tryAgain, "/run/jamey/jamey.sock has not answered"), at: TopScene.now)
        let lines = view.text(columns: 80, rows: 24).split(separator: "\n")
        #expect(lines[1] == "AWAY for 0.0s: /run/jamey/jamey.sock has not answered")
        #expect(lines.dropFirst(2) == before)
    }

    @Test("a wide screen has more beside each other, a narrow or a low one the most important")
    func sizes() throws {
        let view = try TopScene().view()
        let wide = view.text(columns: 120, rows: 18)
        #expect(wide.contains("commits     41.0/s            commit p50  1.8 ms\n"))
        #expect(wide.contains("(seen by ada) not heard for 10m\n"))
        #expect(wide.contains("vibration-above-eight-mm  東京工場/旋盤-12345       振動"))
        #expect(
            view.text(columns: 24, rows: 6) == """
                edge-1  online  up 2d4h…

                messages    1234/s
                decisions   7.5/s
                commits     41.0/s
                q quit  tab other devic…
                """)
    }

    @Test("no line is wider than the screen and none too many, whatever its size")
    func everySize() throws {
        let view = try TopScene().view()
        for columns in 1...130 {
            for rows in [1, 2, 3, 8, 13, 24, 60] {
                let lines = view.lines(
                    columns: columns, rows: rows, at: TopScene.now, TopScene.time)
                let wide = lines.filter { $0.text.terminalColumns > columns }
                #expect(wide.isEmpty, "\(columns) columns: \(wide)")
                #expect(lines.count == rows, "\(columns) × \(rows)")
            }
        }
    }

    @Test("a device cannot rewrite the terminal, whatever it is called")
    func hostile() throws {
        var scene = TopScene()
        let name = #"a\u001b[2J\n\u202eb"#
        scene.devices = [TopScene.device(name, 5, "04.000", trust: 0.5)]
        scene.alerts = [
            #"{"rule":"r","entity":"\#(name)","severity":"\#(name)","message":"\#(name)"}"#
        ]
        scene.state = #""status":"\#(name)","reason":"\#(name)""#
        let view = try scene.view()
        let lines = view.lines(columns: 80, rows: 24, at: TopScene.now, TopScene.time)
        #expect(lines.allSatisfy { $0.text.unicodeScalars.allSatisfy(\.isPrintable) }, "\(lines)")
    }
}
