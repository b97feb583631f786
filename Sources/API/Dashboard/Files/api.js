/** Requests to the agent. The key lives in this module's memory and nowhere else. */

/** What was refused, or why there was no answer, in words for a person. */
export class Fault extends Error {
    constructor(message, { status = 0, code = "", retryAfter = 0 } = {}) {
        super(message);
        this.status = status;
        this.code = code;
        /** Seconds; 0 where the server says nothing. */
        this.retryAfter = retryAfter;
    }

    /** Nobody answered. */
    get isUnreachable() { return this.status === 0 && !this.isOver; }
    /** The page has signed out meanwhile: nothing to tell. */
    get isOver() { return this.code === "OVER"; }
}

/** Tells `reachable`, `unreachable` (detail: the fault) and `unauthenticated` (likewise). */
export const link = new EventTarget();

const PATIENCE_MS = 15_000;
/** A longer wait that the agent asks for is told instead of waited for. */
const WAIT_MAX_MS = 10_000;
/** Longer than that nobody means; and a timer that is too long to be counted fires at once. */
const RETRY_MAX = 3_600;
/** Between those that have waited, or they would be refused again together. */
const STEP_MS = 100;
let key = "";
let session = new AbortController();
let skew = 0;
/** Nobody on this page asks before: the agent has refused one with 429. */
let quietUntil = 0;
/** When the last of those that wait has its turn. */
let lastTurn = 0;

/** The agent's clock, in milliseconds: a phone's own can be wrong. */
export const now = () => Date.now() + skew;

export function takeKey(text) {
    session = new AbortController();
    key = text;
    quietUntil = 0;
}

/** Forgets the key and ends what is under way. */
export function dropKey() {
    key = "";
    session.abort();
}

export const isSignedIn = () => key !== "";

/** The answer's JSON. @throws {Fault} */
export async function call(path, { method = "GET", body, patience = PATIENCE_MS } = {}) {
    const text = await read(path, { method, body, patience, accept: "application/json" });
    if (text === "") return {};
    try {
        return JSON.parse(text);
    } catch {
        throw new Fault("The agent's answer cannot be read.", { status: 502 });
    }
}

/** Whether a browser would take it for a step in a path, percent-encoded or not. */
export const isStep = (name) => name === "." || name === "..";

/** A name as part of a path. @throws {Fault} of one that a browser cannot ask for. */
export function segment(name) {
    if (!isStep(name)) return encodeURIComponent(name);
    throw new Fault(`A browser cannot ask for something that is called “${name}”; jameyctl can.`,
        { status: 400, code: "BAD_PATH" });
}

/** What the agent is called, which it tells anyone; null where it does not answer. */
export async function nodeName() {
    try {
        const response = await fetch("/", {
            headers: { Accept: "application/json" }, credentials: "omit",
        });
        const { node } = await response.json();
        return typeof node === "string" && node !== "" ? node : null;
    } catch {
        return null;
    }
}

/** The answer as it is. @throws {Fault} */
export const callText = (path) => read(path, { accept: "text/plain" });

/**
 * A controller that ends when one of the signals does; ended itself, it lets go of them.
 * `AbortSignal.any` is younger than some browsers that have all the rest.
 */
export function endingWith(...signals) {
    const own = new AbortController();
    for (const signal of signals) {
        const end = () => own.abort();
        if (signal.aborted) end();
        else signal.addEventListener("abort", end, { once: true, signal: own.signal });
    }
    return own;
}

/** What one question was told to wait holds for all. @throws {Fault} where it is long. */
async function turn() {
    for (let left; (left = quietUntil - performance.now()) > 0;) {
        if (left > WAIT_MAX_MS) {
            const retryAfter = Math.ceil(left / 1000);
            throw new Fault(`The agent has asked this page to wait. Try again in ${retryAfter} s.`,
                { status: 429, code: "TOO_MANY_REQUESTS", retryAfter });
        }
        lastTurn = Math.max(quietUntil, lastTurn + STEP_MS);
        // A timer can fire within the millisecond before.
        const wait = lastTurn - performance.now() + 1;
        await new Promise((done) => setTimeout(done, wait));
    }
}

async function read(path, { method = "GET", body, patience = PATIENCE_MS, accept }) {
    const headers = { Accept: accept };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const own = session;
    await turn();
    const stop = endingWith(own.signal);
    let isLate = false;
    const timer = setTimeout(() => {
        isLate = true;
        stop.abort();
    }, patience);
    try {
        const response = await send(path, {
            method, headers, signal: stop.signal,
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        return await response.text();
    } catch (error) {
        throw asFault(error, own, isLate ? `No answer within ${patience / 1000} s.` : undefined);
    } finally {
        clearTimeout(timer);
        stop.abort();
    }
}

/** An answer that goes on: its body is for the caller to read. @throws {Fault} */
export async function open(path, headers, signal) {
    const own = session;
    await turn();
    try {
        return await send(path, { headers, signal: endingWith(own.signal, signal).signal });
    } catch (error) {
        // Whoever let go of it has not found the agent out of reach.
        if (signal.aborted && !own.signal.aborted) throw error;
        throw asFault(error, own);
    }
}

async function send(path, options) {
    const headers = { ...options.headers, Authorization: `Bearer ${key}` };
    const response = await fetch(path, {
        ...options, headers, cache: "no-store", credentials: "omit", redirect: "error",
        referrerPolicy: "no-referrer",
    });
    learnClock(response);
    link.dispatchEvent(new Event("reachable"));
    if (response.ok) return response;
    const fault = await refusal(response);
    if (response.status === 401) {
        link.dispatchEvent(new CustomEvent("unauthenticated", { detail: fault }));
    }
    throw fault;
}

async function refusal(response) {
    let said = {};
    try {
        said = JSON.parse((await response.text()).slice(0, 65_536)) ?? {};
    } catch { /* It is no JSON: its status has to do. */ }
    const told = Number(response.headers.get("Retry-After")) || 0;
    const retryAfter = Math.min(Math.max(told, 0), RETRY_MAX);
    if (response.status === 429) {
        quietUntil = Math.max(quietUntil, performance.now() + retryAfter * 1000);
    }
    let text = typeof said.error === "string" && said.error !== ""
        ? said.error : `The server answered ${response.status} ${response.statusText}`.trim();
    if (typeof said.details === "string") text += ` (${said.details})`;
    if (retryAfter > 0) text += ` Try again in ${retryAfter} s.`;
    return new Fault(text, { status: response.status, code: String(said.code ?? ""), retryAfter });
}

function asFault(error, own, text = "The agent cannot be reached.") {
    if (own.signal.aborted) return new Fault("signed out", { code: "OVER" });
    if (error instanceof Fault) return error;
    const fault = new Fault(text);
    link.dispatchEvent(new CustomEvent("unreachable", { detail: fault }));
    return fault;
}

function learnClock(response) {
    const theirs = Date.parse(response.headers.get("Date") ?? "");
    if (Number.isNaN(theirs)) return;
    // The header has whole seconds, and the way here takes time: smaller differences mean nothing.
    const difference = theirs - Date.now();
    skew = Math.abs(difference) > 5_000 ? difference : 0;
}
