/** Devices in working memory: when they were heard, how far they are trusted, their last values. */

import { call, now } from "./api.js";
import { forgetCourses, numbers } from "./courses.js";
import { before, DeviceDialog, fillTrust, Plots, valuesOf } from "./device.js";
import { byId, facts, h, notice, renew, say, sync } from "./dom.js";
import { ago, cut, name, plural, value } from "./format.js";
import { Hold } from "./hold.js";
import { Poll } from "./poll.js";

const PAGE = 30;
const POLL_MS = 5_000;
const VALUES_SHOWN = 6;
const PLOTS_SHOWN = 2;
const SPAN = "2h";
const SPAN_MS = 2 * 3_600_000;
/** After the last key of a name. */
const TYPED_MS = 300;
/** The agent's other orders than by name: the first of each, without further pages. */
const ORDERS = {
    loud: "by messages within a minute, the loudest first",
    recent: "the one first that was heard last",
    silent: "the one first that was silent longest",
};

export class Devices {
    #poll;
    /** What is shown or wanted; anew with every choice, so that answers know theirs. */
    #asked = { order: "", start: "", cursors: [""] };
    #next = "";
    /** The choice whose cards are shown. */
    #shown = null;
    #typed = 0;
    #dialog;
    #hold = new Hold(byId("device-list"), () => {});
    /** Cards that can be seen have their plots drawn, and drawn again with time. */
    #watcher = new IntersectionObserver((entries) => {
        for (const { target, isIntersecting } of entries) {
            target.isInView = isIntersecting;
            drawPlots(target);
            if (!target.isConnected) this.#watcher.unobserve(target);
        }
    }, { rootMargin: "120px" });

    /** @param onDecisions Shows the decisions about an entity. */
    constructor(onDecisions) {
        this.#dialog = new DeviceDialog(onDecisions);
        this.#poll = new Poll(POLL_MS, () => this.#read(), (fault) =>
            notice(byId("notice-devices"), fault?.message));
        byId("device-filter").addEventListener("submit", (event) => {
            event.preventDefault();
            this.#choose();
        });
        byId("device-order").addEventListener("change", () => this.#choose());
        byId("device-name").addEventListener("input", () => {
            clearTimeout(this.#typed);
            this.#typed = setTimeout(() => this.#choose(), TYPED_MS);
        });
        byId("device-next").addEventListener("click", () => {
            if (this.#next !== "") this.#turn([...this.#asked.cursors, this.#next]);
        });
        byId("device-previous").addEventListener("click", () =>
            this.#turn(this.#asked.cursors.slice(0, -1)));
    }

    show() { this.#poll.start(); }
    hide() { this.#poll.stop(); }

    clear() {
        this.#poll.stop();
        clearTimeout(this.#typed);
        this.#asked = { order: "", start: "", cursors: [""] };
        this.#next = "";
        this.#shown = null;
        this.#hold.clear();
        this.#dialog.clear();
        forgetCourses();
        byId("device-filter").reset();
        byId("device-name").disabled = false;
        byId("device-list").replaceChildren();
        for (const id of ["device-next", "device-previous"]) byId(id).hidden = true;
        say(byId("device-note"), "");
        notice(byId("notice-devices"), null);
    }

    #choose() {
        clearTimeout(this.#typed);
        const order = byId("device-order").value;
        byId("device-name").disabled = order !== "";
        const start = order === "" ? byId("device-name").value.trim() : "";
        this.#asked = { order, start, cursors: [""] };
        this.#poll.now();
    }

    async #turn(cursors) {
        this.#asked = { ...this.#asked, cursors };
        // What follows on this page is not known before the answer, nor is the button for it.
        this.#next = "";
        byId("device-next").hidden = true;
        await this.#poll.now();
        byId("panel-devices").focus();
    }

    async #read() {
        const asked = this.#asked;
        const { order, start, cursors } = asked;
        const query = new URLSearchParams({ limit: String(PAGE) });
        const cursor = cursors.at(-1) || (start && before(start));
        if (order) query.set("order", order);
        else if (cursor) query.set("cursor", cursor);
        const page = await call(`/devices?${query}`);
        // Something else was asked for meanwhile.
        if (asked !== this.#asked) return this.#read();
        const all = page.devices ?? [];
        const devices = all.filter(({ entity }) => String(entity).startsWith(start));
        // Behind those that begin like that, none does.
        this.#next = devices.length === all.length ? page.next ?? "" : "";
        this.#draw(devices, asked);
    }

    #draw(found, asked) {
        const isHeld = asked.order !== "" && asked === this.#shown && this.#hold.isOn;
        const devices = isHeld ? inPlace(found) : found;
        this.#shown = asked;
        sync(byId("device-list"), devices.map((device) => ({
            key: device.entity, version: device.entity, make: () => this.#card(device),
        })));
        const cards = byId("device-list").children;
        devices.forEach((device, index) => fill(cards[index], device));
        byId("device-previous").hidden = asked.cursors.length < 2;
        byId("device-next").hidden = this.#next === "";
        say(byId("device-note"), [
            noteOf(devices.length, asked, this.#next !== ""),
            isHeld ? "The list stands still while you are in it." : "",
        ].filter(Boolean).join(" "));
    }

    /** Its outline; what changes is filled in with each answer. */
    #card(device) {
        const button = h("button", { type: "button", class: "link", "data-action": "open" },
            name(device.entity, 80));
        button.addEventListener("click", () => this.#dialog.open(device.entity, button));
        const place = h("div", { class: "plots" });
        const card = h("li", { class: "card device" },
            h("div", { class: "line" }, h("h3", {}, button), h("span", { class: "end seen" })),
            h("div", { class: "trust" }), h("dl", { class: "values" }), place);
        card.device = device;
        card.plots = new Plots(place);
        this.#watcher.observe(card);
        return card;
    }
}

/** Those whose cards are there, as they are now: who is loudest may change with every second. */
function inPlace(found) {
    const devices = new Map(found.map((device) => [device.entity, device]));
    return [...byId("device-list").children].map(({ device }) =>
        devices.get(device.entity) ?? device);
}

/** What was searched, and what came of it. */
function noteOf(count, { order, start, cursors }, hasMore) {
    const place = cursors.length > 1 ? `Page ${cursors.length}: ` : "";
    if (order) return `${plural(count, "device")} of all, ${ORDERS[order]}; ${PAGE} at most.`;
    if (start && count === 0) {
        return `${place}No name of a device begins with “${cut(start, 80)}”, written like that.`;
    }
    if (count === 0) return place ? `${place}no device.` : "No device was heard yet.";
    const which = start ? `whose names begin with “${cut(start, 80)}”` : "by name";
    return `${place}${plural(count, "device")} ${which}${hasMore ? "; more follow." : "."}`;
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
    renew(card.querySelector(".values"),
        facts(values.map(([field, any]) => [cut(field, 40), value(any)])));
    drawPlots(card);
}

function drawPlots({ device, isInView, plots }) {
    if (!isInView) return;
    // Of one that has long been silent there is nothing.
    const isSilent = now() - Date.parse(device.last_seen) > SPAN_MS;
    const courses = isSilent ? [] : numbers(valuesOf(device)).slice(0, PLOTS_SHOWN)
        .map(([field]) => ({ field, route: null }));
    plots.draw(device.entity, courses, SPAN);
}
