#!/usr/bin/env python3
"""Uses the dashboard in a real browser, against the agent that scripts/check-dashboard starts.

    dashboard_test.py RIG --screenshots DIR [--only NAME]

RIG is the folder with rig.json. Prints a line for each test with what it took; exits with 1 where
one failed.
"""

import argparse
import itertools
import os
import pathlib
import sys
import time
import traceback

from playwright.sync_api import expect, sync_playwright

import connection_tests
import device_tests
import dialog_tests
import list_tests
import page_tests
from rig import Rig, await_true
from visit import KEPT_MAX, SECONDS, SIZES, TABS, Visit

CHROMIUM = os.environ.get("JAMEY_CHROMIUM", "/usr/bin/chromium")
# Published as a device of that name; it must stay a name.
MARKUP = "<img src=x onerror=alert(1)>"


def tour(browser, rig, shots, size, scheme):
    """Signs in, sees a decision arrive, opens its why, searches memory, acknowledges an alert."""
    device = f"press-{size}-{scheme}"
    with Visit(browser, rig, shots, size, scheme) as visit:
        page = visit.page
        visit.look("gate")
        visit.sign_in(rig.operator_key)
        visit.expect_no_key_kept(rig.operator_key)
        rig.telemetry(device, 91.5)
        see_decision(visit, device)
        acknowledge(visit, device)
        search(visit)
        look_around(visit, device)
        page.click("#sign-out")
        expect(page.locator("#gate")).to_be_visible()
        assert device not in page.content(), "what was shown is still there after signing out"
        visit.expect_clean()
    rig.telemetry(device, 40)


def see_decision(visit, device):
    page = visit.page
    visit.open("decisions")
    visit.rig.propose(device)
    row = visit.row(device)
    expect(row).to_contain_text("Denied")
    expect(row).to_contain_text("is at 91.5 °C")
    visit.look("decisions")
    why = row.get_by_role("button")
    why.click()
    dialog = page.locator("#why")
    expect(dialog).to_contain_text("Rules that applied")
    expect(dialog).to_contain_text("device.last.temp is 91.5")
    expect(dialog).to_contain_text("the same decision")
    visit.look("why")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(why).to_be_focused()
    page.mouse.move(1, 1)


def acknowledge(visit, device):
    page = visit.page
    visit.open("alerts")
    alert = visit.alert(device)
    expect(alert).to_contain_text("critical")
    alert.get_by_role("button", name="Acknowledge").click()
    visit.look("acknowledge")
    page.fill("#ack-note", "seen, cooling it down")
    page.click("#ack-button")
    expect(page.locator("#ack")).to_be_hidden()
    expect(alert).to_contain_text("Acknowledged by")
    expect(alert).to_contain_text("seen, cooling it down")
    expect(alert.get_by_role("button", name="Acknowledge")).to_have_count(0)


def search(visit):
    page = visit.page
    visit.open("memory")
    expect(page.locator("#memory-note")).to_contain_text("1 to 20 of")
    page.click("#memory-next")
    expect(page.locator("#memory-note")).to_contain_text("21 to")
    page.click("#memory-previous")
    expect(page.locator("#memory-note")).to_contain_text("1 to 20 of")
    page.fill("#memory-query", "gasket lea*")
    page.click("#memory-search button")
    expect(page.locator("#memory-note")).to_have_text("1 to 1 of 1 memory")
    expect(page.locator("#memory-list")).to_contain_text("the gasket of pump 2 leaks")


def look_around(visit, device):
    page = visit.page
    for tab in TABS:
        visit.open(tab)
        if tab == "overview":
            expect(page.locator("#tile-alerts")).to_contain_text("alert")
            expect(page.locator("#overview-denied")).to_contain_text(device)
            expect(page.locator("#components tbody tr")).to_have_count(6)
        elif tab == "devices":
            page.fill("#device-name", device)
            expect(page.locator("#device-list")).to_contain_text(device)
        elif tab == "rules":
            expect(page.locator("#rule-list")).to_contain_text("press-hot")
            expect(page.locator("#shadow-list")).to_contain_text("approved instead of denied")
            expect(page.locator("#shadow-note")).to_contain_text("in force since they run")
            expect(page.locator("#shadow-list")).not_to_contain_text("earlier set")
        elif tab == "metrics":
            expect(page.locator("#metric-list")).to_contain_text("jamey_messages_received_total")
        visit.look(tab)
    visit.open("devices")
    page.get_by_role("button", name=device, exact=True).click()
    expect(page.locator("#device-body")).to_contain_text("91.5")
    visit.look("device")
    page.keyboard.press("Escape")


