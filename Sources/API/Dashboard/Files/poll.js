/** Asks again and again while somebody looks, one question at a time. */

import { isSignedIn } from "./api.js";

export class Poll {
    #milliseconds;
    #work;
    #onFault;
    #isWanted = false;
    /** The question that is under way; null while there is none. */
    #asking = null;
    /** It was to ask while it was asking. */
    #isMissed = false;
    #timer = 0;

    /**
     * @param work Asks and shows; throws a Fault.
     * @param onFault Gets the Fault, or null after it went well.
     */
    constructor(milliseconds, work, onFault) {
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
        this.#isMissed = false;
        clearTimeout(this.#timer);
    }

    /**
     * Asks at once. Where it is asking already it asks once more behind that: the answer that is on
     * its way may be from before.
     * @returns When what was asked for is shown, or was refused.
     */
    async now() {
        if (!this.#isWanted || !isSignedIn()) return;
        if (this.#asking) {
            this.#isMissed = true;
        } else {
            clearTimeout(this.#timer);
            this.#asking = this.#ask();
        }
        await this.#asking;
    }

    async #ask() {
        let wait = this.#milliseconds;
        try {
            do {
                this.#isMissed = false;
                await this.#work();
            } while (this.#isMissed);
            this.#onFault(null);
        } catch (fault) {
            if (fault.status === undefined) throw fault;
            if (!fault.isOver) this.#onFault(fault);
            wait = Math.max(wait, fault.retryAfter * 1000);
        } finally {
            this.#asking = null;
            if (this.#isWanted) this.#timer = setTimeout(() => this.#again(), wait);
        }
    }

    /** Nobody looks at a hidden page; it asks when it is shown again. */
    #again() {
        if (!document.hidden) this.now();
    }
}
