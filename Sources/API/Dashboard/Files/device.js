/** One device: its values, trust and courses, and the dialog that stays true while it is open. */

import { call, Fault, isStep, segment } from "./api.js";
import { course, FRESH_MS, numbers } from "./courses.js";
import { byId, facts, h, LiveTable, notice, openDialog, renew, sync } from "./dom.js";
import { ago, cut, name, time, value } from "./format.js";
import { plot } from "./plot.js";
import { Poll } from "./poll.js";

const POLL_MS = 5_000;
/** After a course that was not answered. */
const RETRY_MS = 15_000;
const VALUES_MAX = 200;
const PLOTS_MAX = 8;
const SPANS = [["2h", "2 hours"], ["24h", "a day"], ["7d", "a week"], ["30d", "30 days"]];

/** What it said last, by field; a payload that is a number by itself is `value`. */
export function valuesOf(device) {
    const { values } = device;
    if (values === undefined || values === null) return {};
    return typeof values === "object" && !Array.isArray(values) ? values : { value: values };
}

export function fillTrust(place, trust) {
    if (!Number.isFinite(trust) || place.shown === trust) return;
    place.shown = trust;
    const bar = h("span", { class: "fill" });
    bar.style.width = `${Math.round(Math.min(1, Math.max(0, trust)) * 100)}%`;
    place.dataset.tone = trust < 0.3 ? "crit" : trust < 0.45 ? "warn" : "ok";
    place.replaceChildren(h("span", {}, "Trust "), h("strong", {}, trust.toFixed(2)),
        h("span", { class: "meter", "aria-hidden": "true" }, bar));
}

/** The plots of a device's courses in one place, asked for again while somebody looks. */
export class Plots {
    #place;
    #isLarge;
    /** The answers, by field and route: what is not answered this time stays as it was. */
    #known = new Map();
    #asked = "";
    #about = "";
    #drawing = 0;
    #due = 0;

    constructor(place, isLarge = false) {
        this.#place = place;
        this.#isLarge = isLarge;
    }

