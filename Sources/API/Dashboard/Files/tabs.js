/** The views as tabs (WAI-ARIA Authoring Practices, tabs with automatic activation). */

import { byId, isOfDialog } from "./dom.js";

export class Tabs {
    #names;
    #onChange;
    #current = "";

    /** @param onChange `(name, previous)` */
    constructor(names, onChange) {
        this.#names = names;
        this.#onChange = onChange;
        for (const name of names) {
            this.#tab(name).addEventListener("click", () => this.go(name));
        }
        this.#tab(names[0]).parentElement.addEventListener("keydown", (event) => this.#key(event));
        // Before the sign-in nothing is shown; `start` follows the address then.
        addEventListener("hashchange", () => {
            if (!byId("app").hidden) this.#follow(true);
        });
    }

    get current() { return this.#current; }

    /** Shows what the address names, or the first. */
    start() { this.#follow(false); }

    stop() {
        const previous = this.#current;
        this.#current = "";
        if (previous) this.#onChange("", previous);
    }

    /** The address follows; going back in it leads to the view before. */
    go(name) {
        this.#select(name);
        if (location.hash === `#${name}`) return;
        // What a dialog has left is no place to go back to.
        if (isOfDialog()) history.replaceState(null, "", `#${name}`);
        else history.pushState(null, "", `#${name}`);
    }

    #tab(name) { return byId(`tab-${name}`); }

    /** A link within the page has the focus follow it. */
    #follow(isMoved) {
        const wanted = location.hash.slice(1);
        const name = this.#names.includes(wanted) ? wanted : this.#names[0];
        const isHere = document.activeElement?.closest("[role=tablist]");
        this.#select(name);
        if (isMoved && !isHere) this.#tab(name).focus();
    }

    #select(name) {
        if (name === this.#current) return;
        const previous = this.#current;
        this.#current = name;
        for (const other of this.#names) {
            const isSelected = other === name;
            const tab = this.#tab(other);
            tab.setAttribute("aria-selected", String(isSelected));
            tab.tabIndex = isSelected ? 0 : -1;
            byId(`panel-${other}`).hidden = !isSelected;
        }
        const list = this.#tab(name).parentElement;
        list.scrollLeft = this.#tab(name).offsetLeft - list.clientWidth / 3;
        scrollTo(0, 0);
        this.#onChange(name, previous);
    }

    #key(event) {
        if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
        const count = this.#names.length;
        const at = this.#names.indexOf(this.#current);
        const places = {
            ArrowRight: (at + 1) % count, ArrowLeft: (at + count - 1) % count,
            Home: 0, End: count - 1,
        };
        const place = places[event.key];
        if (place === undefined) return;
        event.preventDefault();
        const name = this.#names[place];
        this.#tab(name).focus();
        this.#select(name);
        // Views that were only passed are none to go back to.
        history.replaceState(null, "", `#${name}`);
    }
}
