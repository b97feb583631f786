/// Rule files of the tests.
enum Rules {
    /// A telemetry route and a guard; speeds above 1,500 are denied.
    static let press = """
        routes:
          - name: telemetry
            topic: plant/{line}/{device}/telemetry
            entity: "{device}"
            record: all
          - name: commands
            guard:
              propose: cmd/{device}/{verb}/proposed
              approved: cmd/{device}/{verb}
              denied: cmd/{device}/{verb}/denied
            entity: "{device}"
            threshold: 0.0
            default: deny
        rules:
          - name: may-run
            description: A press may be started
            weight: 1
            stance: support
            on: commands
            when: params.verb == "start"
          - name: too-fast
            description: Not faster than 1500
            weight: 10
            stance: oppose
            on: commands
            when: has(payload.rpm) && payload.rpm > 1500
          - name: hot
            description: A press is too hot
            on: telemetry
            when: has(payload.temp) && payload.temp > 80.0

        """

    /// `press`, where speeds above this one are denied.
    static func pressLimited(to rpm: Int) -> String {
        press.replacing("payload.rpm > 1500", with: "payload.rpm > \(rpm)")
    }
}
