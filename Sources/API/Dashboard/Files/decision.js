/** What the recorded decisions say, for whoever shows them. */

import { h, badge } from "./dom.js";
import { cut, name } from "./format.js";

const SEVERITY_TONES = { critical: "crit", warning: "warn", info: "info" };

/** Critical first; what is unknown last. */
export const SEVERITIES = ["critical", "warning", "info"];

export const severityTone = (severity) => SEVERITY_TONES[severity] ?? "info";

/**
 * A verdict or a change of an alert, as it is stored and published.
 * @returns null where it is neither.
 */
export function understand(json) {
    const isAlert = json?.state !== undefined;
    if (typeof json?.decision_id !== "string") return null;
    if (!isAlert && typeof json.approved !== "boolean") return null;
    const isFiring = json.state === "firing";
    return {
        id: json.decision_id,
        at: isAlert ? json.since : json.timestamp,
        isAlert,
        isFiring,
        isDenied: json.approved === false,
        tone: isAlert ? (isFiring ? severityTone(json.severity) : "quiet")
            : json.approved ? "ok" : "crit",
        label: isAlert ? (isFiring ? "Firing" : "Resolved") : json.approved ? "Approved" : "Denied",
        entity: String(json.entity ?? ""),
        /** The rule of an alert, the action of a verdict. */
        subject: String(isAlert ? json.rule ?? "" : json.action || json.route || ""),
        text: String((isAlert ? json.message : json.explanation) ?? ""),
        json,
    };
}

export const outcomeBadge = (decision) => badge(decision.tone, decision.label);

/** `Denied: press-7, start`, for titles and for those who hear the page. */
export function headline(decision) {
    return [
        `${decision.label}: `, name(decision.entity, 80),
        decision.subject ? ", " : "", name(decision.subject, 80),
    ];
}

/** The button that opens a decision's why. */
export function whyButton(decision, open) {
    const button = h("button", { type: "button", class: "quiet", "data-action": "why" }, "Why");
    button.setAttribute(
        "aria-label",
        cut(`Why: ${decision.label} ${decision.entity} ${decision.subject}`, 160));
    button.addEventListener("click", () => open(decision, button));
    return button;
}
