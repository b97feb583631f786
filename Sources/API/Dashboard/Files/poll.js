/** Asks again and again while somebody looks, one question at a time. */

import { isSignedIn } from "./api.js";

export class Poll {
    #milliseconds;
    #work;
    #onFault;
    #isWanted = false;
    #isAsking = false;
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
        clearTimeout(this.#timer);
    }

    /** Asks at once, unless it is asking already. */
    async now() {
        if (!this.#isWanted || this.#isAsking || !isSignedIn()) return;
        clearTimeout(this.#timer);
        this.#isAsking = true;
        let wait = this.#milliseconds;
        try {
            await this.#work();
            this.#onFault(null);
        } catch (fault) {
            if (fault.status === undefined) throw fault;
            if (!fault.isOver) this.#onFault(fault);
            wait = Math.max(wait, fault.retryAfter * 1000);
        } finally {
            this.#isAsking = false;
            if (this.#isWanted) this.#timer = setTimeout(() => this.#again(), wait);
        }
    }

    /** Nobody looks at a hidden page; it asks when it is shown again. */
    #again() {
        if (!document.hidden) this.now();
    }
}
