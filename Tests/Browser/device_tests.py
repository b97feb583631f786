"""What the dashboard shows of devices: plots, and finding one."""

import datetime
import re

from playwright.sync_api import expect

from rig import await_true
from visit import SECONDS, Visit

LINE = re.compile(r"^M[0-9.]+ [0-9.]+(L[0-9.]+ [0-9.]+)+$")
# What was asked for is old by then.
LATER = """(seconds) => {
    const own = performance.now.bind(performance);
    performance.now = () => own() + seconds * 1000;
}"""


def plots(browser, rig, shots):
    """What devices say has its course on the card and in the device's page."""
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        visit.open("devices")
        drawn = page.locator("#device-list li").filter(has=page.locator("svg.plot")).first
        # Two minutes have to be over; the simulated devices report from the start on.
        expect(drawn).to_be_visible(timeout=240 * SECONDS)
        expect(drawn.locator("path.mean").first).to_have_attribute("d", LINE)
        drawn.get_by_role("button").click()
        large = page.locator("#device-body svg.plot.large")
        expect(large.first).to_be_visible()
        expect(large.first.locator("path.mean").first).to_have_attribute("d", LINE)
        visit.look("plots")
        page.keyboard.press("Escape")
        visit.expect_clean()


def series(count):
    """As `/memory/series` answers."""
    start = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    times = [start + datetime.timedelta(minutes=minute) for minute in range(count)]
    return {"step": "1m", "points": [
        {"time": time.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "min": 60 + at, "max": 62 + at,
         "mean": 61 + at} for at, time in enumerate(times)]}


def replotted(browser, rig, shots):
    """A plot is renewed while it is looked at; one that could not be had is tried again."""
    device, given, asked = "press-plotted", {}, []

    def answer(route):
        asked.append(route.request.url)
        if "points" in given:
            route.fulfill(json=given["points"])
        else:
            route.fulfill(status=503, json={"error": "not now", "code": "UNAVAILABLE"})

    rig.telemetry(device, 61.5)
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        page.route("**/memory/series?*", answer)
        visit.sign_in(rig.operator_key)
        visit.open("devices")
        page.fill("#device-name", device)
        card = page.locator("#device-list li").filter(has_text=device)
        expect(card).to_be_visible()
        await_true(lambda: page.evaluate("true") and asked, "a course is asked for")
        expect(card.locator("svg.plot")).to_have_count(0)
        given["points"] = series(2)
        page.evaluate(LATER, 61)
        line = card.locator("path.mean").first
        expect(line).to_have_attribute("d", LINE, timeout=30 * SECONDS)
        before = line.get_attribute("d")
        given["points"] = series(5)
        page.evaluate(LATER, 61)
        expect(line).not_to_have_attribute("d", before, timeout=30 * SECONDS)
        visit.expect_clean(with_network=False)


def renewed(browser, rig, shots):
    """The page of a device stays true for as long as it is open, with its choice of time."""
    device = "press-renewed"
    rig.telemetry(device, 61.5)
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        visit.open("devices")
        page.fill("#device-name", device)
        page.get_by_role("button", name=device, exact=True).click()
        body = page.locator("#device-body")
        expect(body).to_contain_text("61.5")
        page.select_option("#device-span", "24h")
        rig.telemetry(device, 63.25)
        expect(body).to_contain_text("63.25", timeout=30 * SECONDS)
        assert page.input_value("#device-span") == "24h", "the choice was forgotten"
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name=device, exact=True)).to_be_focused()
        visit.expect_clean()


TESTS = (plots, replotted, renewed)
