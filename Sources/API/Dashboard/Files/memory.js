/** Finding what rules and people have remembered. */

import { call } from "./api.js";
import { badge, byId, h, notice, say } from "./dom.js";
import { cut, cutLines, name, number, plural, time } from "./format.js";
import { openWhyOf } from "./why.js";

const PAGE = 20;

export class MemorySearch {
    /** Of the page that is shown: its cursors belong to it. */
    #query = null;
    /** The cursors of the pages up to the one that is shown; the first has none. */
    #cursors = [""];
    #next = "";
    #asking = 0;

    constructor() {
        byId("memory-search").addEventListener("submit", (event) => {
            event.preventDefault();
            this.#begin();
        });
        byId("memory-next").addEventListener("click", () =>
            this.#turn([...this.#cursors, this.#next]));
        byId("memory-previous").addEventListener("click", () =>
            this.#turn(this.#cursors.slice(0, -1)));
    }

    /** The newest are there before anything was searched for. */
    show() {
        if (!this.#query) this.#begin();
    }

    hide() {}

    clear() {
        this.#asking += 1;
        this.#query = null;
        this.#cursors = [""];
        this.#next = "";
        byId("memory-search").reset();
        byId("memory-list").replaceChildren();
        byId("memory-next").hidden = true;
        byId("memory-previous").hidden = true;
        say(byId("memory-note"), "");
        notice(byId("notice-memory"), null);
    }

    #begin() {
        const query = new URLSearchParams({ limit: String(PAGE) });
        for (const field of ["query", "layer", "entity", "since"]) {
            const text = byId(`memory-${field}`).value.trim();
            if (text) query.set(field, text);
        }
        this.#ask(query, [""]);
    }

    async #turn(cursors) {
        // The buttons can go while they have the focus.
        if (await this.#ask(this.#query, cursors)) byId("panel-memory").focus();
    }

    /** @returns whether the page is shown. */
    async #ask(query, cursors) {
        const asking = ++this.#asking;
        const asked = new URLSearchParams(query);
        const cursor = cursors.at(-1);
        if (cursor) asked.set("cursor", cursor);
        try {
            const page = await call(`/memory?${asked}`);
            if (asking !== this.#asking) return false;
            this.#query = query;
            this.#cursors = cursors;
            this.#next = page.next ?? "";
            this.#draw(page);
            notice(byId("notice-memory"), null);
            return true;
        } catch (fault) {
            if (fault.status === undefined) throw fault;
            if (asking === this.#asking && !fault.isOver) {
                notice(byId("notice-memory"), fault.message);
            }
            return false;
        }
    }

    #draw(page) {
        const memories = page.memories ?? [];
        byId("memory-list").replaceChildren(...memories.map(item));
        byId("memory-next").hidden = this.#next === "";
        byId("memory-previous").hidden = this.#cursors.length < 2;
        const total = page.total ?? memories.length;
        const first = (this.#cursors.length - 1) * PAGE + 1;
        say(byId("memory-note"), memories.length === 0
            ? "Nothing was found."
            : `${number(first)} to ${number(first + memories.length - 1)} of `
                + `${page.total_capped ? "more than " : ""}${plural(total, "memory", "memories")}`);
    }
}

function item(memory) {
    const id = memory.decision_id;
    const why = id ? h("button", { type: "button", class: "quiet" }, "Why") : null;
    why?.setAttribute("aria-label", cut(`Why: the decision of memory ${memory.id}`, 80));
    why?.addEventListener("click", () => openWhyOf(id, why));
    const from = memory.rule ? ["by the rule ", name(memory.rule)]
        : memory.user_id ? ["by ", name(memory.user_id)] : null;
    return h("li", { class: "item", "data-tone": "quiet" },
        h("p", { class: "content" }, h("bdi", {}, cutLines(memory.content ?? "", 4_096))),
        h("div", { class: "line hint" },
            badge("quiet", cut(memory.layer ?? "", 20)),
            memory.entity ? h("span", {}, "about ", name(memory.entity)) : null,
            h("span", {}, time(memory.created_at)), from ? h("span", {}, ...from) : null,
            (memory.tags ?? []).map((tag) => h("span", { class: "tag" }, cut(tag, 100))),
            memory.pinned ? badge("info", "pinned") : null,
            h("span", { class: "end" }, why)));
}
