/** Courses of numbers, asked for a few at a time and kept for a minute. */

import { call, Fault } from "./api.js";

const AT_ONCE = 2;
/** A course has a further point once a minute. */
export const FRESH_MS = 60_000;
const KEPT_MAX = 400;
const WAITING_MAX = 200;

const kept = new Map();
let waiting = [];
let underWay = 0;

/**
 * @param since An age, such as `2h`.
 * @param route null where only one has the field.
 * @returns What `/memory/series` answers; without points where there is none.
 */
export function course(entity, field, since, route = null) {
    const key = JSON.stringify([entity, field, since, route]);
    const known = kept.get(key);
    if (known && performance.now() - known.at < FRESH_MS) return known.answer;
    const answer = new Promise((resolve, reject) => {
        waiting.push({ query: { entity, field, since, ...(route && { route }) }, resolve, reject });
        // Whoever has scrolled on has no more use for the oldest.
        if (waiting.length > WAITING_MAX) {
            waiting.shift().reject(new Fault("Too many courses were asked for.", { status: 429 }));
        }
    });
    kept.delete(key);
    kept.set(key, { at: performance.now(), answer });
    answer.catch(() => {
        // Another may stand in its place by now.
        if (kept.get(key)?.answer === answer) kept.delete(key);
    });
    if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value);
    next();
    return answer;
}

export function forgetCourses() {
    kept.clear();
    for (const { reject } of waiting) reject(new Fault("signed out", { code: "OVER" }));
    waiting = [];
}

async function next() {
    if (underWay >= AT_ONCE || waiting.length === 0) return;
    const { query, resolve, reject } = waiting.shift();
    underWay += 1;
    try {
        resolve(await call(`/memory/series?${new URLSearchParams(query)}`));
    } catch (fault) {
        // Several routes have it, or the device was forgotten: there is none, for a minute at least.
        if (fault.status === 400 || fault.status === 404) resolve({ points: [] });
        else reject(fault);
    } finally {
        underWay -= 1;
        next();
    }
}

/** The numbers of a device's values by the names that roll-ups have: `temp`, `motor.temp`. */
export function numbers(values, depth = 3, path = "") {
    if (typeof values === "number") return [["value", values]];
    if (values === null || typeof values !== "object" || Array.isArray(values)) return [];
    return Object.entries(values).flatMap(([key, value]) => {
        const field = path + key.replace(/[.\\]/g, "\\$&");
        if (typeof value === "number") return [[field, value]];
        return depth > 1 && value !== null && typeof value === "object"
            ? numbers(value, depth - 1, field + ".") : [];
    });
}
