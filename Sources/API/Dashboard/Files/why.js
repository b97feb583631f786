/** The dialog that says why something was decided. */

import { call } from "./api.js";
import { badge, byId, facts, h, notice, openDialog, table } from "./dom.js";
import { headline, outcomeBadge, understand } from "./decision.js";
import { clock, cut, cutLines, digest, name, number, time, value } from "./format.js";

/** The log is folded again up to the decision, and others may have asked before. */
const PATIENCE_MS = 60_000;

let asked = 0;

/** @param opener The button that gets the focus back. */
export async function openWhy(decision, opener) {
    const asking = ++asked;
    const body = byId("why-body");
    byId("why-title").replaceChildren(...headline(decision));
    const wait = h("p", { class: "note", role: "status" }, "The agent folds its log again …");
    body.replaceChildren(...recorded(decision), wait);
    openDialog(byId("why"), opener, byId("main"));
    byId("why-title").focus();
    try {
        const path = `/decisions/${encodeURIComponent(decision.id)}/why`;
        const why = await call(path, { patience: PATIENCE_MS });
        if (asking !== asked) return;
        const told = understand(why.decision) ?? decision;
        byId("why-title").replaceChildren(...headline(told));
        body.replaceChildren(...recorded(told), ...seen(why, told));
    } catch (fault) {
        if (fault.status === undefined) throw fault;
        if (asking === asked && !fault.isOver) wait.replaceWith(refused(fault));
    }
}

/** A decision that is known by its id only. */
export async function openWhyOf(id, opener) {
    const stub = {
        id, label: "Decision", entity: id, subject: "", text: "", tone: "quiet", json: {},
    };
    await openWhy(stub, opener);
}

function refused(fault) {
    const element = h("p", { class: "notice" });
    notice(element, `What the rules saw cannot be shown: ${fault.message}`);
    return element;
}

/** What is known without asking. */
function recorded(decision) {
    const { json } = decision;
    const list = facts([
        ["When", decision.at ? time(decision.at) : null],
        ["Device", json.entity === undefined ? null : name(json.entity)],
        ["Route", json.route === undefined ? null : name(json.route)],
        ["Rule", json.rule === undefined ? null : name(json.rule)],
        ["Severity", json.severity],
        ["Value", json.value === undefined || json.value === null ? null : value(json.value)],
        ["Action", json.action === undefined ? null : name(json.action, 400)],
        ["Moral score", scoreText(json)],
        ["Trust", json.trust === undefined ? null : number(json.trust)],
        ["Began with", json.raised_by],
        ["Rule set", json.ruleset ? h("code", {}, digest(json.ruleset)) : null],
        ["Decision", h("code", {}, cut(decision.id, 80))],
    ]);
    const parts = [
        h("p", { class: "verdict" }, outcomeBadge(decision), " ",
            h("bdi", {}, cut(decision.text, 2000))),
        h("dl", { class: "facts" }, list),
    ];
    if (json.contributions?.length) parts.push(contributions(json));
    for (const error of json.errors ?? []) parts.push(failure(error));
    return parts;
}

function scoreText(json) {
    if (json.moral_score === undefined) return null;
    const side = json.moral_score >= json.threshold ? "at least" : "below";
    return `${number(json.moral_score)}, ${side} the threshold ${number(json.threshold)}`;
}

function failure(error) {
    const consequence = error.on_error === "deny" ? "this denies" : "this is left out";
    return h("p", { class: "notice" },
        h("bdi", {}, cut(error.rule ?? error.code ?? "", 120)),
        ` cannot be judged (${consequence}): `, h("bdi", {}, cut(error.error ?? "", 400)));
}

/** The rules that applied, the weightiest first. */
function contributions(json) {
    const columns = [
        { title: "Rule", class: "who", isHead: true }, { title: "Says", class: "what" },
        { title: "Weight", class: "number" }, { title: "Strength", class: "number" },
        { title: "Contribution", class: "number" },
    ];
    const rows = json.contributions.map((entry) => [
        [name(entry.rule), entry.message
            ? h("span", { class: "below" }, h("bdi", {}, cut(entry.message, 400))) : null],
        stance(entry.stance), number(entry.weight), number(entry.strength),
        h("strong", {}, signed(entry.contribution)),
    ]);
    return table("Rules that applied", columns, rows);
}

