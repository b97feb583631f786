/**
 * Decisions as they are made, the newest first.
 *
 * Rows that somebody points at or stands on do not move: what comes meanwhile waits and is counted.
 */

import { call } from "./api.js";
import { byId, h, notice, row, say, table } from "./dom.js";
import { outcomeBadge, understand, whyButton } from "./decision.js";
import { cut, name, plural, time } from "./format.js";
import { Hold } from "./hold.js";

/** Of rows, and of those that wait for theirs. */
const KEPT_MAX = 180;
const FIRST_COUNT = 60;
/** Rows are drawn so often at most, however many come. */
const DRAW_MS = 250;

const COLUMNS = [
    { title: "Time", class: "when" },
    { title: "Outcome", class: "what" },
    { title: "Device", class: "who", isHead: true },
    { title: "Action or rule", class: "subject" },
    { title: "Because", class: "text" },
    { title: "Why", class: "act" },
];

export class Decisions {
    #openWhy;
    #body;
    /** By id, those that have a row. */
    #shown = new Map();
    /** Those that wait for their row, the oldest first. */
    #waiting = [];
    /** How many have waited and will not be shown: newer ones have taken their place. */
    #passed = 0;
    #filter = { kind: "", entity: "" };
    #isPaused = false;
    #hold;
    #timer = 0;
    /** Answers to an earlier filter come too late. */
    #asking = 0;
    /** Counts the questions: the newest has the last word on whether it goes well. */
    #loads = 0;

    constructor(openWhy) {
        this.#openWhy = openWhy;
        const element = table("Decisions, the newest first", COLUMNS, [], { class: "decisions" });
        this.#body = element.tBodies[0];
        byId("decision-list").replaceChildren(element);
        this.#wire(element);
    }

    #wire(element) {
        const pause = byId("pause");
        pause.addEventListener("click", () => {
            this.#isPaused = !this.#isPaused;
            pause.setAttribute("aria-pressed", String(this.#isPaused));
            this.#draw();
        });
        this.#hold = new Hold(element, () => this.#draw());
        byId("decision-filter").addEventListener("submit", (event) => {
            event.preventDefault();
            this.#choose();
        });
        byId("decision-kind").addEventListener("change", () => this.#choose());
    }

    show() { this.#draw(); }
    hide() {}

    clear() {
        this.#forget();
        this.#filter = { kind: "", entity: "" };
        byId("decision-filter").reset();
        clearTimeout(this.#timer);
        this.#timer = 0;
        this.#isPaused = false;
        this.#hold.clear();
        byId("pause").setAttribute("aria-pressed", "false");
        notice(byId("notice-decisions"), null);
    }

    #forget() {
        this.#asking += 1;
        this.#shown.clear();
        this.#waiting = [];
        this.#passed = 0;
        this.#body.replaceChildren();
    }

    /** Only those about it, from now on. */
    chooseEntity(entity) {
        byId("decision-kind").value = "";
        byId("decision-entity").value = entity;
        this.#choose();
    }

    #choose() {
        this.#filter = {
            kind: byId("decision-kind").value, entity: byId("decision-entity").value.trim(),
        };
        this.#forget();
        this.#tell();
        this.load();
    }

    /** The newest of the store that the filter wants, added to what is there. */
    async load() {
        const asking = this.#asking;
        const load = ++this.#loads;
        const query = new URLSearchParams({ limit: String(FIRST_COUNT) });
        const { kind, entity } = this.#filter;
        if (kind === "alert") query.set("kind", "alert");
        if (kind === "denied" || kind === "approved") {
            query.set("kind", "verdict");
            query.set("verdict", kind);
        }
        if (entity) query.set("entity", entity);
        try {
            const page = await call(`/decisions?${query}`);
            if (asking !== this.#asking) return;
            if (load === this.#loads) notice(byId("notice-decisions"), null);
            for (const json of (page.decisions ?? []).slice().reverse()) this.take(json);
            this.#draw();
        } catch (fault) {
            if (fault.status === undefined) throw fault;
            if (load === this.#loads && !fault.isOver) {
                notice(byId("notice-decisions"), fault.message);
            }
        }
    }

    /** One that was made. */
    take(json) {
        const decision = understand(json);
        if (!decision || !this.#wants(decision) || this.#shown.has(decision.id)) return;
        if (this.#waiting.some((other) => other.id === decision.id)) return;
        this.#waiting.push(decision);
        // Of those that wait, the oldest would be the first to go once they are shown.
        if (this.#waiting.length > KEPT_MAX) {
            this.#waiting.shift();
            this.#passed += 1;
        }
        if (!this.#timer) {
            this.#timer = setTimeout(() => {
                this.#timer = 0;
                this.#draw();
            }, DRAW_MS);
        }
    }

    #wants(decision) {
        const { kind, entity } = this.#filter;
        if (entity && decision.entity !== entity) return false;
        if (kind === "alert") return decision.isAlert;
        if (kind === "denied") return decision.isDenied;
        if (kind === "approved") return !decision.isAlert && !decision.isDenied;
        return true;
    }

    get #isHeld() { return this.#isPaused || this.#hold.isOn; }

    #draw() {
        if (!this.#isHeld) {
            for (const decision of this.#waiting) this.#insert(decision);
            this.#waiting = [];
            this.#passed = 0;
            while (this.#shown.size > KEPT_MAX) this.#dropOldest();
        }
        this.#tell();
    }

    #insert(decision) {
        const element = row(COLUMNS, [
            time(decision.at), outcomeBadge(decision), name(decision.entity),
            name(decision.subject), h("bdi", {}, cut(decision.text, 400)),
            whyButton(decision, this.#openWhy),
        ], { "data-tone": decision.tone, class: "fresh" });
        this.#shown.set(decision.id, { element, at: decision.at });
        // Those of the store come after newer ones that were heard live.
        let place = this.#body.firstElementChild;
        while (place && this.#atOf(place) > decision.at) place = place.nextElementSibling;
        this.#body.insertBefore(element, place);
    }

    #atOf(element) { return element.querySelector("time")?.dateTime ?? ""; }

    #dropOldest() {
        const last = this.#body.lastElementChild;
        for (const [id, entry] of this.#shown) {
            if (entry.element === last) {
                this.#shown.delete(id);
                break;
            }
        }
        last.remove();
    }

    #tell() {
        const count = this.#waiting.length + this.#passed;
        const pause = byId("pause");
        say(pause, this.#isPaused ? "Resume" : "Pause");
        const more = count === 0 ? "" : `${plural(count, "new one")} waiting`
            + (this.#passed > 0 ? `; the newest ${KEPT_MAX} of them will be shown` : "");
        let text = `The newest ${KEPT_MAX} stay here; older ones are in the store.`;
        if (this.#isPaused) text = `Paused. ${more}`;
        else if (this.#isHeld) text = `The list stands still while you are in it. ${more}`;
        else if (this.#shown.size === 0) text = "Nothing was decided yet that would be shown here.";
        say(byId("decision-note"), text.trim());
    }
}
