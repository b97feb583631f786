/** `/metrics` as a table, with what counters gain per second. */

import { callText } from "./api.js";
import { byId, h, LiveTable, notice, say } from "./dom.js";
import { bytes, clock, cut, duration, number, plural } from "./format.js";
import { Poll } from "./poll.js";

const POLL_MS = 5_000;
/** What was read longer ago says nothing of what is gained now. */
const RATE_MS_MAX = 3 * POLL_MS;
const SAMPLES_MAX = 1_000;

export class Metrics {
    #poll;
    #table;
    #samples = [];
    #earlier = { at: 0, values: new Map() };

    constructor() {
        this.#table = new LiveTable(byId("metric-list"), "Metrics, as Prometheus reads them", [
            { title: "Name", class: "who", isHead: true }, { title: "Value", class: "number" },
            { title: "Per second", class: "number" },
        ]);
        this.#poll = new Poll(POLL_MS, () => this.#read(), (fault) =>
            notice(byId("notice-metrics"), fault?.message));
        byId("metric-filter").addEventListener("submit", (event) => event.preventDefault());
        byId("metric-name").addEventListener("input", () => this.#draw());
    }

    show() { this.#poll.start(); }
    hide() { this.#poll.stop(); }

    clear() {
        this.#poll.stop();
        this.#samples = [];
        this.#earlier = { at: 0, values: new Map() };
        this.#table.show([]);
        byId("metric-filter").reset();
        say(byId("metric-note"), "");
        notice(byId("notice-metrics"), null);
    }

    async #read() {
        const samples = parse(await callText("/metrics"));
        const at = performance.now();
        const { at: before, values } = this.#earlier;
        for (const sample of samples) {
            const earlier = values.get(sample.key);
            if (sample.type !== "counter" || earlier === undefined) continue;
            if (at - before > RATE_MS_MAX) continue;
            // A counter that fell began anew.
            const gained = sample.value >= earlier ? sample.value - earlier : sample.value;
            sample.rate = gained / ((at - before) / 1000);
        }
        this.#earlier = { at, values: new Map(samples.map(({ key, value }) => [key, value])) };
        this.#samples = samples;
        this.#draw();
    }

    #draw() {
        const wanted = byId("metric-name").value.trim().toLowerCase();
        const shown = this.#samples.filter(({ key }) => key.toLowerCase().includes(wanted));
        this.#table.show(shown.map((sample) => ({
            key: sample.key, version: [sample.value, sample.rate], cells: () => [
                [h("code", {}, cut(sample.key, 200)),
                    sample.help ? h("span", { class: "below" }, cut(sample.help, 300)) : null],
                inUnit(sample), sample.rate === undefined ? "" : number(sample.rate),
            ],
        })));
        say(byId("metric-note"), this.#samples.length === 0 ? "Asking the agent …"
            : `${plural(shown.length, "sample")}${wanted ? ` of ${this.#samples.length}` : ""}, `
                + "renewed every 5 s.");
    }
}

function inUnit({ family, value }) {
    const base = family.replace(/_total$/, "");
    if (!Number.isFinite(value)) return String(value);
    if (base.endsWith("_bytes")) return bytes(value);
    if (/(timestamp|start_time)_seconds$/.test(base)) return clock(value * 1000);
    if (base.endsWith("_seconds")) return value >= 60 ? duration(value) : `${number(value)} s`;
    return number(value);
}

/**
 * The text format of Prometheus, version 0.0.4. Buckets of histograms are left out: their sum and
 * count say enough here.
 * @returns `{ key, family, type, help, value }`
 */
export function parse(text) {
    const [types, helps] = [new Map(), new Map()];
    const samples = [];
    for (const line of text.split("\n")) {
        const comment = /^#\s+(HELP|TYPE)\s+(\S+)\s*(.*)$/.exec(line);
        if (comment) {
            (comment[1] === "HELP" ? helps : types).set(comment[2], unescape(comment[3]));
            continue;
        }
        const sample = /^([a-zA-Z_:][\w:]*)(\{.*\})?\s+(\S+)(?:\s+-?\d+)?\s*$/.exec(line);
        if (!sample) continue;
        const [, metric, labels = "", value] = sample;
        if (metric.endsWith("_bucket")) continue;
        const base = metric.replace(/_(sum|count)$/, "");
        const family = types.has(metric) ? metric : types.has(base) ? base : metric;
        // The sum and the count of a histogram or summary only grow, too.
        const isPart = family !== metric;
        samples.push({
            key: metric + labels, family: isPart && metric.endsWith("_count") ? "" : family,
            type: isPart ? "counter" : types.get(family) ?? "untyped",
            help: helps.get(family) ?? "", value: numberOf(value),
        });
        if (samples.length >= SAMPLES_MAX) break;
    }
    return samples;
}

function numberOf(text) {
    if (text === "+Inf") return Infinity;
    return text === "-Inf" ? -Infinity : Number(text);
}

const unescape = (text) => text.replace(/\\(n|\\)/g, (_, sign) => (sign === "n" ? "\n" : "\\"));
