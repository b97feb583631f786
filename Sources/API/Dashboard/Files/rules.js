/** The rules in force with their counts, and what rules in shadow would have decided otherwise. */

import { call } from "./api.js";
import { badge, byId, h, LiveTable, notice, say, sync, table } from "./dom.js";
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

    constructor() {
        this.#table = new LiveTable(byId("rule-list"), "Rules in force and what came of them", [
            { title: "Rule", class: "who", isHead: true }, { title: "Says", class: "what" },
            { title: "On", class: "text" }, { title: "Applied", class: "number" },
            { title: "Failed", class: "number" },
        ], { class: "rules" });
        const tell = (id) => (fault) => notice(byId(id), fault?.message);
        this.#polls = [
            new Poll(POLL_MS, async () => this.#draw(await call("/rules?limit=1000")),
                tell("notice-rules")),
            new Poll(POLL_MS, async () =>
                this.#drawShadow(await call(`/rules/shadow?limit=${DIFFERENCES_SHOWN}`)),
            tell("notice-shadow")),
        ];
    }

    show() { for (const poll of this.#polls) poll.start(); }
    hide() { for (const poll of this.#polls) poll.stop(); }

    clear() {
        this.hide();
        this.#table.show([]);
        byId("shadow-list").replaceChildren();
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
        const entries = [];
        if (sets.length) {
            entries.push({ key: "sets", version: sets, make: () => setTable(sets) });
        }
        if (total > 0 && answer.kinds) {
            const { kinds } = answer;
            entries.push({ key: "kinds", version: kinds, make: () => kindList(kinds) });
        }
        if (differences.length) {
            entries.push({
                key: "differences", version: differences, make: () => differenceTable(differences),
            });
        }
        sync(byId("shadow-list"), entries);
    }
}

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

function shadowText(answer, sets, total) {
    const reason = answer.reason ? ` ${cut(answer.reason, 300)}` : "";
    if (sets.length === 0 && total === 0) return `Nothing runs in shadow.${reason}`;
    if (total === 0) return `It decides as the rules in force do.${reason}`;
    return `${plural(total, "difference")} from the rules in force.${reason}`;
}

function setTable(sets) {
    return table("Sets in shadow", [
        { title: "From", class: "who", isHead: true }, { title: "Rule set", class: "what" },
        { title: "Rules", class: "number" }, { title: "Differences", class: "number" },
    ], sets.map((set) => [
        set.source === "directory" ? "its own directory" : "rules in mode shadow",
        h("code", {}, digest(set.ruleset ?? set.shadow)), count(set.rules), count(set.differences),
    ]));
}

function kindList(kinds) {
    const entries = Object.entries(KINDS).filter(([kind]) => kinds[kind] > 0);
    return h("ul", { class: "kinds" }, entries.map(([kind, words]) => h("li", {},
        h("strong", {}, number(kinds[kind])), ` ${words}`)));
}

function differenceTable(differences) {
    return table("The newest differences", [
        { title: "Time", class: "when" }, { title: "Device", class: "who", isHead: true },
        { title: "In force", class: "text" }, { title: "In shadow", class: "text" },
        { title: "By", class: "subject" }, { title: "Why", class: "act" },
    ], differences.map((difference) => [
        time(difference.timestamp), name(difference.entity), side(difference.active),
        side(difference.shadow), cut(listed(difference.rules), 200), whyOf(difference),
    ]));
}

function whyOf(difference) {
    const id = difference.active?.decision_id;
    if (!id) return "";
    const button = h("button", { type: "button", class: "quiet" }, "Why");
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
