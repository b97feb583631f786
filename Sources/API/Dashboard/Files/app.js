/** The dashboard: signs in, keeps the views fed, signs out. */

import { call, dropKey, isSignedIn, link, nodeName, takeKey } from "./api.js";
import { Alerts } from "./alerts.js";
import { hush } from "./announcer.js";
import { Connection } from "./connection.js";
import { Decisions } from "./decisions.js";
import { Devices } from "./devices.js";
import { byId, say, wireDialog } from "./dom.js";
import { cut, tick, zone } from "./format.js";
import { MemorySearch } from "./memory.js";
import { Metrics } from "./metrics.js";
import { Overview } from "./overview.js";
import { Poll } from "./poll.js";
import { Rules } from "./rules.js";
import { EventStream } from "./stream.js";
import { Tabs } from "./tabs.js";
import { openWhy } from "./why.js";

let node = "";
let firing = 0;

const overview = new Overview(openWhy, takeStatus);
const alerts = new Alerts((all, hasMore) => {
    overview.takeAlerts(all, hasMore);
    firing = all?.length ?? 0;
    title();
});
overview.connect(alerts);
const decisions = new Decisions(openWhy);
const views = {
    overview, decisions, alerts,
    devices: new Devices((entity) => {
        tabs.go("decisions");
        decisions.chooseEntity(entity);
        // The button that led here is on a panel that is hidden now.
        byId("panel-decisions").focus();
    }),
    memory: new MemorySearch(), rules: new Rules(), metrics: new Metrics(),
};
const tabs = new Tabs(Object.keys(views), (name, previous) => {
    views[previous]?.hide();
    views[name]?.show();
});
const connection = new Connection((at) => overview.takeLoss(at), () => {
    overview.refresh();
    alerts.hurry();
    stream.hurry();
});
let isLive = false;
const stream = new EventStream(takeEvent, (state, fault) => {
    const wasLive = isLive;
    isLive = state === "live";
    connection.takeStream(state, fault);
    // What was decided while nobody listened; what is known already is left out.
    if (isLive && !wasLive) decisions.load();
});
/** A window that nobody sees lets its connection go: a browser has six of them for all. */
const REST_MS = 10_000;
let resting = 0;
document.addEventListener("visibilitychange", () => {
    clearTimeout(resting);
    if (document.hidden) resting = setTimeout(() => stream.rest(), REST_MS);
    else if (isSignedIn()) stream.start();
});
const instead = new Poll(10_000, async () => {
    if (!isLive) await decisions.load();
}, () => {});

function takeEvent(type, body) {
    connection.heard();
    if (type === "status") return overview.takeStatus(body);
    // The page was away for longer than the agent goes back.
    if (type === "missed") {
        decisions.load();
        alerts.hurry();
        return overview.refresh();
    }
    if (type !== "decision" && type !== "alert") return;
    decisions.take(body);
    overview.takeDecision(body);
    if (body?.state !== undefined) alerts.hurry();
}

function takeStatus(status) {
    // The stream's own do not say who asks.
    if (status.principal) alerts.takeRole(status.principal.role);
    if (typeof status.node === "string" && status.node !== "") {
        node = cut(status.node, 60);
        say(byId("node"), node);
    }
    title();
}

/** Also for those who look at another page: what fires stands in front. */
function title() {
    const place = node || "jamey";
    document.title = !isSignedIn() ? "Sign in · jamey"
        : firing > 0 ? `(${firing}) ${place} · jamey` : `${place} · jamey`;
}

// Signing in and out

byId("sign-in").addEventListener("submit", async (event) => {
    event.preventDefault();
    const field = byId("key");
    const button = byId("sign-in-button");
    const key = field.value.trim();
    say(byId("sign-in-fault"), "");
    if (!/^[\x21-\x7e]+$/.test(key)) {
        say(byId("sign-in-fault"), "That is no key: it has blanks or other signs in it.");
        return field.focus();
    }
    button.disabled = true;
    takeKey(key);
    try {
        const status = await call("/status");
        field.value = "";
        signedIn(status);
    } catch (fault) {
        dropKey();
        // The page was left meanwhile.
        if (fault.isOver) return;
        if (fault.status === undefined) {
            reportError(fault);
            return signOut(`The page does not work in this browser: ${fault.message}`);
        }
        say(byId("sign-in-fault"), fault.message);
        field.select();
        field.focus();
    } finally {
        button.disabled = false;
    }
});

byId("sign-out").addEventListener("click", () => signOut(""));

link.addEventListener("unauthenticated", (event) => {
    // The form tells of its own attempt.
    if (byId("app").hidden) return;
    signOut(`The agent no longer takes the key: ${event.detail.message}`);
});

function signedIn(status) {
    byId("gate").hidden = true;
    byId("app").hidden = false;
    overview.takeStatus(status);
    overview.start();
    alerts.start();
    decisions.load();
    instead.start();
    stream.start();
    tabs.start();
    byId("main").focus({ preventScroll: true });
}

function signOut(reason) {
    dropKey();
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    for (const id of ["why-title", "why-body", "device-title", "device-body", "ack-about"]) {
        byId(id).replaceChildren();
    }
    clearTimeout(resting);
    stream.stop();
    instead.stop();
    tabs.stop();
    for (const view of Object.values(views)) view.clear();
    connection.clear();
    hush();
    firing = 0;
    isLive = false;
    gate(reason);
}

function gate(reason) {
    byId("app").hidden = true;
    byId("gate").hidden = false;
    byId("key").value = "";
    say(byId("sign-in-fault"), reason);
    title();
    byId("key").focus();
}

// The page itself

byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId(byId("app").hidden ? "key" : "main").focus();
});
byId("retry").addEventListener("click", () => {
    stream.hurry();
    overview.refresh();
});
// A connection from before may be dead without a word.
addEventListener("online", () => {
    if (!isSignedIn() || document.hidden) return;
    stream.rest();
    stream.start();
});
// A browser can keep a page that was left, and bring it back: without the key, then.
addEventListener("pagehide", () => {
    if (isSignedIn()) signOut("");
});
for (const dialog of document.querySelectorAll("dialog")) wireDialog(dialog);
setInterval(tick, 1_000);
say(byId("foot"), `Times are those of this browser's zone, ${zone()}; resting the pointer on one `
    + "shows it as the log has it.");
byId("loading").remove();
gate("");
// Anyone may know whose page this is.
say(byId("gate-node"), cut(await nodeName() ?? "jamey", 60));
