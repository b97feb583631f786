/** Alerts that fire, and acknowledging one. */

import { call, segment } from "./api.js";
import { badge, byId, h, notice, openDialog, say, sync } from "./dom.js";
import { announce } from "./announcer.js";
import { SEVERITIES, severityTone } from "./decision.js";
import { ago, cut, name, plural, value } from "./format.js";
import { Poll } from "./poll.js";
import { openWhyOf } from "./why.js";

/** Of a storm, the gravest of the newest are shown. */
const READ_MAX = 500;
const SHOWN_MAX = 200;
const POLL_MS = 20_000;
/** The window's title tells how many fire, whether the page is seen or not. */
const HIDDEN_MS = 60_000;
/** Several changes in one instant are one question. */
const SETTLE_MS = 300;
/** In a storm, from one question to the next. */
const STORM_MS = 2_000;

const ROLES = ["viewer", "operator", "admin"];

export class Alerts {
    #poll;
    #onChange;
    #alerts = [];
    #hasMore = false;
    /** What fired when the list was read last; null before the first time. */
    #known = null;
    /** Whether that was all. */
    #knewAll = true;
    #role = null;
    #timer = 0;
    #readAt = -STORM_MS;
    /** Counts the openings of the dialog: an answer belongs to one of them. */
    #opening = 0;

