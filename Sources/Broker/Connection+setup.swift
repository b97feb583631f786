import CMosquitto
import Core

extension Connection {
    /// Puts the options into the handle; touches no network.
    func configure(_ options: LinkOptions) throws(SetupFailure) {
        // Packets are then queued only and leave in `mosquitto_loop_write`: this is what holds the
        // PUBACKs, which libmosquitto queues before it calls back (lib/packet_mosq.c).
        try require(mosquitto_threaded_set(handle, true))
        try set(MOSQ_OPT_PROTOCOL_VERSION, version == .v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311)
        try set(MOSQ_OPT_TCP_NODELAY, 1)
        // Sent as MQTT 5's Receive Maximum; the broker's own in CONNACK overrides the second.
        try set(MOSQ_OPT_RECEIVE_MAXIMUM, Int32(options.receiveMaximum))
        try set(MOSQ_OPT_SEND_MAXIMUM, Int32(Limits.publicationsInFlightMax))
        try setCredentials(options)
        try setTLS(options.tls)
        try setWill(options.will, delay: options.willDelay)
        if version == .v5 { try setConnectProperties(options) }
    }

    private func setCredentials(_ options: LinkOptions) throws(SetupFailure) {
        guard let username = options.username else { return }
        guard let password = options.password else {
            return try require(mosquitto_username_pw_set(handle, username, nil))
        }
        let terminated = password.map { CChar(bitPattern: $0) } + [0]
        try require(mosquitto_username_pw_set(handle, username, terminated))
    }

    private func setTLS(_ tls: TLSOptions?) throws(SetupFailure) {
        guard let tls else { return }
        // Refuses an encrypted key; without a callback OpenSSL would ask at the terminal.
        let code = mosquitto_tls_set(
            handle, tls.caFile, tls.caFile == nil ? "/etc/ssl/certs" : nil, tls.certificateFile,
            tls.keyFile, { _, _, _, _ in 0 })
        try require(code)
        // 1: the peer must show a certificate. The version is a minimum: lib/net_mosq.c switches
        // off what is older.
        try require(mosquitto_tls_opts_set(handle, 1, "tlsv\(tls.minimum.rawValue)", nil))
    }

    private func setWill(_ will: Publication?, delay: Duration) throws(SetupFailure) {
        guard let will else { return }
        var list: OpaquePointer?
        defer { mosquitto_property_free_all(&list) }
        if delay > .zero {
            try require(
                mosquitto_property_add_int32(
                    &list, Int32(MQTT_PROP_WILL_DELAY_INTERVAL.rawValue),
                    UInt32(clamping: delay.components.seconds)))
        }
        try require(
            mosquitto_will_set_v5(
                handle, will.topic, Int32(will.payload.count), will.payload,
                Int32(will.qos.rawValue), will.retain, list))
        // libmosquitto has taken it over.
        list = nil
    }

    /// Without a session expiry, an MQTT 5 session ends with its connection.
    ///
    /// The asynchronous connect takes no properties, but `mosquitto_connect_bind_v5` keeps those it
    /// is given before it looks at the keep-alive (lib/connect.c): a keep-alive of 1 s, which it
    /// refuses, leaves them in the handle and touches no network.
    private func setConnectProperties(_ options: LinkOptions) throws(SetupFailure) {
        var list: OpaquePointer?
        defer { mosquitto_property_free_all(&list) }
        try require(
            mosquitto_property_add_int32(
                &list, Int32(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue),
                options.sessionExpirySeconds))
        try require(
            mosquitto_property_add_int32(
                &list, Int32(MQTT_PROP_MAXIMUM_PACKET_SIZE.rawValue),
                UInt32(clamping: options.maximumPacketBytes)))
        let code = mosquitto_connect_bind_v5(
            handle, options.host, Int32(options.port), 1, nil, list)
        guard code == MOSQ_ERR_INVAL.rawValue else {
            throw SetupFailure(
                reason: "this libmosquitto keeps no properties for CONNECT (\(code))")
        }
    }

    private func set(_ option: mosq_opt_t, _ value: Int32) throws(SetupFailure) {
        try require(mosquitto_int_option(handle, option, value))
    }

    private func require(_ code: Int32) throws(SetupFailure) {
        guard code == MOSQ_ERR_SUCCESS.rawValue else {
            throw SetupFailure(reason: String(cString: mosquitto_strerror(code)))
        }
    }
}
