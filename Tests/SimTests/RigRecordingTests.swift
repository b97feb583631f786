import Testing

@testable import jameysim

@Suite("A recording of the rig")
struct RigRecordingTests {
    let header = """
        datetime;Accelerometer1RMS;Accelerometer2RMS;Current;Pressure;Temperature;Thermocouple;\
        Voltage;Volume Flow RateRMS;anomaly;changepoint
        """

    @Test("becomes one JSON object of eight sensors a line, named for its file")
    func reading() throws {
        let row = "2020-03-09 10:14:33;0.02;0.04;1.3;-0.5;79.3;26.0;233.0;32;0.0;0.0"
        let recording = try RigRecording(path: "data/valve1-0.csv", text: header + "\n" + row)
        #expect(recording.device == "valve1-0")
        #expect(
            recording.readings == [
                .init(
                    at: "2020-03-09 10:14:33",
                    json: """
                        {"accelerometer1_rms":0.02,"accelerometer2_rms":0.04,"current":1.3,\
                        "pressure":-0.5,"temperature":79.3,"thermocouple":26.0,"voltage":233.0,\
                        "volume_flow_rate_rms":32.0}
                        """)
            ])
    }

    @Test("names the line that has no number, or too few columns, or the column that is missing")
    func faults() {
        let wrong = "2020-03-09 10:14:33;0.02;0.04;1.3;-0.5;nan;26.0;233.0;32;0.0;0.0"
        #expect(
            throws: SimError.recording(
                path: "a.csv", line: 2, reason: "Temperature is no number: nan")
        ) {
            try RigRecording(path: "a.csv", text: header + "\n" + wrong)
        }
        #expect(
            throws: SimError.recording(path: "a.csv", line: 2, reason: "2 columns instead of 11")
        ) {
            try RigRecording(path: "a.csv", text: header + "\n1;2")
        }
        #expect(
            throws: SimError.recording(
                path: "a.csv", line: 1, reason: "there is no column Accelerometer1RMS")
        ) {
            try RigRecording(path: "a.csv", text: "datetime;Current")
        }
        #expect(throws: SimError.recording(path: "a.csv", line: 1, reason: "it is empty")) {
            try RigRecording(path: "a.csv", text: "")
        }
    }

    @Test("that is not there is named with the reason")
    func missing() {
        #expect(
            throws: SimError.file(path: "/nowhere/a.csv", reason: "No such file or directory")
        ) {
            try RigRecording(path: "/nowhere/a.csv")
        }
    }
}