def markup(browser, rig, shots):
    """A device that is named as an element stays a name, everywhere."""
    with Visit(browser, rig, shots) as visit:
        visit.sign_in(rig.operator_key)
        rig.telemetry(MARKUP, 99)
        rig.propose(MARKUP)
        visit.open("decisions")
        expect(visit.row(MARKUP)).to_be_visible()
        visit.open("alerts")
        expect(visit.alert(MARKUP)).to_be_visible()
        visit.alert(MARKUP).get_by_role("button", name="Why").click()
        expect(visit.page.locator("#why")).to_contain_text(MARKUP)
        visit.page.keyboard.press("Escape")
        visit.open("devices")
        visit.page.get_by_role("button", name=MARKUP, exact=True).click()
        expect(visit.page.locator("#device-body")).to_contain_text("99")
        assert visit.page.locator("img").count() == 0, "a name has become an element"
        visit.expect_clean()
    rig.telemetry(MARKUP, 40)


def keyboard(browser, rig, shots):
    """Everything by the keyboard alone."""
    device = "press-keys"
    rig.telemetry(device, 92.5)
    with Visit(browser, rig, shots) as visit:
        page, press = visit.page, visit.page.keyboard.press
        assert visit.focused("id") == "key", "the page begins at the key"
        page.keyboard.type(rig.operator_key)
        press("Enter")
        visit.await_live()
        # Forwards through everything there is, and out at the end: nothing holds the focus.
        walk(visit, until="sign-out", key="Shift+Tab")
        press("Shift+Tab")
        assert visit.focused("id") == "skip", "the first stop is the link to the content"
        visit.shoot("skip")
        press("Enter")
        assert visit.focused("id") == "main", "it leads to the content"
        walk(visit, until="tab-overview", key="Shift+Tab")
        press("ArrowRight")
        expect(page.locator("#panel-decisions")).to_be_visible()
        rig.propose(device)
        expect(visit.row(device)).to_contain_text("Denied")
        walk(visit, until="pause")
        press("Space")
        expect(page.locator("#pause")).to_have_attribute("aria-pressed", "true")
        rig.propose(device)
        rows = page.get_by_role("rowheader", name=device, exact=True)
        expect(page.locator("#decision-note")).to_contain_text("waiting")
        shown = rows.count()
        press("Space")
        expect(page.locator("#decision-note")).not_to_contain_text("waiting")
        expect(rows).to_have_count(shown + 1)
        walk(visit, until=lambda: "Why: Denied press-keys" in (visit.focused("ariaLabel") or ""))
        visit.shoot("focus")
        press("Enter")
        expect(page.locator("#why")).to_contain_text("the same decision")
        for _ in range(30):
            press("Tab")
            held = page.evaluate("document.activeElement.closest('dialog, body').id")
            assert held in ("why", ""), f"the focus left the dialog for {held}"
        press("Escape")
        expect(page.locator("#why")).to_be_hidden()
        assert "press-keys" in visit.focused("ariaLabel"), "the focus is back where it was"
        walk(visit, until="tab-decisions", key="Shift+Tab")
        press("ArrowRight")
        walk(visit, until=lambda: visit.focused("ariaLabel") == (
            "Acknowledge critical overheat on press-keys"))
        press("Enter")
        page.keyboard.type("by keys")
        walk(visit, until="ack-button")
        press("Enter")
        expect(visit.alert(device)).to_contain_text("by keys")
        walk(visit, until="tab-alerts", key="Shift+Tab")
        press("End")
        expect(page.locator("#panel-metrics")).to_be_visible()
        press("ArrowLeft")
        press("ArrowLeft")
        expect(page.locator("#panel-memory")).to_be_visible()
        walk(visit, until="memory-query")
        page.keyboard.type("gasket")
        press("Enter")
        expect(page.locator("#memory-note")).to_have_text("1 to 1 of 1 memory")
        visit.expect_clean()
    rig.telemetry(device, 40)