    /**
     * @param onChange Gets what fires, the gravest first, or null where it is not known yet; and
     *     whether there is more.
     */
    constructor(onChange) {
        this.#onChange = onChange;
        this.#poll = new Poll(POLL_MS, () => this.#read(), (fault) =>
            notice(byId("notice-alerts"), fault?.message), HIDDEN_MS);
        byId("ack-form").addEventListener("submit", (event) => {
            event.preventDefault();
            this.#send();
        });
    }

    /** From the sign-in to its end, whatever is shown. */
    start() { this.#poll.start(); }

    show() {}
    hide() {}

    clear() {
        this.#poll.stop();
        clearTimeout(this.#timer);
        this.#timer = 0;
        this.#opening += 1;
        this.#alerts = [];
        this.#known = null;
        this.#role = null;
        byId("ack").alert = null;
        this.#draw();
        notice(byId("notice-alerts"), null);
    }

    /** @param role null where it is not known: then the agent is left to refuse. */
    takeRole(role) {
        if (role === this.#role) return;
        this.#role = ROLES.includes(role) ? role : null;
        this.#draw();
    }

    /** Something began or ended. A storm that does not end must not put the question off. */
    hurry() {
        const wait = Math.max(SETTLE_MS, this.#readAt + STORM_MS - performance.now());
        this.#timer ||= setTimeout(() => {
            this.#timer = 0;
            this.#poll.now();
        }, wait);
    }

    get mayAct() { return this.#role === null || this.#role !== "viewer"; }

    async #read() {
        this.#readAt = performance.now();
        const page = await call(`/alerts?limit=${READ_MAX}`);
        const all = (page.alerts ?? []).sort(byGravity);
        this.#alerts = all.slice(0, SHOWN_MAX);
        this.#hasMore = all.length > SHOWN_MAX || page.next !== undefined;
        this.#tellNews(all, page.next === undefined);
        this.#draw();
    }

    /** Those who hear the page are told what has begun, not what was there when they came. */
    #tellNews(all, isAll) {
        const firing = new Map(all.map((alert) => [alert.decision_id, alert]));
        if (this.#known) {
            // Of a list that has an end, older ones come into it when others go.
            const newest = this.#knewAll ? "" : newestOf(this.#known.values());
            for (const [id, alert] of firing) {
                if (this.#known.has(id) || alert.since < newest) continue;
                announce("began", alertText(alert));
            }
            for (const [id, alert] of isAll ? this.#known : []) {
                if (!firing.has(id)) announce("ended", alertText(alert));
            }
        }
        this.#known = firing;
        this.#knewAll = isAll;
    }

    #draw() {
        const list = byId("alert-list");
        sync(list, this.#alerts.map((alert) => ({
            key: alert.decision_id, version: [alert, this.mayAct], make: () => this.item(alert),
        })));
        if (!this.#known) {
            say(byId("alert-note"), "Asking the agent …");
            return this.#onChange(null, false);
        }
        const count = this.#alerts.length;
        const open = this.#alerts.filter((alert) => !alert.acknowledgement).length;
        say(byId("alert-note"), count === 0
            ? "Nothing fires."
            : `${plural(count, "alert")}${this.#hasMore ? ", and more" : ""}; `
                + (open === 0 ? "all acknowledged." : `${open} not acknowledged.`)
                + (this.mayAct ? "" : " A viewer's key may not acknowledge."));
        this.#onChange(this.#alerts, this.#hasMore);
    }

    /** One alert, as the list and the overview show it. */
    item(alert) {
        const known = alert.acknowledgement;
        const why = h("button", { type: "button", class: "quiet", "data-action": "why" }, "Why");
        why.setAttribute("aria-label", cut(`Why: ${alertText(alert)}`, 200));
        why.addEventListener("click", () => openWhyOf(alert.decision_id, why));
        return h("li", { class: "item", "data-tone": severityTone(alert.severity) },
            h("div", { class: "line" },
                badge(severityTone(alert.severity), cut(alert.severity ?? "alert", 20)),
                h("strong", {}, name(alert.rule)), h("span", {}, "on ", name(alert.entity)),
                h("span", { class: "end" }, ago(alert.since))),
            h("div", { class: "line" },
                h("p", { class: "grow" }, said(alert)),
                h("span", { class: "buttons" }, why,
                    this.mayAct && !known ? this.#button(alert) : null)),
            known ? acknowledged(known) : null);
    }

    #button(alert) {
        const button = h("button", { type: "button", "data-action": "ack" }, "Acknowledge");
        button.setAttribute("aria-label", cut(`Acknowledge ${alertText(alert)}`, 200));
        button.addEventListener("click", () => {
            const dialog = byId("ack");
            dialog.alert = alert;
            this.#opening += 1;
            // It may be off still, for the answer about another alert.
            byId("ack-button").disabled = false;
            byId("ack-about").replaceChildren(name(alert.rule), " on ", name(alert.entity),
                alert.message ? ": " : "", h("bdi", {}, cut(alert.message ?? "", 300)));
            byId("ack-form").reset();
            say(byId("ack-fault"), "");
            // The button is gone once it is acknowledged.
            openDialog(dialog, button, byId("tab-alerts"));
            byId("ack-note").focus();
        });
        return button;
    }

    async #send() {
        const dialog = byId("ack");
        const button = byId("ack-button");
        // Until the answer is there, the dialog can be closed, and opened for another alert.
        const { alert } = dialog;
        const opening = this.#opening;
        const isShown = () => dialog.open && opening === this.#opening;
        const { rule, entity } = alert;
        const note = byId("ack-note").value.trim();
        button.disabled = true;
        say(byId("ack-fault"), "");
        try {
            const path = `/alerts/${segment(rule)}/${segment(entity)}/ack`;
            await call(path, { method: "POST", body: note ? { note } : {} });
            await this.#poll.now();
            if (isShown()) dialog.close();
            announce("said", `Acknowledged: ${alertText(alert)}`);
        } catch (fault) {
            if (fault.status === undefined) throw fault;
            if (fault.isOver) return;
            if (isShown()) say(byId("ack-fault"), fault.message);
            else announce("said", `Not acknowledged: ${alertText(alert)}: ${fault.message}`);
            // The key's role may be known only now.
            if (fault.status === 403) this.takeRole("viewer");
        } finally {
            if (opening === this.#opening) button.disabled = false;
        }
    }
}

const alertText = (alert) => `${alert.severity ?? "alert"} ${alert.rule} on ${alert.entity}`;

const newestOf = (alerts) =>
    [...alerts].reduce((newest, { since }) => (since > newest ? since : newest), "");

/** Its message; where it has none, the value that it saw. */
function said(alert) {
    if (alert.message) return h("bdi", {}, cut(alert.message, 1000));
    if (alert.value === undefined || alert.value === null) return "";
    return h("span", { class: "hint" }, "value ", h("bdi", {}, value(alert.value)));
}

function acknowledged(known) {
    return h("p", { class: "hint" },
        "Acknowledged by ", name(known.by ?? "somebody"), " ", ago(known.at),
        known.note ? ": " : "", known.note ? h("bdi", {}, cut(known.note, 500)) : null);
}

/** What nobody has acknowledged first, then the gravest, then the newest. */
function byGravity(one, other) {
    const rank = (alert) => {
        const place = SEVERITIES.indexOf(alert.severity);
        return (alert.acknowledgement ? 10 : 0) + (place < 0 ? SEVERITIES.length : place);
    };
    return rank(one) - rank(other) || String(other.since).localeCompare(String(one.since));
}
