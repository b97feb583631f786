/** Values as words for a person. */

import { h } from "./dom.js";
import { now } from "./api.js";

/** Controls, and marks that turn the direction of the text around them, made visible. */
function printable(text) {
    return String(text).replace(
        /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/g,
        (mark) => `\\u{${mark.codePointAt(0).toString(16)}}`);
}

/** The same for where the style shows lines and tabs as they are. */
export function cutLines(text, max) {
    const start = String(text).slice(0, max).replace(/\r\n/g, "\n");
    const shown = start.split(/([\n\t])/)
        .map((part, index) => (index % 2 === 1 ? part : printable(part))).join("");
    return String(text).length > max || shown.length > max ? shown.slice(0, max - 1) + "…" : shown;
}

/** At most `max` characters of it, printable. */
export function cut(text, max) {
    const shown = printable(text);
    return shown.length > max ? shown.slice(0, max - 1) + "…" : shown;
}

/** A name of somebody else's choosing, kept apart from the text around it. */
export function name(text, max = 120) {
    return h("bdi", {}, cut(text, max));
}

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const exact = new Intl.NumberFormat("en", { maximumSignificantDigits: 4, useGrouping: false });

export function number(value) {
    if (!Number.isFinite(value)) return String(value);
    const size = Math.abs(value);
    // Their zeros would fill lines.
    if (size >= 1e15 || (size < 1e-6 && size > 0)) return String(Number(value.toPrecision(4)));
    return size >= 100 || size === 0 ? grouped.format(value) : exact.format(value);
}

/** A value of a device's payload, on one line. */
export function value(any) {
    if (typeof any === "number") return number(any);
    if (typeof any === "string") return cut(any, 80);
    return cut(JSON.stringify(any) ?? "", 80);
}

export function bytes(count) {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = 0;
    while (count >= 1024 && unit < units.length - 1) {
        count /= 1024;
        unit += 1;
    }
    return `${count.toFixed(unit === 0 || count >= 100 ? 0 : 1)} ${units[unit]}`;
}

/** `42 s`, `7 min`, `3 h 5 min`, `2 d 4 h`. */
export function duration(seconds) {
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 60) return `${whole} s`;
    const minutes = Math.floor(whole / 60);
    if (minutes < 60) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
    const days = Math.floor(hours / 24);
    return hours % 24 ? `${days} d ${hours % 24} h` : `${days} d`;
}

const sinceText = (at) => `${duration((now() - Date.parse(at)) / 1000)} ago`;

const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
const DAY = { day: "2-digit", month: "short", ...CLOCK };
const clockFormat = new Intl.DateTimeFormat("en-GB", CLOCK);
const dayFormat = new Intl.DateTimeFormat("en-GB", DAY);
const yearFormat = new Intl.DateTimeFormat("en-GB", { year: "numeric", ...DAY });

/** Today's by the clock, others with their day, of other years with the year; in this zone. */
export function clock(at) {
    const date = new Date(at);
    if (Number.isNaN(date.getTime())) return printable(at ?? "");
    const today = new Date(now());
    if (date.toDateString() === today.toDateString()) return clockFormat.format(date);
    return (date.getFullYear() === today.getFullYear() ? dayFormat : yearFormat).format(date);
}

/** A time by the clock; UTC, as the log has it, where the pointer rests. */
export function time(at) {
    if (!at) return "";
    return h("time", { datetime: at, title: String(at) }, clock(at));
}

/** A time as how long ago it is, which `tick` keeps true. */
export function ago(at) {
    if (!at) return "never";
    return h("time", { datetime: at, title: clock(at), "data-ago": true }, sinceText(at));
}

let day = "";

/** Renews what `ago` made, and all times on another day; the page calls it once a second. */
export function tick() {
    const today = new Date(now()).toDateString();
    if (today !== day) {
        day = today;
        for (const element of document.querySelectorAll("time")) {
            if ("ago" in element.dataset) element.title = clock(element.dateTime);
            else element.textContent = clock(element.dateTime);
        }
    }
    for (const element of document.querySelectorAll("time[data-ago]")) {
        const text = sinceText(element.dateTime);
        if (element.textContent !== text) element.textContent = text;
    }
}

/** The first digits of a rule set's digest, as `jameyctl rules history` shows them. */
export function digest(text) {
    return text ? cut(String(text).replace(/^sha256:/, "").slice(0, 12), 12) : "";
}

export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

export const plural = (count, one, many = one + "s") =>
    `${number(count)} ${count === 1 ? one : many}`;
