/// Rules over presses, with most of what a mind can keep.
public enum PressRules {
    public static func yaml(limit: Double = 7.1) -> String {
        """
        routes:
          - name: telemetry
            topic: plant/{line}/{device}/telemetry
            entity: "{device}"
          - name: commands
            guard:
              propose: cmd/{device}/{verb}/proposed
              approved: cmd/{device}/{verb}
              denied: cmd/{device}/{verb}/denied
            entity: "{device}"
            threshold: 0.0
            default: deny
        rules:
          - name: no-harm
            weight: 10
            stance: oppose
            on: commands
            when: payload.rpm > 1500 && device.last.vib > \(limit)
            messageExpression: '"it shakes at " + string(device.last.vib)'
          - name: slow-is-fine
            weight: 2
            stance: support
            on: commands
            when: payload.rpm <= 1500
          - name: trusted
            weight: 1
            stance: support
            strength: device.trust
            on: commands
            when: device.trust >= 0.5
          - name: overheat
            on: telemetry
            when: payload.temp > 80.0
            for: 3s
            keep_firing_for: 2s
            severity: critical
            actions: [{ feel: { emotion: anger } }]
          - name: drifting
            on: telemetry
            when: over.avg(payload.vib, "20s") > \(limit)
            severity: warning
          - name: silent
            on: telemetry
            absent: 30s
        """
    }
}
