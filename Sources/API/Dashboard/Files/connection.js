/** Whether what is shown is true now: live, asked for again and again, or from before. */

import { announce } from "./announcer.js";
import { link } from "./api.js";
import { byId, say } from "./dom.js";
import { clock } from "./format.js";

/** An event comes every second; after so long without one, they do not arrive. */
const HEARD_MS = 5_000;
/** A shorter break is nobody's business. */
const PATIENCE_MS = 2_500;

const WORDS = {
    live: "Live", connecting: "Connecting", waiting: "Not live", lost: "Not reachable",
    resting: "Resting",
};

export class Connection {
    #stream = "connecting";
    #streamFault = null;
    /** When the agent was first found out of reach; null while it answers. */
    #lostAt = null;
    /** When an event came last. */
    #heardAt = -HEARD_MS;
    #timer = 0;
    #onLost;
    #onBack;

    /**
     * @param onLost The agent has not answered for a while; gets since when.
     * @param onBack It answers again.
     */
    constructor(onLost, onBack) {
        this.#onLost = onLost;
        this.#onBack = onBack;
        link.addEventListener("reachable", () => this.#isReachable(true));
        link.addEventListener("unreachable", () => this.#isReachable(false));
    }

    /** What the stream of events is at. */
    takeStream(state, fault) {
        const isAgain = state === "connecting" && this.#stream === "waiting";
        if (state === "resting") this.#streamFault = null;
        // Until it lives, it is still not live.
        if (!isAgain) this.#stream = state;
        this.#streamFault = fault ?? (state === "live" ? null : this.#streamFault);
        this.#settle();
    }

    /** An event has come. */
    heard() {
        this.#heardAt = performance.now();
        this.#isReachable(true);
    }

    clear() {
        clearTimeout(this.#timer);
        this.#timer = 0;
        this.#stream = "connecting";
        this.#streamFault = null;
        this.#lostAt = null;
        this.#heardAt = -HEARD_MS;
        byId("banner").hidden = true;
        say(byId("banner-text"), "");
        delete byId("app").dataset.stale;
    }

    #isReachable(isReachable) {
        // Who signs in is told by the form.
        if (byId("app").hidden) return;
        if (isReachable === (this.#lostAt === null)) return;
        // While events arrive the agent is there: what was not answered is the fault of its view.
        const isHeard = performance.now() - this.#heardAt < HEARD_MS;
        if (!isReachable && this.#stream === "live" && isHeard) return;
        this.#lostAt = isReachable ? null : Date.now();
        if (isReachable) {
            delete byId("app").dataset.stale;
            this.#onBack();
        }
        this.#settle();
    }

    #settle() {
        const state = this.#lostAt !== null ? "lost" : this.#stream;
        const live = byId("live");
        live.dataset.state = state;
        say(byId("live-text"), WORDS[state]);
        const isWell = state === "live" || state === "resting"
            || (state === "connecting" && !this.#streamFault);
        if (isWell) {
            clearTimeout(this.#timer);
            this.#timer = 0;
            if (!byId("banner").hidden && state === "live") announce("said", "It is live again.");
            byId("banner").hidden = true;
        } else if (!byId("banner").hidden) {
            this.#tell();
        } else if (!this.#timer) {
            this.#timer = setTimeout(() => {
                this.#timer = 0;
                this.#tell();
            }, PATIENCE_MS);
        }
    }

    #tell() {
        const text = this.#lostAt !== null
            ? `The agent cannot be reached since ${clock(this.#lostAt)}. What is shown is from `
                + "then; this page goes on trying."
            : `Nothing arrives live: ${this.#streamFault?.message ?? "the stream has ended."} `
                + "This page asks every few seconds instead.";
        const banner = byId("banner");
        banner.dataset.tone = this.#lostAt !== null ? "crit" : "warn";
        if (byId("banner-text").textContent !== text) announce("said", text);
        say(byId("banner-text"), text);
        banner.hidden = false;
        if (this.#lostAt === null) return;
        byId("app").dataset.stale = "true";
        this.#onLost(this.#lostAt);
    }
}
