/**
 * Tells those who hear the page what began and ended: one sentence at a time, and a storm of alerts
 * as its numbers.
 */

import { byId } from "./dom.js";
import { cut, plural } from "./format.js";

/** What comes within it is told together. */
const GATHER_MS = 1_500;
/** Between two sentences. */
const PAUSE_MS = 12_000;
/** More of a kind are counted. */
const NAMED_MAX = 2;

let waiting = [];
let timer = 0;
let saidAt = -PAUSE_MS;

/** @param kind `began` or `ended`, of an alert; `said`, of what stands for itself. */
export function announce(kind, text) {
    waiting.push({ kind, text });
    if (waiting.length > 1_000) waiting.shift();
    // What somebody has done is told at once, a storm can wait.
    const pause = kind === "said" ? 100
        : Math.max(GATHER_MS, saidAt + PAUSE_MS - performance.now());
    if (timer && kind !== "said") return;
    clearTimeout(timer);
    timer = setTimeout(speak, pause);
}

/** Forgets what was to be told. */
export function hush() {
    clearTimeout(timer);
    timer = 0;
    waiting = [];
    byId("announcer").textContent = "";
}

function speak() {
    timer = 0;
    saidAt = performance.now();
    const of = (kind) => waiting.filter((entry) => entry.kind === kind).map(({ text }) => text);
    const sentences = [
        ...of("said").slice(-1),
        told(of("began"), "Firing: ", "new alert"),
        told(of("ended"), "Resolved: ", "alert resolved", "alerts resolved"),
    ];
    waiting = [];
    byId("announcer").textContent = cut(sentences.filter(Boolean).join(". "), 400);
}

function told(texts, start, one, many) {
    if (texts.length === 0) return "";
    if (texts.length <= NAMED_MAX) return start + texts.join("; ");
    return plural(texts.length, one, many);
}
