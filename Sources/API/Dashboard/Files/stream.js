/**
 * Server-sent events read by `fetch`, which can send the key; `EventSource` cannot.
 *
 * Goes on after the last decision that it has seen, with pauses that grow from half a second to
 * half a minute.
 */

import { endingWith, Fault, isSignedIn, open } from "./api.js";

/** The server says something every 15 s at the latest. */
const SILENCE_MS = 40_000;
const PAUSE_FIRST_MS = 500;
const PAUSE_MAX_MS = 30_000;
/** What cannot be told is said again and again; not said for so long, it can be told again. */
const FAULT_MS = 4_000;
/** One event; the server's are far smaller. */
const EVENT_LENGTH_MAX = 4 * 1024 * 1024;

export class EventStream {
    #onEvent;
    #onState;
    #lastId = "";
    #stop = null;
    #wake = () => {};

    /**
     * @param onEvent `(type, data)`: the data's JSON.
     * @param onState `(state, fault)`: `connecting`, `live`, `waiting` or `resting`; `waiting` also
     *     while it is connected, and is told that something cannot be told.
     */
    constructor(onEvent, onState) {
        this.#onEvent = onEvent;
        this.#onState = onState;
    }

    /** Begins, or goes on after a rest. */
    start() {
        if (this.#stop) return;
        this.#stop = new AbortController();
        this.#run(this.#stop.signal);
    }

    /** Lets the connection go, and keeps where it was. */
    rest() {
        if (!this.#stop) return;
        this.#end();
        this.#onState("resting");
    }

    /** Ends it and forgets where it was. */
    stop() {
        this.#end();
        this.#lastId = "";
    }

    #end() {
        this.#stop?.abort();
        this.#stop = null;
        this.#wake();
    }

    /** Does not wait for the end of a pause. */
    hurry() { this.#wake(); }

    async #run(signal) {
        let failures = 0;
        while (!signal.aborted && isSignedIn()) {
            let fault = null;
            let said = null;
            this.#onState("connecting");
            try {
                await this.#listen(signal, (untold) => {
                    if (!untold) failures = 0;
                    if (untold?.message === said) return;
                    said = untold?.message;
                    this.#onState(untold ? "waiting" : "live", untold);
                });
            } catch (error) {
                fault = error;
            }
            if (signal.aborted || fault?.isOver || fault?.status === 401) return;
            failures += 1;
            this.#onState("waiting", fault);
            await this.#pause(failures, fault?.retryAfter ?? 0);
        }
    }

    /**
     * @param onHeard An event is there: gets why something cannot be told, or null; a stream that
     *     ends before is no better than none.
     * @throws {Fault} also where it ends with something that cannot be told.
     */
    async #listen(signal, onHeard) {
        const stop = endingWith(signal);
        let isSilent = false;
        const fallSilent = () => {
            isSilent = true;
            stop.abort();
        };
        let timer = setTimeout(fallSilent, SILENCE_MS);
        const headers = { Accept: "text/event-stream" };
        if (this.#lastId !== "") headers["Last-Event-ID"] = this.#lastId;
        try {
            const response = await open("/events", headers, stop.signal);
            const untold = new Untold();
            const parser = new EventParser(({ type, data, id }) => {
                if (id !== null) this.#lastId = id;
                const body = read(data);
                untold.take(type, body);
                // A proxy can take the question and hold the answer back.
                onHeard(untold.fault);
                this.#take(type, body);
            });
            const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
            for (;;) {
                const { done, value } = await reader.read();
                if (done && untold.fault) throw untold.fault;
                if (done) return;
                clearTimeout(timer);
                timer = setTimeout(fallSilent, SILENCE_MS);
                parser.take(value);
            }
        } catch (error) {
            if (error instanceof Fault) throw error;
            throw new Fault(isSilent ? "Nothing was heard for 40 s." : "It broke off.");
        } finally {
            clearTimeout(timer);
            // What is left of the answer is of no use; the connection is let go.
            stop.abort();
        }
    }

    #take(type, body) {
        if (body === undefined) return;
        try {
            this.#onEvent(type, body);
        } catch (error) {
            // The page's own fault is none of the connection's.
            reportError(error);
        }
    }

    #pause(failures, retryAfter) {
        const grown = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** Math.min(failures - 1, 10));
        // Many pages must not come back in the same instant.
        const wanted = Math.max(retryAfter * 1000, grown * (0.75 + Math.random() / 2));
        return new Promise((resolve) => {
            const timer = setTimeout(resolve, wanted);
            this.#wake = () => {
                clearTimeout(timer);
                resolve();
            };
        });
    }
}

/** An event's data; undefined where it is no JSON. */
function read(data) {
    try {
        return JSON.parse(data);
    } catch {
        return undefined;
    }
}

/** Why something cannot be told (`fault`), until it is told again. */
class Untold {
    /** By what cannot be told: `decisions`, `status`. */
    #known = new Map();

    take(type, body) {
        if (type === "fault") {
            const fault = new Fault(String(body?.error ?? "it says no more").replace(/\.?$/, "."));
            this.#known.set(body?.of, { fault, at: performance.now() });
            return;
        }
        if (type === "status") this.#known.delete("status");
        if (["decision", "alert", "missed"].includes(type)) this.#known.delete("decisions");
    }

    /** null where there is nothing. */
    get fault() {
        for (const { fault, at } of this.#known.values()) {
            if (performance.now() - at < FAULT_MS) return fault;
        }
        return null;
    }
}

/** The lines of `text/event-stream` (HTML Standard, 9.2.6) as events. */
export class EventParser {
    #onEvent;
    #rest = "";
    #type = "";
    #data = [];
    #id = null;

    constructor(onEvent) { this.#onEvent = onEvent; }

    take(text) {
        this.#rest += text;
        if (this.#rest.length > EVENT_LENGTH_MAX) throw new Fault("An event was too long.");
        // A return at the very end can be the first half of a line's end.
        const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
        this.#rest = lines.pop();
        for (const line of lines) this.#line(line);
    }

    #line(line) {
        if (line === "") return this.#dispatch();
        const colon = line.indexOf(":");
        if (colon === 0) return;
        const field = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (field === "event") this.#type = value;
        if (field === "data") this.#data.push(value);
        if (field === "id" && !value.includes("\0")) this.#id = value;
    }

    #dispatch() {
        const event = { type: this.#type || "message", data: this.#data.join("\n"), id: this.#id };
        const isSaying = this.#data.length > 0;
        this.#type = "";
        this.#data = [];
        this.#id = null;
        if (isSaying) this.#onEvent(event);
    }
}
