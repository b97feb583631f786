/** Is it healthy, what fires, what was denied: what somebody wants to know first. */

import { call, now } from "./api.js";
import { badge, byId, facts, h, LiveTable, notice, renew, replace, say, sync } from "./dom.js";
import { understand, whyButton } from "./decision.js";
import { ago, bytes, clock, cut, digest, duration, name, number, plural, time } from "./format.js";
import { Poll } from "./poll.js";

const DENIED_MAX = 20;
const DENIED_SHOWN = 6;
const ALERTS_SHOWN = 5;
const POLL_MS = 10_000;
const HOUR_MS = 3_600_000;

const TONES = {
    online: "ok", ok: "ok", starting: "info", degraded: "warn", stopping: "warn",
    offline: "crit", disabled: "quiet",
};
const STATES = {
    online: "Online", starting: "Starting", degraded: "Degraded", stopping: "Stopping",
    offline: "Offline",
};
/** The order in which they are looked at. */
const COMPONENTS = ["broker", "store", "mind", "memory", "outbox", "api"];
/** Members that are told otherwise, or say nothing to a person. */
const SILENT = new Set(["status", "reason", "last_reason", "ruleset", "shadow"]);

export class Overview {
    #openWhy;
    #onStatus;
    #alerts;
    #components;
    #denied = [];
    /** Counts what was told of the status: an answer can be older than what came live meanwhile. */
    #told = 0;
    #statusPoll;
    #deniedPoll;

    constructor(openWhy, onStatus) {
        this.#openWhy = openWhy;
        this.#onStatus = onStatus;
        this.#components = new LiveTable(byId("components"), "Components", [
            { title: "Component", class: "who", isHead: true },
            { title: "State", class: "what" }, { title: "Details", class: "text" },
        ], { class: "plain" });
        const tell = (fault) => notice(byId("notice-overview"), fault?.message);
        this.#statusPoll = new Poll(POLL_MS, () => this.#readStatus(), tell);
        this.#deniedPoll = new Poll(60_000, () => this.#readDenied(), tell);
    }

    /** The alerts' own rows are the overview's, too. */
    connect(alerts) { this.#alerts = alerts; }

    start() {
        this.#statusPoll.start();
        this.#deniedPoll.start();
    }

    /** After the agent was away: what happened meanwhile. */
    refresh() {
        this.#statusPoll.now();
        this.#deniedPoll.now();
    }

    show() {}
    hide() {}

    clear() {
        this.#statusPoll.stop();
        this.#deniedPoll.stop();
        this.#denied = [];
        this.#components.show([]);
        byId("facts").replaceChildren();
        for (const id of ["tile-health", "tile-alerts", "tile-denied"]) tile(id, "", "…", []);
        for (const id of ["overview-alerts", "overview-denied"]) byId(id).replaceChildren();
        notice(byId("notice-overview"), null);
    }

    // What the agent says of itself

    async #readStatus() {
        const told = this.#told;
        const status = await call("/status");
        if (told === this.#told) this.takeStatus(status);
    }

    takeStatus(status) {
        this.#told += 1;
        this.#onStatus(status);
        const state = String(status.status ?? "");
        const text = STATES[state] ?? cut(state, 40);
        const tone = TONES[state] ?? "info";
        const since = status.since
            ? ["since ", time(status.since), " (", ago(status.since), ")"] : [];
        tile("tile-health", tone, text, [
            status.reason ? h("bdi", {}, cut(status.reason, 300)) : null,
            status.reason && status.since ? "; " : null, ...since,
        ]);
        const shown = byId("state");
        shown.dataset.tone = tone;
        say(shown, text);
        this.#showComponents(status.components ?? {});
        renew(byId("facts"), facts([
            ["Version", status.version],
            ["Rule set", status.ruleset ? h("code", {}, digest(status.ruleset)) : null],
            ["Up for", secondsOf(status, "uptime_s", duration)],
            ["Last commit", secondsOf(status, "last_commit_age_ms", commitAge)],
            ["Waiting to be sent", secondsOf(status, "outbox_depth", number)],
            ["Start", status.boot_id ? h("code", {}, cut(status.boot_id, 12)) : null],
        ]));
    }

    /** It does not answer: how it was is no longer how it is. */
    takeLoss(at) {
        const shown = byId("state");
        if (shown.dataset.tone === "quiet") return;
        const before = shown.textContent;
        shown.dataset.tone = "quiet";
        say(shown, `Was ${before.toLowerCase()}`);
        tile("tile-health", "crit", "Not reachable", [`since ${clock(at)}; it was `
            + `${before.toLowerCase()} before`]);
    }

    #showComponents(components) {
        const place = (key) => (COMPONENTS.indexOf(key) + 1 || COMPONENTS.length + 1);
        const keys = Object.keys(components).sort((one, other) => place(one) - place(other));
        this.#components.show(keys.map((key) => {
            const component = components[key];
            return {
                key, version: component, cells: () => [
                    key === "api" ? "API" : cut(key.slice(0, 1).toUpperCase() + key.slice(1), 40),
                    badge(TONES[component.status] ?? "warn", cut(component.status ?? "", 40)),
                    details(component),
                ],
            };
        }));
    }

    // What fires

    /** @param all null where it is not known yet. */
    takeAlerts(all, hasMore) {
        byId("alert-count").hidden = true;
        if (all === null) return tile("tile-alerts", "", "…", []);
        const count = all.length;
        const open = all.filter((alert) => !alert.acknowledgement);
        const gravest = open[0]?.severity ?? "";
        const tone = count === 0 ? "ok"
            : { critical: "crit", warning: "warn" }[gravest] ?? "info";
        const text = count === 0 ? "Nothing" : plural(count, "alert") + (hasMore ? "+" : "");
        const bySeverity = ["critical", "warning", "info"].map((severity) => [
            severity, all.filter((alert) => alert.severity === severity).length,
        ]).filter(([, number]) => number > 0).map(([severity, number]) => `${number} ${severity}`);
        tile("tile-alerts", tone, text, count === 0 ? ["No alert fires."] : [
            bySeverity.join(", "), open.length === 0 ? "; all acknowledged"
                : `; ${open.length} not acknowledged`,
        ]);
        const badgeOf = byId("alert-count");
        say(badgeOf, count === 0 ? "" : String(count));
        badgeOf.dataset.tone = tone;
        badgeOf.hidden = count === 0;
        list(byId("overview-alerts"), all.slice(0, ALERTS_SHOWN).map((alert) => ({
            key: alert.decision_id, version: [alert, this.#alerts.mayAct],
            make: () => this.#alerts.item(alert),
        })), "Nothing fires.", count > ALERTS_SHOWN
            ? ["#alerts", hasMore ? "All alerts" : `All ${count} alerts`] : null);
    }

    // What was denied

    async #readDenied() {
        const query = `kind=verdict&verdict=denied&since=1h&limit=${DENIED_MAX}`;
        const page = await call(`/decisions?${query}`);
        for (const json of page.decisions ?? []) this.takeDecision(json, false);
        this.#drawDenied();
    }

    takeDecision(json, isLive = true) {
        const decision = understand(json);
        if (!decision?.isDenied || this.#denied.some(({ id }) => id === decision.id)) return;
        this.#denied.push(decision);
        this.#denied.sort((one, other) => (one.at < other.at ? 1 : -1));
        this.#denied.length = Math.min(this.#denied.length, DENIED_MAX);
        if (isLive) this.#drawDenied();
    }

    #drawDenied() {
        const hourAgo = now() - HOUR_MS;
        const recent = this.#denied.filter(({ at }) => Date.parse(at) > hourAgo);
        const count = recent.length;
        const text = count === 0 ? "Nothing" : `${count}${count >= DENIED_MAX ? " or more" : ""}`;
        tile("tile-denied", count === 0 ? "ok" : "warn", text, count === 0
            ? ["Every proposal was approved, or there was none."]
            : ["the last: ", name(recent[0].entity, 60), ", ", ago(recent[0].at)]);
        list(byId("overview-denied"), this.#denied.slice(0, DENIED_SHOWN).map((decision) => ({
            key: decision.id, version: decision.id, make: () => this.#deniedItem(decision),
        })), "Nothing was denied.", count > 0 ? ["#decisions", "All decisions"] : null);
    }

    #deniedItem(decision) {
        return h("li", { class: "item", "data-tone": "quiet" },
            h("div", { class: "line" },
                h("strong", {}, name(decision.entity)), h("span", {}, name(decision.subject)),
                h("span", { class: "end" }, time(decision.at)),
                whyButton(decision, this.#openWhy)),
            h("p", {}, h("bdi", {}, cut(decision.text, 300))));
    }
}

