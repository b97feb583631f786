"""Lists that hold still while somebody is in them."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from rig import await_true
from visit import KEPT_MAX, LATER, SECONDS, Visit

# Counts what is made out of events.
COUNT_TOLD = """() => {
    const own = document.createElement;
    window.told = 0;
    document.createElement = function (...of) {
        if (new Error().stack.includes('/stream.js')) told += 1;
        return own.apply(this, of);
    };
}"""


def paused(browser, rig, shots):
    """What is shown stays while the list is paused, however much comes meanwhile."""
    device, flood = "press-paused", "press-flood"
    for each in (device, flood):
        rig.telemetry(each, 71)
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        visit.open("decisions")
        rig.propose(device)
        expect(visit.row(device)).to_be_visible()
        page.click("#pause")
        rows = page.locator("#decision-list tbody tr")
        shown = rows.count()
        rig.propose(flood, times=KEPT_MAX + 20)
        note = page.locator("#decision-note")
        expect(note).to_contain_text(
            f"new ones waiting; the newest {KEPT_MAX} of them", timeout=30 * SECONDS)
        assert rows.count() == shown, "rows have gone while the list was paused"
        expect(visit.row(device)).to_be_visible()
        page.click("#pause")
        expect(rows).to_have_count(KEPT_MAX)
        expect(note).not_to_contain_text("waiting")
        visit.expect_clean()


def still(browser, rig, shots):
    """An alert that the mouse rests on stays in its place, whatever begins and ends meanwhile."""
    first, second = "press-still-1", "press-still-2"
    rig.telemetry(first, 96)
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        visit.open("alerts")
        expect(visit.alert(first)).to_be_visible()
        visit.alert(first).hover()
        before = visit.alert(first).bounding_box()
        rig.telemetry(second, 96)
        note = page.locator("#alert-note")
        expect(note).to_contain_text(re.compile("changes? waiting"), timeout=30 * SECONDS)
        rig.telemetry(first, 40)
        expect(visit.alert(first)).to_contain_text("It no longer fires", timeout=30 * SECONDS)
        after = visit.alert(first).bounding_box()
        assert (after["x"], after["y"]) == (before["x"], before["y"]), "it moved under the pointer"
        page.mouse.move(1, 1)
        expect(visit.alert(second)).to_be_visible()
        expect(visit.alert(first)).to_have_count(0)
        visit.expect_clean()
    rig.telemetry(second, 40)


def rested(browser, rig, shots):
    """The focus that a dialog has given back to a list does not hold it for good."""
    first, second = "press-rested-1", "press-rested-2"
    rig.telemetry(first, 96)
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        visit.open("alerts")
        why = visit.alert(first).get_by_role("button", name="Why")
        why.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#why")).to_contain_text(first)
        page.keyboard.press("Escape")
        expect(why).to_be_focused()
        rig.telemetry(second, 96)
        note = page.locator("#alert-note")
        expect(note).to_contain_text(re.compile("changes? waiting"), timeout=30 * SECONDS)
        page.evaluate(LATER, 61)
        expect(visit.alert(second)).to_be_visible(timeout=30 * SECONDS)
        visit.expect_clean()
    for device in (first, second):
        rig.telemetry(device, 40)


def alert(number):
    return {"decision_id": f"fake-{number}", "state": "firing", "rule": "overheat",
            "entity": f"press-many-{number}", "severity": "warning", "message": "too hot",
            "since": f"2026-01-01T{23 - number // 60:02}:{59 - number % 60:02}:00.000Z"}


def many(browser, rig, shots):
    """Alerts beyond the first page of the agent's come with a press."""
    def answer(route):
        cursor = parse_qs(urlsplit(route.request.url).query).get("cursor")
        if cursor:
            route.fulfill(json={"alerts": [alert(number) for number in range(500, 503)]})
        else:
            route.fulfill(json={"alerts": [alert(number) for number in range(500)], "next": "500"})

    with Visit(browser, rig, shots) as visit:
        page = visit.page
        page.route("**/alerts?*", answer)
        visit.sign_in(rig.operator_key)
        visit.open("alerts")
        items = page.locator("#alert-list li")
        expect(items).to_have_count(200)
        note = page.locator("#alert-note")
        expect(note).to_contain_text("500 alerts read, and there are more; the gravest 200")
        more = page.locator("#alerts-more")
        for count in (400, 503):
            more.click()
            expect(items).to_have_count(count)
        expect(visit.alert("press-many-502")).to_be_visible()
        expect(note).to_contain_text("503 alerts; 503 not acknowledged")
        expect(more).to_be_hidden()
        visit.expect_clean()


def kept(browser, rig, shots):
    """The focus stays near when what has it goes, and what is selected stays selected."""
    device = "press-kept"
    rig.telemetry(device, 96)
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        item = page.locator("#overview-alerts li").filter(has_text=device)
        item.get_by_role("button", name="Why").focus()
        rig.telemetry(device, 40)
        expect(item).to_have_count(0, timeout=30 * SECONDS)
        assert visit.focused("tagName") != "BODY", "the focus was lost"
        version = page.locator("#facts dd").first
        version.evaluate("(element) => getSelection().selectAllChildren(element)")
        page.evaluate(COUNT_TOLD)
        await_true(lambda: page.evaluate("told") > 0, "the agent tells how it is")
        assert page.evaluate("getSelection().toString()").strip() == version.inner_text()
        visit.expect_clean()


TESTS = (paused, still, rested, many, kept)