def walk(visit, until, key="Tab", steps=120):
    """Goes on until the focus is where it is wanted, which must be visible at every step."""
    for _ in range(steps):
        visit.page.keyboard.press(key)
        if until() if callable(until) else visit.focused("id") == until:
            outline = visit.page.evaluate(
                "getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"the focus cannot be seen on {visit.focused('outerHTML')}"
            return
    raise AssertionError(f"the focus never comes to {until}")


def viewer(browser, rig, shots):
    """A viewer sees an alert and is told that they may not acknowledge it."""
    rig.telemetry("press-viewed", 93.5)
    with Visit(browser, rig, shots, "phone", "dark") as visit:
        visit.sign_in(rig.viewer_key)
        visit.open("alerts")
        alert = visit.alert("press-viewed")
        expect(alert).to_be_visible()
        button = alert.get_by_role("button", name="Acknowledge")
        # Where the agent does not tell the role beforehand, it refuses.
        if button.count() > 0:
            button.click()
            visit.page.click("#ack-button")
            expect(visit.page.locator("#ack-fault")).not_to_be_empty()
            visit.page.keyboard.press("Escape")
        expect(visit.page.locator("[data-action=ack]")).to_have_count(0)
        expect(visit.page.locator("#alert-note")).to_contain_text("may not acknowledge")
        expect(alert).not_to_contain_text("Acknowledged")
        visit.look("viewer")
        visit.expect_clean(with_network=False)
    rig.telemetry("press-viewed", 40)


def storm(browser, rig, shots):
    """Many alerts at once are told in one sentence, and the page keeps what it says it keeps."""
    devices = [f"press-storm-{number}" for number in range(12)]
    with Visit(browser, rig, shots, motion="reduce") as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        visit.open("decisions")
        page.evaluate("""() => {
            window.told = [];
            new MutationObserver(() => told.push(document.querySelector('#announcer').textContent))
                .observe(document.querySelector('#announcer'), { childList: true, subtree: true });
        }""")
        for device in devices:
            rig.telemetry(device, 95)
        expect(page.locator("#tab-alerts")).to_contain_text("1")
        await_true(lambda: page.evaluate("told.some((text) => /alert/.test(text))"), "it is told")
        rig.propose(devices[0], times=KEPT_MAX + 70)
        row = page.locator("#decision-list tbody tr")
        expect(row).to_have_count(KEPT_MAX, timeout=30 * SECONDS)
        moving = page.evaluate("""getComputedStyle(
            document.querySelector('#decision-list tbody tr')).animationName""")
        assert moving == "none", f"rows move although motion is not wanted: {moving}"
        told = page.evaluate("told.filter(Boolean)")
        assert len(told) <= 4, f"so much is read out: {told}"
        visit.open("alerts")
        visit.look("storm")
        visit.expect_clean()
    for device in devices:
        rig.telemetry(device, 40)


def late(browser, rig, shots):
    """An answer that comes late belongs to what was asked, not to what is shown by then."""
    first, second = devices = ["press-late-1", "press-late-2"]
    for device in devices:
        rig.telemetry(device, 94.5)
    with Visit(browser, rig, shots) as visit:
        page, held = visit.page, []
        # The address may change before anybody is signed in.
        page.evaluate("location.hash = 'alerts'")
        visit.sign_in(rig.operator_key)
        expect(visit.alert(second)).to_be_visible()
        page.route("**/ack", lambda route: held.append(route))
        visit.alert(first).get_by_role("button", name="Acknowledge").click()
        page.click("#ack-button")
        await_true(lambda: page.evaluate("true") and held, "the request is held")
        page.keyboard.press("Escape")
        visit.alert(second).get_by_role("button", name="Acknowledge").click()
        page.fill("#ack-note", "about the second")
        held[0].continue_()
        expect(visit.alert(first)).to_contain_text("Acknowledged by")
        said = f"Acknowledged: critical overheat on {first}"
        expect(page.locator("#announcer")).to_contain_text(said)
        expect(page.locator("#ack")).to_be_visible()
        assert page.input_value("#ack-note") == "about the second", "the other's dialog was touched"
        page.keyboard.press("Escape")
        expect(visit.alert(second)).not_to_contain_text("Acknowledged by")
        visit.expect_clean()
    for device in devices:
        rig.telemetry(device, 40)


# Answers about alerts come late, and it is kept when they were asked for.
SLOW_ALERTS = """() => {
    const ask = window.fetch;
    window.asked = [];
    window.fetch = async (path, options) => {
        if (!String(path).startsWith('/alerts?')) return ask(path, options);
        const question = { begun: performance.now() };
        asked.push(question);
        await new Promise((done) => setTimeout(done, 700));
        const answer = await ask(path, options);
        question.ended = performance.now();
        return answer;
    };
}"""


def hurried(browser, rig, shots):
    """In a storm that does not end, what is acknowledged is shown, and the agent has its pauses."""
    device, gusts = "press-calm", [f"press-gust-{number}" for number in range(3)]
    rig.telemetry(device, 94.5)
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        visit.open("alerts")
        expect(visit.alert(device)).to_be_visible()
        page.evaluate(SLOW_ALERTS)
        dialog, turns = page.locator("#ack"), itertools.count()

        def blow():
            turn = next(turns)
            rig.telemetry(gusts[turn % 3], 40 if turn // 3 % 2 else 95)

        def has_passed(count):
            blow()
            return page.evaluate("asked.filter(({ ended }) => ended).length") >= count

        await_true(lambda: has_passed(2), "the storm is there")
        visit.alert(device).get_by_role("button", name="Acknowledge").click()
        page.click("#ack-button")
        await_true(lambda: blow() or not dialog.is_visible(), "the acknowledgement is shown")
        expect(visit.alert(device)).to_contain_text("Acknowledged by")
        await_true(lambda: has_passed(6), "the storm goes on", seconds=30)
        pauses = page.evaluate("asked.slice(1).map(({ begun }, at) => begun - asked[at].ended)")
        # Single ones may be short, where a change comes with the end of an answer.
        assert sorted(pauses)[len(pauses) // 2] > 1_000, f"there is no pause: {pauses}"
        visit.expect_clean()
    for each in [device, *gusts]:
        rig.telemetry(each, 40)


def outages(browser, rig, shots):
    """Without the broker the page works; without the agent it says so and keeps what it shows."""
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        rig.stop("broker")
        broker = page.locator("#components tbody tr").first
        expect(broker).to_contain_text("degraded", timeout=40 * SECONDS)
        expect(page.locator("#tile-health")).to_contain_text("Degraded")
        visit.look("no-broker")
        search(visit)
        visit.expect_clean()
        rig.start("broker")
        visit.open("overview")
        expect(page.locator("#tile-health")).to_contain_text("Online", timeout=90 * SECONDS)
        visit.open("decisions")
        before = page.locator("#decision-list tbody tr").count()
        assert before > 0, "there is nothing to be kept"
        rig.stop("agent")
        expect(page.locator("#banner")).to_contain_text("cannot be reached", timeout=30 * SECONDS)
        assert page.locator("#decision-list tbody tr").count() >= before, "rows have gone"
        visit.open("overview")
        expect(page.locator("#tile-health")).to_contain_text("Not reachable")
        visit.look("no-agent")
        visit.open("decisions")
        rig.start("agent")
        visit.await_live(seconds=60)
        expect(page.locator("#banner")).to_be_hidden()
        visit.open("overview")
        expect(page.locator("#tile-health")).to_contain_text("Online", timeout=60 * SECONDS)
        visit.open("decisions")
        rig.telemetry("press-back", 91)
        rig.propose("press-back")
        expect(visit.row("press-back")).to_be_visible(timeout=60 * SECONDS)
        visit.expect_clean(with_network=False)
    rig.telemetry("press-back", 40)


def left(browser, rig, shots):
    """A page that was left and is brought back has no key."""
    with Visit(browser, rig, shots) as visit:
        visit.sign_in(rig.operator_key)
        visit.page.goto("about:blank")
        visit.page.go_back()
        expect(visit.page.locator("#gate")).to_be_visible()
        visit.expect_no_key_kept(rig.operator_key)
        visit.expect_clean()


def refusals(browser, rig, shots):
    """A wrong key is refused in the server's words; a key that is revoked ends the session."""
    key_id, key = rig.make_key("soon gone", "viewer")
    with Visit(browser, rig, shots, "phone") as visit:
        page = visit.page
        page.fill("#key", key[:-10] + ("A" if key[-10] != "A" else "B") + key[-9:])
        page.keyboard.press("Enter")
        expect(page.locator("#sign-in-fault")).not_to_be_empty()
        expect(page.locator("#app")).to_be_hidden()
        visit.look("refused")
        visit.sign_in(key)
        rig.ask("DELETE", f"/keys/{key_id}")
        expect(page.locator("#gate")).to_be_visible(timeout=40 * SECONDS)
        expect(page.locator("#sign-in-fault")).to_contain_text("no longer")
        visit.expect_no_key_kept(key)
        visit.look("revoked")
        visit.expect_clean(with_network=False)


def tests():
    for size in SIZES:
        for scheme in ("light", "dark"):
            yield f"tour-{size}-{scheme}", lambda *of, s=size, c=scheme: tour(*of, s, c)
    for test in (markup, keyboard, viewer, storm, late, hurried, left, refusals):
        yield test.__name__, test
    for module in (
            connection_tests, device_tests, dialog_tests, list_tests, page_tests):
        for test in module.TESTS:
            yield test.__name__, test
    # It stops what the others need.
    yield outages.__name__, outages


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rig")
    parser.add_argument("--screenshots", required=True, type=pathlib.Path)
    parser.add_argument("--only", help="the test of this name")
    options = parser.parse_args()
    options.screenshots.mkdir(parents=True, exist_ok=True)
    rig, failed = Rig(options.rig), []
    chosen = [(name, test) for name, test in tests() if options.only in (None, name)]
    if not chosen:
        sys.exit(f"there is no test {options.only}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        for name, test in chosen:
            begun = time.monotonic()
            try:
                test(browser, rig, options.screenshots)
                print(f"ok      {name} ({time.monotonic() - begun:.1f} s)", flush=True)
            except Exception:
                failed.append(name)
                print(f"FAILED  {name}\n{traceback.format_exc()}", flush=True)
        browser.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
