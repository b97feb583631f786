/** Devices in working memory: when they were heard, how far they are trusted, their last values. */

import { call, now } from "./api.js";
import { forgetCourses, numbers } from "./courses.js";
import { DeviceDialog, fillTrust, Plots, valuesOf } from "./device.js";
import { byId, facts, h, notice, renew, say, sync } from "./dom.js";
import { ago, cut, name, plural, value } from "./format.js";
import { Poll } from "./poll.js";

const PAGE = 30;
const POLL_MS = 5_000;
const VALUES_SHOWN = 6;
const PLOTS_SHOWN = 2;
const SPAN = "2h";
const SPAN_MS = 2 * 3_600_000;

export class Devices {
    #poll;
    #cursor = "";
    #next = "";
    #devices = [];
    #dialog;
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
