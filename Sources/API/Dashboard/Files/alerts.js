/** Alerts that fire, and acknowledging one. */

import { call, segment } from "./api.js";
import { badge, byId, h, notice, openDialog, say, sync } from "./dom.js";
import { announce } from "./announcer.js";
import { SEVERITIES, severityTone } from "./decision.js";
import { ago, cut, name, plural, value } from "./format.js";
import { Hold } from "./hold.js";
import { Poll } from "./poll.js";
import { openWhyOf } from "./why.js";

/** The agent's alerts come by pages, the newest first. */
const PAGE = 500;
/** So many are shown, the gravest of those that were read; and so many more with each press. */
const STEP = 200;
/** More are asked of the API. */
const READ_MAX = 5_000;
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
    /** All that were read, the gravest first. */
    #alerts = [];
    /** Whether more fire than were read. */
    #hasMore = false;
    #shownMax = STEP;
    #hold;
    /** Those that have their place in the list, in its order. */
    #placed = [];
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
        this.#hold = new Hold(byId("alert-list"), () => this.#draw());
        byId("alerts-more").addEventListener("click", () => this.#showMore());
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
        this.#hasMore = false;
        this.#shownMax = STEP;
        this.#placed = [];
        this.#hold.clear();
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
        const all = [];
        let cursor = "";
        do {
            const query = new URLSearchParams({ limit: String(PAGE), ...(cursor && { cursor }) });
            const page = await call(`/alerts?${query}`);
            all.push(...page.alerts ?? []);
            cursor = page.next ?? "";
        } while (cursor && all.length < Math.min(this.#shownMax, READ_MAX));
        this.#alerts = all.sort(byGravity);
        this.#hasMore = cursor !== "";
        this.#tellNews(all, !this.#hasMore);
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

    /** Whoever wants more gets it, though the list grows under the mouse that pressed. */
    async #showMore() {
        this.#shownMax += STEP;
        this.#draw(true);
        if (byId("alerts-more").hidden) byId("panel-alerts").focus();
        await this.#poll.now();
        this.#draw(true);
    }

    #draw(isWanted = false) {
        const wanted = this.#alerts.slice(0, this.#shownMax);
        const isHeld = !isWanted && this.#hold.isOn && this.#known !== null;
        const news = this.#place(wanted, isHeld);
        sync(byId("alert-list"), this.#placed.map(({ alert, isOver }) => ({
            key: alert.decision_id, version: [alert, isOver, this.mayAct],
            make: () => this.item(alert, isOver),
        })));
        const hasMore = this.#alerts.length > wanted.length
            || (this.#hasMore && this.#shownMax < READ_MAX);
        byId("alerts-more").hidden = !hasMore;
        if (!this.#known) {
            say(byId("alert-note"), "Asking the agent …");
            return this.#onChange(null, false);
        }
        say(byId("alert-note"), [this.#words(wanted.length), isHeld && news > 0
            ? `The list stands still while you are in it: ${plural(news, "change")} waiting.` : "",
        ].filter(Boolean).join(" "));
        this.#onChange(this.#alerts, this.#hasMore);
    }

    /**
     * Whoever is in the list has every alert stay in its place; what is said of it is renewed.
     * @returns how many wait for their place, or to be taken away.
     */
    #place(wanted, isHeld) {
        if (!isHeld) {
            this.#placed = wanted.map((alert) => ({ alert, isOver: false }));
            return 0;
        }
        const firing = new Map(this.#alerts.map((alert) => [alert.decision_id, alert]));
        const here = new Set(this.#placed.map(({ alert }) => alert.decision_id));
        this.#placed = this.#placed.map(({ alert }) => {
            const now = firing.get(alert.decision_id);
            // Behind the last that was read, it may fire still.
            return { alert: now ?? alert, isOver: !now && !this.#hasMore };
        });
        return wanted.filter((alert) => !here.has(alert.decision_id)).length
            + this.#placed.filter(({ isOver }) => isOver).length;
    }

    #words(shown) {
        const count = this.#alerts.length;
        if (count === 0) return "Nothing fires.";
        const open = this.#alerts.filter((alert) => !alert.acknowledgement).length;
        const isAll = shown === count && !this.#hasMore;
        return `${plural(count, "alert")}${this.#hasMore ? " read, and there are more" : ""}`
            + `${isAll ? "" : `; the gravest ${shown} are shown`}; `
            + (open === 0 ? "all acknowledged." : `${open} not acknowledged.`)
            + (this.mayAct ? "" : " A viewer's key may not acknowledge.");
    }

    /** One alert, as the list and the overview show it. */
    item(alert, isOver = false) {
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
                    this.mayAct && !known && !isOver ? this.#button(alert) : null)),
            known ? acknowledged(known) : null,
            isOver ? h("p", { class: "hint" }, "It no longer fires.") : null);
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