    /**
     * Asks where there is a minute more to be had, or where it went wrong a while ago.
     * @param courses `{ field, route }`; a route of null where only one has the field.
     */
    async draw(entity, courses, span) {
        const asked = JSON.stringify([entity, courses, span]);
        if (asked === this.#asked && performance.now() < this.#due) return;
        const about = JSON.stringify([entity, span]);
        if (about !== this.#about) this.#known.clear();
        this.#about = about;
        this.#asked = asked;
        this.#due = Infinity;
        const own = ++this.#drawing;
        const faults = [];
        await Promise.all(courses.map(async ({ field, route }) => {
            try {
                const series = await course(entity, field, span, route);
                if (own === this.#drawing) this.#known.set(keyOf(field, route), series);
            } catch (fault) {
                if (fault.status === undefined) throw fault;
                faults.push(fault);
            }
        }));
        if (own !== this.#drawing) return;
        this.#due = performance.now() + (faults.length > 0 ? RETRY_MS : FRESH_MS);
        this.#show(entity, courses, faults[0]);
    }

    #show(entity, courses, fault) {
        const entries = courses.flatMap(({ field, route }) => {
            const key = keyOf(field, route);
            const series = this.#known.get(key);
            const drawing = series && plot(series, `${field} of ${entity}`, this.#isLarge);
            if (!drawing) return [];
            return [{ key, version: series, make: () => this.#item(field, drawing) }];
        });
        if (entries.length === 0 && this.#isLarge) {
            const text = fault?.message
                ?? "There is no course yet: it takes two minutes, or hours, that are over.";
            entries.push({ key: "", version: text, make: () => h("p", { class: "note" }, text) });
        }
        sync(this.#place, entries);
    }

    #item(field, drawing) {
        return this.#isLarge
            ? h("div", { class: "large-plot" }, h("h4", {}, cut(field, 80)), drawing)
            : h("div", { class: "small-plot" }, h("span", { class: "hint" }, cut(field, 40)),
                drawing);
    }
}

const keyOf = (field, route) => JSON.stringify([field, route]);

/** Everything in working memory about one. */
export class DeviceDialog {
    #poll;
    #entity = "";
    /** What is filled in with each answer; null before the first. */
    #parts = null;
    #fault = h("p", { class: "notice", role: "status", hidden: true });

    /** @param onDecisions Shows the decisions about an entity. */
    constructor(onDecisions) {
        this.#poll = new Poll(POLL_MS, () => this.#read(), (fault) => this.#tell(fault));
        const dialog = byId("device");
        dialog.addEventListener("close", () => this.#poll.stop());
        this.decisions = h("button", { type: "button" }, "Decisions about it");
        this.decisions.addEventListener("click", () => {
            dialog.close();
            onDecisions(this.#entity);
        });
    }

    open(entity, opener) {
        this.#entity = entity;
        this.#parts = null;
        byId("device-title").replaceChildren(name(entity, 80));
        byId("device-body").replaceChildren(
            h("p", { class: "note", role: "status" }, "Asking the agent …"));
        openDialog(byId("device"), opener, byId("tab-devices"));
        byId("device-title").focus();
        this.#poll.start();
    }

    /** Forgets what it has shown. */
    clear() {
        this.#poll.stop();
        this.#entity = "";
        this.#parts = null;
        notice(this.#fault, null);
    }

    async #read() {
        const entity = this.#entity;
        try {
            const device = await found(entity);
            // Another was opened meanwhile.
            if (entity === this.#entity) this.#show(device);
        } catch (fault) {
            // Of one that is not shown any longer nobody wants to know.
            if (fault.status === undefined || entity === this.#entity) throw fault;
        }
    }

    #tell(fault) {
        if (fault && !this.#parts) byId("device-body").replaceChildren(this.#fault);
        notice(this.#fault, fault?.message);
    }

    #show(device) {
        this.#parts ??= this.#build();
        const { trust, list, values, nothing, course: place, plots, span } = this.#parts;
        fillTrust(trust, device.trust);
        renew(list, facts([
            ["Heard last", device.last_seen
                ? [time(device.last_seen), ", ", ago(device.last_seen)] : null],
            ["Heard first", device.first_seen ? time(device.first_seen) : null],
            ["Mood", device.mood],
            ["Alerts", device.alerts_firing],
            ["Heard on", (device.heard ?? []).map(({ route }) => cut(route, 80)).join(", ")],
        ]));
        const said = Object.entries(valuesOf(device)).slice(0, VALUES_MAX);
        values.element.hidden = said.length === 0;
        nothing.hidden = said.length > 0;
        values.show(said.map(([field, any]) => ({
            key: field, version: any, cells: () => [cut(field, 120), h("bdi", {}, value(any))],
        })));
        const courses = coursesOf(device).slice(0, PLOTS_MAX);
        place.hidden = courses.length === 0;
        this.#parts.draw = () => plots.draw(this.#entity, courses, span.value);
        this.#parts.draw();
    }

    #build() {
        const place = h("div", { class: "plots" });
        const span = h("select", { id: "device-span" },
            SPANS.map(([age, words]) => h("option", { value: age }, words)));
        const table = h("div");
        const parts = {
            span,
            trust: h("div", { class: "trust" }),
            list: h("dl", { class: "facts" }),
            values: new LiveTable(table, "What it said last", [
                { title: "Field", isHead: true, class: "who" }, { title: "Value", class: "said" },
            ]),
            nothing: h("p", { class: "note" }, "It said nothing that is remembered."),
            course: h("div", {}, h("div", { class: "head" }, h("h3", {}, "Over time"),
                h("div", { class: "inline" }, h("label", { for: "device-span" }, "The last"),
                    span)), place),
            plots: new Plots(place, true),
        };
        span.addEventListener("change", () => parts.draw());
        byId("device-body").replaceChildren(this.#fault, parts.trust, parts.list, table,
            parts.nothing, parts.course, h("p", { class: "buttons" }, this.decisions));
        return parts;
    }
}

/** What the agent knows of it; of one that no path can name, what the list has. @throws {Fault} */
async function found(entity) {
    if (!isStep(entity)) return call(`/devices/${segment(entity)}`);
    const query = new URLSearchParams({ cursor: before(entity), limit: "1" });
    const [device] = (await call(`/devices?${query}`)).devices ?? [];
    if (device?.entity === entity) return device;
    throw new Fault("There is no such device in working memory.", { status: 404 });
}

/** The place right before whatever begins with `start`, in the order of the bytes of names. */
export function before(start) {
    const signs = [...start];
    const last = signs.pop().codePointAt(0);
    if (last <= 1) return signs.join("");
    // Between them are halves of pairs, which are no characters.
    const previous = last === 0xe000 ? 0xd7ff : last - 1;
    return signs.join("") + String.fromCodePoint(previous, 0x10ffff);
}

/** Its numbers with the routes on which they were heard. */
function coursesOf(device) {
    const heard = (device.heard ?? []).flatMap(({ route, payload }) =>
        numbers(payload).map(([field]) => ({ route, field })));
    return heard.length > 0 ? heard
        : numbers(valuesOf(device)).map(([field]) => ({ route: null, field }));
}
