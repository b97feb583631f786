/**
 * Elements out of data. Text only ever becomes text nodes: what a device says about itself can be
 * no markup, whatever it says.
 */

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** `h("p", { class: "note" }, "text", element)`; `on` holds listeners, null is left out. */
export function h(name, attributes, ...children) {
    return build(document.createElement(name), attributes, children);
}

export function svg(name, attributes, ...children) {
    return build(document.createElementNS(SVG, name), attributes, children);
}

function build(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes ?? {})) {
        if (value === null || value === undefined || value === false) continue;
        if (name === "on") {
            for (const [event, listener] of Object.entries(value)) {
                element.addEventListener(event, listener);
            }
        } else {
            element.setAttribute(name, value === true ? "" : String(value));
        }
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return element;
}

/** Sets a text where it is another than before, so that nothing is read out twice. */
export function say(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

/** Shows a notice, or hides it where there is nothing to say. */
export function notice(element, text) {
    say(element, text ?? "");
    element.hidden = !text;
}

export function badge(tone, text) {
    return h("span", { class: "badge", "data-tone": tone }, text);
}

/**
 * A table that can be read as cards on a phone. The roles are written out because a browser forgets
 * them where the style lays rows out as blocks.
 * @param columns `{ title, class? }`; the column with `isHead` names the row.
 * @param rows Arrays of cells, each a text, an element, or a list of these.
 */
export function table(caption, columns, rows, attributes = {}) {
    const heads = columns.map((column) =>
        h("th", { scope: "col", role: "columnheader", class: column.class }, column.title));
    const body = h("tbody", { role: "rowgroup" }, rows.map((cells) => row(columns, cells)));
    return h(
        "table", { role: "table", ...attributes },
        h("caption", {}, caption),
        h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, heads)),
        body);
}

export function row(columns, cells, attributes = {}) {
    const made = cells.map((cell, index) => {
        const column = columns[index];
        const shared = { class: column.class, "data-label": column.title };
        return column.isHead
            ? h("th", { scope: "row", role: "rowheader", ...shared }, cell)
            : h("td", { role: "cell", ...shared }, cell);
    });
    return h("tr", { role: "row", ...attributes }, made);
}

/** A table whose rows are renewed without touching those that stay as they are. */
export class LiveTable {
    #columns;

    constructor(place, caption, columns, attributes) {
        this.#columns = columns;
        this.element = table(caption, columns, [], attributes);
        place.replaceChildren(this.element);
    }

    get body() { return this.element.tBodies[0]; }

    /** @param entries `{ key, version, cells, attributes? }`; only new ones have `cells` called. */
    show(entries) {
        sync(this.body, entries.map((entry) => ({
            ...entry, make: () => row(this.#columns, entry.cells(), entry.attributes),
        })));
    }
}

const versions = new WeakMap();

/**
 * Makes the children of `parent` those of the entries. What has not changed is not touched, so that
 * neither the focus nor a screen reader's place is lost; what is made anew gets the focus back, and
 * where it goes, what stands in its place gets it.
 * @param entries `{ key, version, make }` in their order.
 */
export function sync(parent, entries) {
    const focus = focusIn(parent);
    const old = new Map();
    for (const child of parent.children) old.set(versions.get(child)?.key, child);
    const wanted = new Set(entries.map(({ key }) => key));
    // First, or whatever stands behind one that goes would be moved.
    for (const [key, child] of old) if (!wanted.has(key)) child.remove();
    let place = parent.firstElementChild;
    for (const { key, version, make } of entries) {
        const text = JSON.stringify(version);
        let child = old.get(key);
        old.delete(key);
        if (child && versions.get(child).text !== text) {
            const next = make();
            if (place === child) place = next;
            child.replaceWith(next);
            child = next;
        }
        child ??= make();
        versions.set(child, { key, text });
        if (child === place) {
            place = place.nextElementSibling;
        } else {
            parent.insertBefore(child, place);
        }
    }
    // Of entries with one key, the earlier ones of before.
    while (place) {
        const next = place.nextElementSibling;
        place.remove();
        place = next;
    }
    if (focus) bringBack(parent, focus);
}

/** What has the focus, with its place among the children; null where it is elsewhere. */
function focusIn(parent) {
    const element = document.activeElement;
    const children = [...parent.children];
    const index = children.findIndex((child) => child.contains(element));
    return index < 0 ? null : { element, index, key: versions.get(children[index])?.key };
}

function bringBack(parent, { element, index, key }) {
    if (document.activeElement === element) return;
    // What is only moved has lost it.
    if (element.isConnected) return element.focus({ preventScroll: true });
    const { action } = element.dataset;
    const children = [...parent.children];
    const near = children.find((child) => versions.get(child).key === key)
        ?? children[Math.min(index, children.length - 1)];
    const target = (action ? near?.querySelector(`[data-action="${action}"]`) : null)
        ?? near?.querySelector("button, a, summary") ?? around(parent);
    target?.focus({ preventScroll: true });
}

/** The panel, or the title of the dialog, that an element stands in. */
const around = (element) => element.closest("dialog")?.querySelector("[tabindex]")
    ?? element.closest("[tabindex]");

/** Puts something else into a place; the focus that was in it goes to what is around it. */
export function replace(place, ...children) {
    const hasFocus = place.contains(document.activeElement);
    place.replaceChildren(...children);
    if (hasFocus) around(place)?.focus({ preventScroll: true });
}

/** Makes the children of `place` these; what says the same already stays, and stays selected. */
export function renew(place, children) {
    children.forEach((any, index) => {
        const child = typeof any === "string" ? document.createTextNode(any) : any;
        const old = place.childNodes[index];
        if (!old) place.append(child);
        else if (!old.isEqualNode(child)) old.replaceWith(child);
    });
    while (place.childNodes.length > children.length) place.lastChild.remove();
}

/** `dl` out of pairs; those without a value are left out. */
export function facts(pairs) {
    return pairs
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)));
}

/**
 * Opens a dialog; the browser keeps the focus in it and closes it by Esc.
 * @param opener What gets the focus back, or `fallback` where it is gone by then.
 */
export function openDialog(dialog, opener, fallback) {
    const back = () => {
        dialog.removeEventListener("close", back);
        (opener?.isConnected ? opener : fallback)?.focus();
    };
    if (dialog.open) return;
    dialog.addEventListener("close", back);
    dialog.showModal();
    // A phone's Back closes what lies on top. The entry that a dialog has left serves again.
    if (isOfDialog()) history.replaceState({ dialog: dialog.id }, "");
    else history.pushState({ dialog: dialog.id }, "");
}

/** Whether the history stands at an entry that a dialog has made. */
export const isOfDialog = () => Boolean(history.state?.dialog);

/** What closes a dialog besides Esc: its buttons, a press beside it, and going back. */
export function wireDialog(dialog) {
    for (const button of dialog.querySelectorAll("[data-close]")) {
        button.addEventListener("click", () => dialog.close());
    }
    addEventListener("popstate", () => {
        if (dialog.open && history.state?.dialog !== dialog.id) dialog.close();
    });
    dialog.addEventListener("pointerdown", (event) => {
        // Its scroll bar is the dialog's, too, but stands within its box.
        const { left, right, top, bottom } = dialog.getBoundingClientRect();
        const isBeside = event.clientX < left || event.clientX > right
            || event.clientY < top || event.clientY > bottom;
        if (event.target === dialog && isBeside) dialog.close();
    });
}
