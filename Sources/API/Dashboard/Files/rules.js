/** The rules in force with their counts, and what rules in shadow would have decided otherwise. */

import { call } from "./api.js";
import { badge, byId, h, LiveTable, notice, renew, say } from "./dom.js";
import { severityTone } from "./decision.js";
import { bytes, clock, cut, digest, name, number, plural, time } from "./format.js";
import { Poll } from "./poll.js";
import { openWhyOf } from "./why.js";

const POLL_MS = 10_000;
const DIFFERENCES_SHOWN = 50;

/** The gravest first. */
const KINDS = {
    deny_to_allow: "would be approved instead of denied",
    allow_to_deny: "would be denied instead of approved",
    unjudged: "would be judged, or no longer",
    alert_new: "would raise an alert",
    alert_missing: "would raise no alert",
    score: "would score otherwise",
};

export class Rules {
    #polls;
    #table;
    #sets;
    #kinds = h("ul", { class: "kinds" });
    #differences;

    constructor() {
        this.#table = new LiveTable(byId("rule-list"), "Rules in force and what came of them", [
            { title: "Rule", class: "who", isHead: true }, { title: "Says", class: "what" },
            { title: "On", class: "text" }, { title: "Applied", class: "number" },
            { title: "Failed", class: "number" },
        ], { class: "rules" });
        this.#buildShadow();
        const tell = (id) => (fault) => notice(byId(id), fault?.message);
        this.#polls = [
            new Poll(POLL_MS, async () => this.#draw(await call("/rules?limit=1000")),
                tell("notice-rules")),
            new Poll(POLL_MS, async () =>
                this.#drawShadow(await call(`/rules/shadow?limit=${DIFFERENCES_SHOWN}`)),
            tell("notice-shadow")),
        ];
    }

    #buildShadow() {
        const places = [h("div"), h("div")];
        this.#sets = new LiveTable(places[0], "Sets in shadow", [
            { title: "From", class: "who", isHead: true }, { title: "Rule set", class: "what" },
            { title: "Rules", class: "number" },
            { title: "Differences since it runs", class: "number" },
        ]);
        this.#differences = new LiveTable(places[1], "The newest differences in the store", [
            { title: "Time", class: "when" }, { title: "Device", class: "who", isHead: true },
            { title: "In force", class: "text" }, { title: "In shadow", class: "text" },
            { title: "By", class: "subject" }, { title: "Why", class: "act" },
        ]);
        byId("shadow-list").replaceChildren(places[0], this.#kinds, places[1]);
        this.#showShadow([], {}, []);
    }

    show() { for (const poll of this.#polls) poll.start(); }
    hide() { for (const poll of this.#polls) poll.stop(); }

    clear() {
        this.hide();
        this.#table.show([]);
        this.#showShadow([], {}, []);
        for (const id of ["rules-note", "shadow-note"]) say(byId(id), "");
        for (const id of ["notice-rules", "notice-shadow", "rules-fault"]) {
            notice(byId(id), null);
        }
    }

    #draw(answer) {
        const rules = answer.rules ?? [];
        const files = answer.files ?? [];
        const more = answer.next === undefined ? "" : "the first ";
        say(byId("rules-note"), [
            `${more}${plural(rules.length, "rule")} of the set ${digest(answer.ruleset)}`
                + (files.length ? `, from ${files.map(fileText).join(", ")}.` : "."),
            answer.counted_since ? `Counted since ${clock(answer.counted_since)}.` : "",
            answer.held_by
                ? `They came by ${cut(answer.held_by, 20)}: the directory has others.` : "",
        ].filter(Boolean).join(" "));
        notice(byId("rules-fault"), answer.fault
            ? `The newest files are not in force: ${cut(answer.fault, 400)}` : null);
        this.#table.show(rules.map((rule) => ({
            key: rule.name, version: rule, cells: () => [
                [name(rule.name), rule.description
                    ? h("span", { class: "below" }, cut(rule.description, 300)) : null],
                says(rule), cut(listed(rule.on), 200), applied(rule), failed(rule.failed),
            ],
        })));
    }

    #drawShadow(answer) {
        const sets = answer.sets ?? [];
        const differences = answer.differences ?? [];
        const total = answer.total ?? differences.length;
        say(byId("shadow-note"), shadowText(answer, sets, total));
        this.#showShadow(sets, total > 0 ? answer.kinds ?? {} : {}, differences);
    }

    #showShadow(sets, kinds, differences) {
        this.#sets.element.parentElement.hidden = sets.length === 0;
        this.#sets.show(keyed(sets, (set) => set.source, (set) => [
            set.source === "directory" ? "its own directory" : "rules in mode shadow",
            h("code", {}, digest(set.ruleset)), count(set.rules), count(set.differences),
        ]));
        const known = Object.entries(KINDS).filter(([kind]) => kinds[kind] > 0);
        this.#kinds.hidden = known.length === 0;
        renew(this.#kinds, known.map(([kind, words]) => h("li", {},
            h("strong", {}, number(kinds[kind])), ` ${words}`)));
        const running = new Set(sets.map(({ ruleset }) => ruleset));
        const marked = differences.map((difference) => (
            { ...difference, isEarlier: !running.has(difference.shadow?.ruleset) }));
        this.#differences.element.parentElement.hidden = marked.length === 0;
        this.#differences.show(keyed(marked, keyOf, (difference) => [
            time(difference.timestamp), name(difference.entity), side(difference.active),
            side(difference.shadow), by(difference), whyOf(difference),
        ]));
    }
}

