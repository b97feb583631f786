import Core
import Foundation
import Testing

@testable import Mind

/// The recordings of SKAB's pump rig, played to the rules that ship for it.
@Suite("The pump rig under the rules that learn")
struct PumpRigTests {
    private static let directory =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        + "/etc/jamey/rules.d.examples/pump-rig"

    private static func files() throws -> [TextDirectory.File] {
        try TextDirectory.read(
            directory, suffixes: RuleFile.suffixes, filesMax: 10, bytesMax: 1 << 20)
    }

    private static func rules() throws -> RuleSet { try RuleSetLoader.load(RuleFile.all(files())) }

    private static func recording(_ name: String) throws -> LabelledRecording {
        let folder = try #require(RigTests.folder)
        let path = "\(folder)/\(name).csv"
        return try LabelledRecording(TextFile.read(path, bytesMax: Limits.recordingBytesMax))
    }

    @Test("do what their tests say")
    func tests() throws {
        let set = try Self.rules()
        var count = 0
        for file in try Self.files() where RuleFile.isTest(file.name) {
            let text = RuleFile(name: file.name, text: try file.text.get())
            for test in try RuleTestReader.read(text) {
                let failures = RuleTestRun.failures(of: test, under: set)
                #expect(failures.isEmpty, "\(test.name): \(failures.map(\.description))")
                count += 1
            }
        }
        #expect(count >= 3)
    }

    @Test(
        "find the faults of eight recordings, with few false alarms, and name sensors",
        .enabled(if: RigTests.folder != nil, "data/skab is not at hand"))
    func faults() throws {
        let set = try Self.rules()
        var sum = RecordingRun.Tally()
        for number in 0...7 {
            let recording = try Self.recording("valve1-\(number)")
            #expect(recording.hasFaults)
            let run = RecordingRun(
                recording, on: "rig/valve1-\(number)/telemetry", under: set, unscored: 400)
            #expect(run.rejections.isEmpty, "\(run.rejections)")
            #expect(!run.messages.isEmpty)
            for message in run.messages {
                #expect(message.hasPrefix("departed: "))
                let names = message.dropFirst("departed: ".count).split(separator: ", ")
                #expect(!names.isEmpty && names.count < 8, "\(message)")
                let known = ["accelerometer1_rms", "pressure", "thermocouple", "voltage"]
                let others = ["accelerometer2_rms", "current", "temperature"]
                let all = known + others + ["volume_flow_rate_rms"]
                #expect(names.allSatisfy { all.contains(String($0)) }, "\(message)")
            }
            print("valve1-\(number): \(run.tally)")
            sum += run.tally
        }
        print(
            "F1 \(sum.f1), false alarms \(sum.falseAlarmRate), missed \(sum.missedAlarmRate)")
        #expect(sum.f1 >= 0.82)
        #expect(sum.falseAlarmRate <= 0.20)
    }

    @Test("no label is seen by the rules: without them the same alerts are raised")
    func blind() throws {
        guard RigTests.folder != nil else { return }
        let set = try Self.rules()
        var recording = try Self.recording("valve1-0")
        let topic = "rig/a/telemetry"
        let seen = RecordingRun(recording, on: topic, under: set, unscored: 0)
        for index in recording.readings.indices { recording.readings[index].isFault = false }
        let blind = RecordingRun(recording, on: topic, under: set, unscored: 0)
        #expect(seen.messages == blind.messages)
        let alarms = seen.tally.hits + seen.tally.falseAlarms
        #expect(blind.tally.falseAlarms == alarms && blind.tally.hits == 0)
    }
}

@Suite("Labelled recordings")
struct LabelledRecordingTests {
    private let header = "datetime;Sensor1RMS;Volume Flow RateRMS;Current;anomaly;changepoint"

    @Test("become JSON objects with times and labels")
    func reading() throws {
        let text = """
            \(header)
            2020-03-09 10:14:33;0.5;32.0;-1e-3;0.0;0.0
            2020-03-09 10:14:34;0.25;31;2;1.0;1.0
            """
        let recording = try LabelledRecording(text)
        #expect(recording.hasFaults && recording.readings.map(\.isFault) == [false, true])
        #expect(
            recording.readings.map { String(decoding: $0.payload, as: UTF8.self) } == [
                #"{"sensor1_rms":0.5,"volume_flow_rate_rms":32.0,"current":-0.001}"#,
                #"{"sensor1_rms":0.25,"volume_flow_rate_rms":31.0,"current":2.0}"#,
            ])
        let times = recording.readings.map(\.at)
        let start = try Timestamp(rfc3339: "2020-03-09T10:14:33Z")
        #expect(times == [start, start + .seconds(1)])
        let unlabelled = try LabelledRecording("datetime;A\n2020-03-09 10:14:33;1")
        #expect(!unlabelled.hasFaults && unlabelled.readings.count == 1)
    }

    @Test("that are malformed name the line")
    func malformed() {
        for (text, line, reason) in [
            ("", 1, "it is empty"), ("A;B\n1;2", 1, "there is no column datetime"),
            (header + "\n1;2", 2, "2 columns instead of 6"),
            (header + "\nyesterday;1;1;1;0;0", 2, "no time: yesterday"),
            (header + "\n2020-03-09 10:14:33;1;1;x;0;0", 2, "Current is no number: x"),
            (header + "\n2020-03-09 10:14:33;1;1;nan;0;0", 2, "Current is no number: nan"),
        ] {
            let expected = ReadingTable.Malformed(line: line, reason: reason)
            #expect(throws: expected) { try LabelledRecording(text) }
        }
    }

    @Test("a tally has the usual measures, also of nothing")
    func tally() {
        var tally = RecordingRun.Tally()
        #expect(tally.f1 == 0 && tally.falseAlarmRate == 0 && tally.missedAlarmRate == 0)
        var other = RecordingRun.Tally()
        (other.hits, other.falseAlarms, other.misses, other.quiet) = (3, 1, 2, 9)
        tally += other
        tally += other
        #expect(tally.f1 == 12.0 / 18)
        #expect(tally.falseAlarmRate == 0.1 && tally.missedAlarmRate == 0.4)
    }
}