function stance(text) {
    const tone = { support: "ok", oppose: "crit", veto: "crit" }[text] ?? "quiet";
    return badge(tone, String(text ?? ""));
}

const signed = (amount) => (amount > 0 ? "+" : "") + number(amount);

/** What the rules saw then: each term of their conditions with its values. */
function seen(why, decision) {
    const parts = [];
    const topic = why.event?.topic;
    if (topic !== undefined) {
        const payload = why.event.payload ?? "(bytes that are no text)";
        parts.push(h("div", {}, h("h3", {}, "The message"),
            h("p", { class: "code" }, cut(topic, 400)),
            // Without a role it could not have a name.
            h("pre", { role: "group", tabindex: "0", "aria-label": "Payload" },
                cutLines(payload, 4000))));
    }
    const rules = why.waited ? [why.waited] : rulesAbout(why, decision);
    if (rules.length > 0) {
        const title = why.waited ? "What the rule had waited for" : "What the rules saw";
        parts.push(h("div", {}, h("h3", {}, title), rules.map((rule) => ruleSeen(rule))));
    }
    if (why.replay) {
        parts.push(h("p", { class: why.replay.agrees ? "hint" : "notice" }, why.replay.agrees
            ? "Made again from the log just now: the same decision."
            : "Made again from the log just now, it comes out differently."));
    } else {
        parts.push(h("p", { class: "hint" },
            "The log no longer reaches back to it: this is what was recorded."));
    }
    return parts;
}

/** Those of the decision's own route; of an alert, its rule. */
function rulesAbout(why, decision) {
    const routes = (why.routes ?? []).filter((route) =>
        route.route === decision.json.route && route.entity === decision.json.entity);
    const rules = routes.flatMap((route) => route.rules ?? []);
    return decision.isAlert ? rules.filter((rule) => rule.rule === decision.json.rule) : rules;
}

function ruleSeen(rule) {
    const holds = rule.result === "true";
    const where = rule.file ? `${rule.file}:${rule.line}` : "";
    const timing = (rule.timing ?? []).join(", ");
    const mode = rule.mode && rule.mode !== "active" ? `mode ${rule.mode}` : "";
    const details = [timing, mode, where].filter(Boolean).join(" · ");
    return h("details", { class: "rule", open: holds },
        h("summary", {},
            badge(holds ? "info" : "quiet", holds ? "applies" : resultText(rule.result)),
            " ", name(rule.rule), h("span", { class: "below" }, cut(details, 200))),
        standing(rule.standing), terms(rule.terms ?? []));
}

const resultText = (result) => (result === "false" ? "does not apply" : cut(result ?? "", 120));

function standing(known) {
    if (!known) return null;
    const parts = [];
    if (known.firing_since) parts.push(`fires since ${clock(known.firing_since)}`);
    if (known.due) parts.push(`due at ${clock(known.due)}`);
    if (known.raised_at) parts.push(`was raised at ${clock(known.raised_at)}`);
    return parts.length ? h("p", { class: "hint" }, parts.join("; ")) : null;
}

function terms(list) {
    if (list.length === 0) return null;
    return h("ul", { class: "terms" }, list.map((term) => h("li", {},
        h("span", { class: "result" }, cut(term.result ?? "", 120)), " ",
        h("code", {}, cut(term.term ?? "", 400)),
        saw(term), terms(term.parts ?? []))));
}

/** `payload.rpm is 1800` */
function saw(term) {
    const { comparison } = term;
    const sides = comparison
        ? [[comparison.left, comparison.left_value], [comparison.right, comparison.right_value]]
        : [[term.observed, term.value]];
    const told = sides
        .filter(([text, known]) => text !== undefined && known !== undefined && text !== known)
        .map(([text, known]) => `${text} is ${known}`);
    return told.length ? h("span", { class: "below" }, cut(told.join(", "), 400)) : null;
}