/** Rows of things that have no name of their own: those that are alike are counted. */
function keyed(things, keyOf, cells) {
    const seen = new Map();
    return things.map((thing) => {
        const key = keyOf(thing);
        const number = seen.get(key) ?? 0;
        seen.set(key, number + 1);
        return { key: `${number} ${key}`, version: thing, cells: () => cells(thing) };
    });
}

const keyOf = ({ event_seq, timestamp, kind, source, route, entity, rules }) =>
    JSON.stringify([event_seq, timestamp, kind, source, route, entity, rules]);

const fileText = (file) => `${cut(file.name, 80)} (${bytes(file.bytes ?? 0)})`;
const listed = (any) => (Array.isArray(any) ? any.join(", ") : String(any ?? ""));
const count = (any) => (typeof any === "number" ? number(any) : "–");

/** How often, and what came of it. */
function applied(rule) {
    const came = ["approved", "denied", "raised", "resolved"]
        .filter((what) => rule[what] > 0).map((what) => `${number(rule[what])} ${what}`);
    return [count(rule.applied),
        came.length > 0 ? h("span", { class: "below" }, came.join(", ")) : null];
}

function failed(amount) {
    return amount > 0 ? badge("warn", number(amount)) : count(amount);
}

function says(rule) {
    const parts = [];
    if (rule.stance) {
        const tone = rule.stance === "support" ? "ok" : "crit";
        parts.push(badge(tone, cut(rule.stance, 20)));
        if (rule.weight !== undefined) parts.push(` ${number(rule.weight)}`);
    } else if (rule.severity) {
        parts.push(badge(severityTone(rule.severity), cut(rule.severity, 20)));
    }
    if (rule.mode && rule.mode !== "active") parts.push(" ", badge("quiet", cut(rule.mode, 20)));
    return parts;
}

/** What differs by the sets in shadow, and what the store has: by these and by earlier ones. */
function shadowText(answer, sets, total) {
    const reason = answer.reason ? ` ${cut(answer.reason, 300)}` : "";
    const stored = total === 0 ? ""
        : ` The store has ${plural(total, "difference")}, of whatever ran in shadow.`;
    if (sets.length === 0) return `Nothing runs in shadow.${stored}${reason}`;
    const now = sets.reduce((sum, set) => sum + (set.differences ?? 0), 0);
    const text = now === 0 ? "They decide as the rules in force do since they run."
        : `${plural(now, "difference")} from the rules in force since they run.`;
    return text + stored + reason;
}

/** The rules that make the difference, and whether their set is one that no longer runs. */
function by({ rules, shadow, isEarlier }) {
    return [cut(listed(rules), 200), isEarlier ? h("span", { class: "below" },
        "of an earlier set ", h("code", {}, digest(shadow?.ruleset))) : null];
}

function whyOf(difference) {
    const id = difference.active?.decision_id;
    if (!id) return "";
    const button = h("button",
        { type: "button", class: "quiet", "data-action": "why" }, "Why");
    button.setAttribute("aria-label", cut(`Why it was decided about ${difference.entity}`, 160));
    button.addEventListener("click", () => openWhyOf(id, button));
    return button;
}

/** What one of both says. */
function side(said) {
    if (!said) return badge("quiet", "nothing");
    const text = said.explanation ?? said.message ?? "";
    const below = text ? h("span", { class: "below" }, h("bdi", {}, cut(text, 300))) : null;
    if (said.approved !== undefined) {
        return [badge(said.approved ? "ok" : "crit", said.approved ? "approved" : "denied"), below];
    }
    if (said.firing !== undefined) {
        const tone = said.firing ? severityTone(said.severity) : "quiet";
        return [badge(tone, said.firing ? "fires" : "does not fire"), below];
    }
    return [badge("quiet", "not judged"), below];
}
