import CMosquitto
import Core
import Glibc

extension Connection {
    /// What ended the connection, for a person.
    /// - Parameters:
    ///   - code: libmosquitto's, or from 0x80 on the broker's (MQTT 5.0, section 3.14.2.1).
    ///   - number: `errno` right after.
    func reason(code: Int32, number: Int32) -> String {
        if code >= 0x80 {
            return "the broker closed the connection: \(Self.text(of: UInt8(clamping: code)))"
        }
        switch code {
        case MOSQ_ERR_EAI.rawValue:
            return "cannot resolve \(host): \(String(cString: gai_strerror(number)))"
        case MOSQ_ERR_TLS.rawValue, MOSQ_ERR_TLS_HANDSHAKE.rawValue:
            return tlsReason()
        case MOSQ_ERR_ERRNO.rawValue where number == EPROTO && isTLS:
            return tlsReason()
        case MOSQ_ERR_ERRNO.rawValue where number != 0:
            return String(cString: strerror(number))
        case MOSQ_ERR_SUCCESS.rawValue, MOSQ_ERR_CONN_LOST.rawValue, MOSQ_ERR_ERRNO.rawValue:
            // mosquitto 2.0 sends no DISCONNECT to the client whose identifier another one takes.
            return isUp
                ? "the broker closed the connection without a reason "
                    + "(it stopped, or another client uses our client identifier)"
                : closedEarly
        case MOSQ_ERR_KEEPALIVE.rawValue:
            return "the broker did not answer a ping in time"
        case MOSQ_ERR_PROTOCOL.rawValue, MOSQ_ERR_MALFORMED_PACKET.rawValue,
            MOSQ_ERR_MALFORMED_UTF8.rawValue:
            return "the broker sent what MQTT does not allow: "
                + String(cString: mosquitto_strerror(code))
        // Codes of C, not an enum of ours.
        default:
            return String(cString: mosquitto_strerror(code))
        }
    }

    /// The end before CONNACK. With TLS 1.3 a broker may refuse our certificate after it,
    /// and its alert can be overtaken by the reset of the connection.
    var closedEarly: String {
        let text = "the broker closed the connection before it answered CONNECT"
        guard isTLS else { return text }
        return text + Self.commonCauses
    }

    /// A reason code of MQTT 5 in words.
    static func text(of code: UInt8) -> String {
        let text = String(cString: mosquitto_reason_string(Int32(code)))
        let hint =
            switch Int(code) {
            case 0x8E: " (another client uses our client identifier)"
            case 0x86: " (check broker.username and the password file)"
            // mosquitto says this for a wrong password as well.
            case 0x87: " (check broker.username, the password file and the broker's access rules)"
            default: ""
            }
        return "\(text) (0x\(String(code, radix: 16)))\(hint)"
    }

    func refusal(code: Int32) -> Refusal {
        let reasonCode = Self.reasonCode(ofConnack: UInt8(clamping: code))
        return Refusal(
            code: reasonCode, text: Self.text(of: reasonCode),
            isAuthentication: [0x86, 0x87, 0x8A, 0x8C].contains(reasonCode))
    }

    /// Translates the five refusals of MQTT 3.1.1 (section 3.2.2.3) to those of MQTT 5.
    static func reasonCode(ofConnack code: UInt8) -> UInt8 {
        switch code {
        case 1: 0x84  // unacceptable protocol version
        case 2: 0x85  // identifier rejected
        case 3: 0x88  // server unavailable
        case 4: 0x86  // bad user name or password
        case 5: 0x87  // not authorised
        default: code
        }
    }
}
