/** Asks again and again while somebody looks, one question at a time. */

import { isSignedIn } from "./api.js";

/** Before a question behind another: in a storm there is always one. */
const PAUSE_MS = 300;

export class Poll {
    #milliseconds;
    #work;
    #onFault;
    #hiddenMs;
    #isWanted = false;
    /** The question that is under way; null while there is none. */
    #asking = null;
    /** The one behind it, from when somebody wants it until it begins; null while nobody does. */
    #next = null;
    #timer = 0;
    #askedAt = 0;

    /**
     * @param work Asks and shows; throws a Fault.
     * @param onFault Gets the Fault, or null after it went well.
     * @param hiddenMs For what is told of a hidden page, too: how often it asks then.
     */
    constructor(milliseconds, work, onFault, hiddenMs = Infinity) {
        this.#hiddenMs = hiddenMs;
        this.#milliseconds = milliseconds;
        this.#work = work;
        this.#onFault = onFault;
        document.addEventListener("visibilitychange", () => {
            if (this.#isWanted && !document.hidden) this.now();
        });
    }

    start() {
        this.#isWanted = true;
        this.now();
    }

    stop() {
        this.#isWanted = false;
        clearTimeout(this.#timer);
    }

    /**
     * Asks at once. Where it is asking already it asks once more, soon behind that: the answer that
     * is on its way may be from before.
     * @returns When what was asked for after this call is shown, or was refused.
     */
    async now() {
        if (!this.#isWanted || !isSignedIn()) return;
        await (this.#next ?? (this.#asking ? this.#queue() : this.#begin()));
    }

    #begin() {
        clearTimeout(this.#timer);
        this.#asking = this.#ask();
        return this.#asking;
    }

    /** One for all who want it; whoever comes once it has begun waits for another. */
    #queue() {
        const begin = async () => {
            await new Promise((done) => setTimeout(done, PAUSE_MS));
            this.#next = null;
            // Nobody may look any longer.
            if (this.#isWanted && isSignedIn()) await this.#begin();
        };
        // What went wrong with the one before is told to those who wait for that.
        this.#next = this.#asking.then(begin, begin);
        return this.#next;
    }

    async #ask() {
        let wait = this.#milliseconds;
        this.#askedAt = performance.now();
        try {
            await this.#work();
            this.#onFault(null);
        } catch (fault) {
            if (fault.status === undefined) throw fault;
            if (!fault.isOver) this.#onFault(fault);
            wait = Math.max(wait, fault.retryAfter * 1000);
        } finally {
            this.#asking = null;
            if (this.#isWanted) this.#wait(wait);
        }
    }

    /** Nobody looks at a hidden page; it asks when it is shown again. */
    #again() {
        const left = this.#askedAt + this.#hiddenMs - performance.now();
        if (!document.hidden || left <= 0) this.now();
        else if (left < Infinity) this.#wait(left);
    }

    #wait(milliseconds) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#again(), milliseconds);
    }
}
