import CLinux
import Core

/// Whether the times that decisions are written down with can be right.
struct ClockCheck {
    /// What the kernel knows of its clock (adjtimex(2)).
    struct Reading: Equatable {
        var isSynchronised: Bool
        /// How far off it is at most, by its own estimate.
        var error: Duration

        /// - Returns: nil where the kernel does not say.
        static func now() -> Reading? {
            // Nothing in its modes: it is read and not set, which anybody may.
            var state = timex()
            let code = adjtimex(&state)
            guard code >= 0 else { return nil }
            let isUnsynchronised = code == TIME_ERROR || state.status & STA_UNSYNC != 0
            return Reading(
                isSynchronised: !isUnsynchronised, error: .microseconds(Int64(state.maxerror)))
        }
    }

    /// nil where it could not be read.
    let reading: Reading?
    /// How far the log's time is before the system's; nil where the daemon does not say.
    let skew: Duration?

    func findings() -> [Finding] {
        var found: [Finding] = []
        if let skew, skew > Limits.doctorClockSkewMax {
            found.append(
                .warning(
                    "clock.skew",
                    "the system's clock was set back: the log's time is \(skew.text) "
                        + "before it, and goes at half its pace until both agree",
                    do: "nothing, once the clock is right; keep it right with NTP"))
        }
        guard let reading else {
            let unknown = Finding.warning(
                "clock", "the kernel does not say whether its clock is kept right",
                do: "look by hand: timedatectl status")
            return found + [unknown]
        }
        if !reading.isSynchronised {
            found.append(
                .warning(
                    "clock",
                    "nothing keeps the system's clock right (NTP): times of decisions "
                        + "and rules that know the time of day may be wrong",
                    do: "timedatectl set-ntp true, or install chrony"))
        } else if reading.error > Limits.doctorClockErrorMax {
            found.append(
                .warning(
                    "clock", "the system's clock may be off by \(reading.error.text)",
                    do: "look at its source: timedatectl timesync-status, or chronyc tracking"))
        } else {
            found.append(.ok("clock", "it is kept right, to \(reading.error.text) at least"))
        }
        return found
    }
}
