/** Whether somebody is in a list, by the mouse or with the focus: then it is not to move. */

export class Hold {
    #element;
    #isPointedAt = false;

    /** @param onRelease Nobody is in it any longer, or somebody else. */
    constructor(element, onRelease) {
        this.#element = element;
        // A finger that rests nowhere points at nothing.
        element.addEventListener("pointerenter", (event) => {
            this.#isPointedAt = event.pointerType === "mouse";
        });
        element.addEventListener("pointerleave", () => {
            this.#isPointedAt = false;
            onRelease();
        });
        element.addEventListener("focusout", () => setTimeout(onRelease));
    }

    get isOn() { return this.#isPointedAt || this.#element.contains(document.activeElement); }

    /** A list that is gone tells nobody that the pointer has left it. */
    clear() { this.#isPointedAt = false; }
}
