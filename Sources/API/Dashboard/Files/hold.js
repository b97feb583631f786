/**
 * Whether somebody is in a list, by the mouse or with the focus: then it is not to move.
 *
 * Not for good: a mouse that was left lying there, or the focus that a dialog has given back, holds
 * nothing that begins from those who look.
 */

/** After the last movement, key or change of the focus in it. */
const REST_MS = 60_000;

export class Hold {
    #element;
    #isPointedAt = false;
    #movedAt = -REST_MS;

    /** @param onRelease Nobody is in it any longer, or somebody else. */
    constructor(element, onRelease) {
        this.#element = element;
        // A finger that rests nowhere points at nothing.
        element.addEventListener("pointerenter", (event) => {
            this.#isPointedAt = event.pointerType === "mouse";
        });
        for (const type of ["pointerenter", "pointermove", "keydown", "focusin"]) {
            element.addEventListener(type, () => {
                this.#movedAt = performance.now();
            }, { passive: true });
        }
        element.addEventListener("pointerleave", () => {
            this.#isPointedAt = false;
            onRelease();
        });
        element.addEventListener("focusout", () => setTimeout(onRelease));
    }

    get isOn() {
        if (performance.now() - this.#movedAt >= REST_MS) return false;
        return this.#isPointedAt || this.#element.contains(document.activeElement);
    }

    /** A list that is gone tells nobody that the pointer has left it. */
    clear() { this.#isPointedAt = false; }
}