function tile(id, tone, answer, detail) {
    const element = byId(id);
    element.dataset.tone = tone;
    say(element.querySelector(".answer"), answer);
    renew(element.querySelector(".detail"), detail.filter(Boolean));
}

/** Items below each other, or a sentence where there is none. */
function list(place, entries, empty, more) {
    let items = place.querySelector("ul");
    if (entries.length === 0) {
        replace(place, h("p", { class: "note" }, empty));
        return;
    }
    if (!items) {
        items = h("ul", { class: "list" });
        replace(place, items);
    }
    sync(items, entries);
    const link = place.querySelector("a.more");
    if (!more) link?.remove();
    else if (!link) place.append(h("a", { class: "more", href: more[0] }, more[1]));
    else say(link, more[1]);
}

function secondsOf(status, member, words) {
    const amount = status[member];
    return typeof amount === "number" ? words(amount) : null;
}

const commitAge = (milliseconds) => (milliseconds < 1_000
    ? "a moment ago" : `${duration(milliseconds / 1_000)} ago`);

/** The reason first, then what a component says of itself. */
function details(component) {
    const isWell = component.status === "ok";
    // Why the broker was lost is history once it is back.
    const reasons = [component.reason, isWell ? null : component.last_reason,
        component.shadow?.reason].filter(Boolean).map((reason) =>
        h("p", { class: "reason" }, h("bdi", {}, cut(reason, 400))));
    const rest = Object.entries(component)
        .filter(([key, value]) => !SILENT.has(key) && isTold(key, value))
        .map(([key, value]) => told(key, value));
    return [...reasons, rest.length ? h("p", { class: "hint" }, rest.join(" · ")) : null];
}

function isTold(key, value) {
    if (Array.isArray(value)) return value.length > 0;
    if (key === "attempt" && value === 0) return false;
    return value !== null && typeof value !== "object" && value !== "";
}

function told(key, value) {
    const words = cut(key, 40).replace(/_(s|ms|bytes)$/, "").replaceAll("_", " ");
    if (key.endsWith("bytes") && typeof value === "number") return `${words} ${bytes(value)}`;
    if (key === "since_s") return `for ${duration(value)}`;
    if (key.endsWith("_s") && typeof value === "number") return `${words} ${duration(value)}`;
    if (Array.isArray(value)) return `${words} ${cut(value.join(", "), 200)}`;
    return `${words} ${typeof value === "number" ? number(value) : cut(String(value), 80)}`;
}
