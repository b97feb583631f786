"""What the dashboard shows of devices: plots, and finding one."""

import datetime
import re

from playwright.sync_api import expect

from rig import await_true
from visit import LATER, SECONDS, Visit

SIMULATED = "press-1"
LINE = re.compile(r"^M[0-9.]+ [0-9.]+(L[0-9.]+ [0-9.]+)+$")


def plots(browser, rig, shots):
    """What devices say has its course on the card and in the device's page."""
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        visit.open("devices")
        page.fill("#device-name", SIMULATED)
        button = page.get_by_role("button", name=SIMULATED, exact=True)
        card = page.locator("#device-list li").filter(has=button)
        # Two minutes have to be over; it reports from the start on.
        expect(card.locator("svg.plot").first).to_be_visible(timeout=240 * SECONDS)
        expect(card.locator("path.mean").first).to_have_attribute("d", LINE)
        button.click()
        large = page.locator("#device-body .large-plot").filter(has_text="temp").first
        expect(large.locator("svg.plot.large")).to_be_visible()
        expect(large.locator("path.mean").first).to_have_attribute("d", LINE)
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


def another(browser, rig, shots):
    """A late refusal about one device is not told in the page of the next."""
    first, second = "press-another-1", "press-another-2"
    for device in (first, second):
        rig.telemetry(device, 61.5)
    with Visit(browser, rig, shots) as visit:
        page, held = visit.page, []
        page.route(f"**/devices/{first}", lambda route: held.append(route))
        visit.sign_in(rig.operator_key)
        visit.open("devices")
        page.fill("#device-name", "press-another-")
        page.get_by_role("button", name=first, exact=True).click()
        await_true(lambda: page.evaluate("true") and held, "the request is held")
        page.keyboard.press("Escape")
        page.get_by_role("button", name=second, exact=True).click()
        page.evaluate("""() => {
            window.told = [];
            const body = document.querySelector('#device-body');
            new MutationObserver(() => told.push(body.textContent))
                .observe(body, { childList: true, subtree: true, characterData: true });
        }""")
        held[0].fulfill(status=503, json={"error": "planted", "code": "UNAVAILABLE"})
        expect(page.locator("#device-body")).to_contain_text("61.5", timeout=30 * SECONDS)
        told = page.evaluate("told")
        assert not any("planted" in text for text in told), f"it was told: {told}"
        page.keyboard.press("Escape")
        visit.expect_clean(with_network=False)


def see_many(visit, kind):
    """Has five devices more than a page has, and looks at devices.

    Gives back the names on the page.
    """
    for number in range(35):
        visit.rig.telemetry(f"{kind}-{number:02}", 20 + number)
    visit.sign_in(visit.rig.operator_key)
    visit.open("devices")
    return visit.page.locator("#device-list h3")


def found(browser, rig, shots):
    """A device is found among more than a page has; pages go both ways; orders are the agent's."""
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        names = see_many(visit, "zone")
        note = page.locator("#device-note")
        page.fill("#device-name", "zone-3")
        expect(note).to_have_text("5 devices whose names begin with “zone-3”.")
        expect(names).to_have_text([f"zone-{number}" for number in range(30, 35)])
        page.fill("#device-name", "zone-34")
        expect(names).to_have_text(["zone-34"])
        page.fill("#device-name", "Zone")
        expect(note).to_contain_text("No name of a device begins with “Zone”")
        page.fill("#device-name", "zone-")
        expect(names).to_have_count(30)
        expect(note).to_contain_text("more follow")
        page.click("#device-next")
        expect(names).to_have_text([f"zone-{number}" for number in range(30, 35)])
        expect(page.locator("#device-next")).to_be_hidden()
        page.click("#device-previous")
        expect(names.first).to_have_text("zone-00")
        page.select_option("#device-order", "recent")
        expect(note).to_contain_text("heard last")
        # The simulated devices go on, these do not.
        expect(names.first).not_to_contain_text("zone")
        visit.look("found")
        visit.expect_clean()


# Answers about devices come late, and it is kept for which page each is.
SLOW = """() => {
    const ask = window.fetch;
    window.cursors = [];
    window.fetch = async (path, options) => {
        if (!String(path).startsWith('/devices?')) return ask(path, options);
        cursors.push(new URL(path, location.href).searchParams.get('cursor'));
        await new Promise((done) => setTimeout(done, 1_000));
        return ask(path, options);
    };
}"""


def hasty(browser, rig, shots):
    """A second press on Next, before the answer to the first, is none."""
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        names = see_many(visit, "yard")
        page.fill("#device-name", "yard-")
        expect(names).to_have_count(30)
        expect(names.first).to_have_text("yard-00")
        page.evaluate(SLOW)
        page.evaluate("""() => {
            document.querySelector('#device-next').click();
            document.querySelector('#device-next').click();
        }""")
        expect(page.locator("#device-next")).to_be_hidden()
        expect(names).to_have_text([f"yard-{number}" for number in range(30, 35)])
        expect(page.locator("#device-note")).to_contain_text("Page 2")
        page.click("#device-previous")
        expect(names).to_have_count(30)
        visit.expect_clean()


def loudest(browser, rig, shots):
    """Cards in an order that changes stay under the mouse until it leaves them."""
    loud = "aaa-loud"
    rig.telemetry(loud, 20)
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        visit.open("devices")
        page.select_option("#device-order", "loud")
        expect(page.locator("#device-note")).to_contain_text("the loudest first")
        first = page.locator("#device-list h3").first
        before = first.inner_text()
        assert before != loud
        first.hover()
        rig.publish(f"plant/1/{loud}/telemetry", {"temp": 21}, lines=500)
        told = []
        page.on("response", lambda answer: "order=loud" in answer.url and told.append(answer))
        # The first may have been asked for before.
        await_true(lambda: page.evaluate("true") and len(told) >= 3, "it is asked", seconds=40)
        assert first.inner_text() == before, "the cards have moved under the mouse"
        note = page.locator("#device-note")
        expect(note).to_contain_text("stands still while you are in it")
        page.mouse.move(1, 1)
        expect(first).to_have_text(loud, timeout=20 * SECONDS)
        expect(note).not_to_contain_text("stands still")
        visit.expect_clean()


def steps(browser, rig, shots):
    """A device that is called like a step in a path is shown, and what cannot be done is said."""
    rig.telemetry("..", 95.5)
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        visit.open("devices")
        page.fill("#device-name", "..")
        page.get_by_role("button", name="..", exact=True).click()
        expect(page.locator("#device-body")).to_contain_text("95.5")
        page.keyboard.press("Escape")
        visit.open("alerts")
        acknowledge = page.get_by_role("button", name="Acknowledge critical overheat on ..")
        acknowledge.click()
        page.click("#ack-button")
        expect(page.locator("#ack-fault")).to_contain_text("A browser cannot ask for")
        page.keyboard.press("Escape")
        visit.expect_clean()
    rig.telemetry("..", 40)


TESTS = (plots, replotted, renewed, another, found, hasty, loudest, steps)
