/** Devices in working memory: when they were heard, how far they are trusted, their last values. */

import { call, now } from "./api.js";
import { course, forgetCourses, numbers } from "./courses.js";
import { byId, facts, h, notice, openDialog, say, sync, table } from "./dom.js";
import { ago, cut, name, number, plural, time, value } from "./format.js";
import { plot } from "./plot.js";
import { Poll } from "./poll.js";

const PAGE = 30;
const POLL_MS = 5_000;
const VALUES_SHOWN = 6;
const PLOTS_SHOWN = 2;
const PLOTS_IN_FULL = 8;
const SPAN = "2h";
const SPAN_MS = 2 * 3_600_000;
const SPANS = [["2h", "2 hours"], ["24h", "a day"], ["7d", "a week"], ["30d", "30 days"]];

export class Devices {
    #poll;
    #cursor = "";
    #next = "";
    #devices = [];
    #onDecisions;
    /** Cards that can be seen have their plots drawn. */
    #watcher = new IntersectionObserver((entries) => {
        for (const { target, isIntersecting } of entries) {
            if (!isIntersecting) continue;
            this.#watcher.unobserve(target);
            drawPlots(target);
        }
    }, { rootMargin: "120px" });

    /** @param onDecisions Shows the decisions about an entity. */
    constructor(onDecisions) {
        this.#onDecisions = onDecisions;
        this.#poll = new Poll(POLL_MS, () => this.#read(), (fault) =>
            notice(byId("notice-devices"), fault?.message));
        byId("device-filter").addEventListener("submit", (event) => event.preventDefault());
        byId("device-name").addEventListener("input", () => this.#draw());
        byId("device-next").addEventListener("click", () => this.#go(this.#next));
        byId("device-first").addEventListener("click", () => this.#go(""));
    }

    show() { this.#poll.start(); }
    hide() { this.#poll.stop(); }

    clear() {
        this.#poll.stop();
        this.#cursor = "";
        this.#next = "";
        this.#devices = [];
        forgetCourses();
        byId("device-filter").reset();
        byId("device-list").replaceChildren();
        say(byId("device-note"), "");
        notice(byId("notice-devices"), null);
    }

    async #go(cursor) {
        this.#cursor = cursor;
        await this.#poll.now();
        byId("panel-devices").focus();
    }

    async #read() {
        const query = new URLSearchParams({ limit: String(PAGE) });
        const cursor = this.#cursor;
        if (cursor) query.set("cursor", cursor);
        const page = await call(`/devices?${query}`);
        // Another page was asked for meanwhile.
        if (cursor !== this.#cursor) return this.#read();
        this.#devices = page.devices ?? [];
        this.#next = page.next ?? "";
        this.#draw();
    }

    #draw() {
        const wanted = byId("device-name").value.trim().toLowerCase();
        const shown = this.#devices.filter((device) =>
            String(device.entity).toLowerCase().includes(wanted));
        sync(byId("device-list"), shown.map((device) => ({
            key: device.entity, version: device.entity, make: () => this.#card(device),
        })));
        const cards = byId("device-list").children;
        shown.forEach((device, index) => fill(cards[index], device));
        byId("device-first").hidden = this.#cursor === "";
        byId("device-next").hidden = this.#next === "";
        const more = this.#next || this.#cursor ? " on this page" : "";
        say(byId("device-note"), this.#devices.length === 0 ? "No device was heard yet."
            : wanted ? `${plural(shown.length, "device")} of ${this.#devices.length}${more}`
                : `${plural(shown.length, "device")}${more}`);
    }

    /** Its outline; what changes is filled in with each answer. */
    #card(device) {
        const button = h("button", { type: "button", class: "link", "data-action": "open" },
            name(device.entity, 80));
        button.addEventListener("click", () =>
            openDevice(device.entity, button, this.#onDecisions));
        const card = h("li", { class: "card device" },
            h("div", { class: "line" }, h("h3", {}, button), h("span", { class: "end seen" })),
            h("div", { class: "trust" }), h("dl", { class: "values" }),
            h("div", { class: "plots" }));
        card.device = device;
        this.#watcher.observe(card);
        return card;
    }
}

function fill(card, device) {
    card.device = device;
    const seen = card.querySelector(".seen");
    const at = seen.querySelector("time");
    if (at?.dateTime !== device.last_seen) {
        seen.replaceChildren(h("span", { class: "unseen" }, "heard "), ago(device.last_seen));
    }
    fillTrust(card.querySelector(".trust"), device.trust);
    const values = Object.entries(valuesOf(device)).slice(0, VALUES_SHOWN);
    const list = card.querySelector(".values");
    const text = JSON.stringify(values);
    if (list.shown === text) return;
    list.shown = text;
    list.replaceChildren(...facts(values.map(([field, any]) => [cut(field, 40), value(any)])));
}

/** What it said last, by field; a payload that is a number by itself is `value`. */
function valuesOf(device) {
    const { values } = device;
    if (values === undefined || values === null) return {};
    return typeof values === "object" && !Array.isArray(values) ? values : { value: values };
}

function fillTrust(place, trust) {
    if (!Number.isFinite(trust) || place.shown === trust) return;
    place.shown = trust;
    const bar = h("span", { class: "fill" });
    bar.style.width = `${Math.round(Math.min(1, Math.max(0, trust)) * 100)}%`;
    place.dataset.tone = trust < 0.3 ? "crit" : trust < 0.45 ? "warn" : "ok";
    place.replaceChildren(h("span", {}, "Trust "), h("strong", {}, trust.toFixed(2)),
        h("span", { class: "meter", "aria-hidden": "true" }, bar));
}

async function drawPlots(card) {
    const { device } = card;
    // Of one that has long been silent there is nothing.
    if (now() - Date.parse(device.last_seen) > SPAN_MS) return;
    const fields = numbers(valuesOf(device)).slice(0, PLOTS_SHOWN);
    for (const [field] of fields) {
        const drawing = await drawn(device.entity, field, SPAN);
        if (!drawing) continue;
        card.querySelector(".plots").append(h("div", { class: "small-plot" },
            h("span", { class: "hint" }, cut(field, 40)), drawing));
    }
}

/** @returns null where there is no course to draw. */
async function drawn(entity, field, span, { route = null, isLarge = false } = {}) {
    try {
        const series = await course(entity, field, span, route);
        return plot(series, `${field} of ${entity}`, isLarge);
    } catch (fault) {
        if (fault.status === undefined) throw fault;
        return null;
    }
}

let asked = 0;

/** Everything in working memory about one. */
async function openDevice(entity, opener, onDecisions) {
    const asking = ++asked;
    const body = byId("device-body");
    byId("device-title").replaceChildren(name(entity, 80));
    body.replaceChildren(h("p", { class: "note", role: "status" }, "Asking the agent …"));
    openDialog(byId("device"), opener, byId("tab-devices"));
    byId("device-title").focus();
    try {
        const device = await call(`/devices/${encodeURIComponent(entity)}`);
        if (asking === asked) body.replaceChildren(...inFull(device, entity, onDecisions));
    } catch (fault) {
        if (fault.status === undefined) throw fault;
        if (asking === asked && !fault.isOver) {
            body.replaceChildren(h("p", { class: "notice", role: "status" }, fault.message));
        }
    }
}

function inFull(device, entity, onDecisions) {
    const trust = h("div", { class: "trust" });
    fillTrust(trust, device.trust);
    const heard = h("dl", { class: "facts" }, facts([
        ["Heard last", device.last_seen
            ? [time(device.last_seen), ", ", ago(device.last_seen)] : null],
        ["Heard first", device.first_seen ? time(device.first_seen) : null],
        ["Mood", device.mood],
        ["Alerts", device.alerts_firing],
        ["Heard on", (device.heard ?? []).map(({ route }) => cut(route, 80)).join(", ")],
    ]));
    const decisions = h("button", { type: "button" }, "Decisions about it");
    decisions.addEventListener("click", () => {
        byId("device").close();
        onDecisions(entity);
    });
    const values = valuesOf(device);
    return [
        trust, heard, valueTable(values), plots(entity, coursesOf(device)),
        h("p", { class: "buttons" }, decisions),
    ];
}

function valueTable(values) {
    const rows = Object.entries(values).slice(0, 200)
        .map(([field, any]) => [cut(field, 120), h("bdi", {}, value(any))]);
    if (rows.length === 0) return h("p", { class: "note" }, "It said nothing that is remembered.");
    return table("What it said last",
        [{ title: "Field", isHead: true, class: "who" }, { title: "Value", class: "said" }], rows);
}

/** Its numbers with the routes on which they were heard. */
function coursesOf(device) {
    const heard = (device.heard ?? []).flatMap(({ route, payload }) =>
        numbers(payload).map(([field, last]) => ({ route, field, last })));
    return heard.length > 0 ? heard
        : numbers(valuesOf(device)).map(([field, last]) => ({ route: null, field, last }));
}

/** The courses of its numbers, over a time that can be chosen. */
function plots(entity, courses) {
    const shown = courses.slice(0, PLOTS_IN_FULL);
    if (shown.length === 0) return "";
    const place = h("div", { class: "plots" });
    const span = h("select", { id: "device-span" },
        SPANS.map(([age, words]) => h("option", { value: age }, words)));
    let drawing = 0;
    const draw = async () => {
        const own = ++drawing;
        const made = await Promise.all(shown.map(({ field, route }) =>
            drawn(entity, field, span.value, { route, isLarge: true })));
        if (own !== drawing) return;
        const figures = shown.flatMap((one, index) => made[index] === null ? [] : [
            h("div", { class: "large-plot" },
                h("h4", {}, cut(one.field, 80), " ",
                    h("span", { class: "hint" }, number(one.last))),
                made[index]),
        ]);
        place.replaceChildren(...(figures.length > 0 ? figures : [h("p", { class: "note" },
            "There is no course yet: it takes two minutes, or hours, that are over.")]));
    };
    span.addEventListener("change", draw);
    draw();
    return h("div", {}, h("div", { class: "head" }, h("h3", {}, "Over time"),
        h("div", { class: "inline" }, h("label", { for: "device-span" }, "The last"), span)),
    place);
}
