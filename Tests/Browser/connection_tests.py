"""What is live, what is asked for, and what the page makes of slow answers and refusals."""

import re
import time

from playwright.sync_api import expect

from rig import await_true
from visit import SECONDS, Visit

HIDE = """(hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
}"""
# Answers about devices that never come, as from a view that asks for too much.
STALL = """() => {
    const ask = window.fetch;
    window.fetch = (path, options) => !String(path).startsWith('/devices?') ? ask(path, options)
        : new Promise((_, refuse) => options.signal.addEventListener('abort', () =>
            refuse(options.signal.reason)));
}"""


# Events as a test has them: `said` is what the stream says again and again.
STREAM = """() => {
    const ask = window.fetch;
    window.fetch = (path, options) => path !== '/events' ? ask(path, options)
        : Promise.resolve(new Response(new ReadableStream({ start(to) {
            const text = new TextEncoder();
            const timer = setInterval(() => to.enqueue(text.encode(window.said)), 200);
            options.signal.addEventListener('abort', () => {
                clearInterval(timer);
                to.error(options.signal.reason);
            });
        } })));
}"""
FAULT = ('event: fault\ndata: {"of":"decisions","error":"the store cannot be read",'
         '"code":"STORE_UNREADABLE"}\n\n')
OTHER = "event: other\ndata: {}\n\n"


def say(page, text):
    """From now on the stream says this."""
    page.evaluate("(text) => { window.said = text; }", text)


def slow(browser, rig, shots):
    """One view's answer that does not come is told in it; the agent is there, as events say."""
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        page.evaluate(STALL)
        page.evaluate("""() => {
            window.states = [];
            new MutationObserver(() => states.push(document.querySelector('#live').dataset.state))
                .observe(document.querySelector('#live'), { attributes: true });
        }""")
        visit.open("devices")
        notice = page.locator("#notice-devices")
        expect(notice).to_contain_text("No answer within 15 s", timeout=40 * SECONDS)
        assert "lost" not in page.evaluate("states"), "the agent is said to be out of reach"
        expect(page.locator("#banner")).to_be_hidden()
        visit.expect_clean()


def mute(browser, rig, shots):
    """A stream that is open and says nothing hides no agent that is out of reach."""
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        say(page, OTHER)
        page.evaluate(STREAM)
        visit.enter(rig.operator_key)
        visit.await_live()
        # Comments keep it open, as a proxy's may.
        say(page, ":\n\n")
        page.route(re.compile(r"/(status|alerts|decisions)\b"), lambda route: route.abort())
        live = page.locator("#live")
        expect(live).to_have_attribute("data-state", "lost", timeout=60 * SECONDS)
        expect(page.locator("#banner")).to_contain_text("cannot be reached")
        # An event is as good as an answer.
        say(page, OTHER)
        visit.await_live()
        visit.expect_clean(with_network=False)


def hidden(browser, rig, shots):
    """A window that nobody sees lets its connection go; it is live again once it is seen."""
    device = "press-hidden"
    rig.telemetry(device, 71)
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        visit.open("decisions")
        live = page.locator("#live")
        page.evaluate(HIDE, True)
        expect(live).to_have_attribute("data-state", "resting", timeout=40 * SECONDS)
        expect(page.locator("#banner")).to_be_hidden()
        rig.propose(device)
        page.evaluate(HIDE, False)
        visit.await_live()
        expect(visit.row(device)).to_be_visible()
        # Back on the net, a connection from before is not trusted.
        with page.expect_request("**/events"):
            page.evaluate("dispatchEvent(new Event('online'))")
        visit.await_live()
        visit.expect_clean()


def heard(browser, rig, shots):
    """A decision is there because it was heard live: whoever asks for them gets none."""
    device = "press-heard"
    rig.telemetry(device, 71)
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        page.route(re.compile(r"/decisions\?"), lambda route: route.fulfill(json={"decisions": []}))
        visit.sign_in(rig.operator_key)
        visit.open("decisions")
        rig.propose(device)
        expect(visit.row(device)).to_be_visible()
        visit.expect_clean()


def wrong(browser, rig, shots):
    """An error of the page's own, in what it makes of an event, is no end of the stream."""
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        page.evaluate("""() => {
            const own = document.createElement;
            document.createElement = function (...of) {
                if (!new Error().stack.includes('/stream.js')) return own.apply(this, of);
                document.createElement = own;
                throw new Error('planted');
            };
        }""")
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        await_true(lambda: page.evaluate("true")
                   and any("planted" in finding for finding in visit.findings), "it is told")
        visit.findings.clear()
        rig.telemetry("press-wrong", 71)
        visit.open("decisions")
        rig.propose("press-wrong")
        expect(visit.row("press-wrong")).to_be_visible()
        assert not any(url.endswith("/events") for url in asked), "the stream was begun anew"
        visit.expect_clean()


def expect_pauses(visit, body, banner):
    """A stream that has said its all at once, and ends, is asked for with pauses that grow."""
    begun, page = [], visit.page

    def end(route):
        begun.append(time.monotonic())
        route.fulfill(status=200, content_type="text/event-stream", body=body)

    page.route("**/events", end)
    visit.enter(visit.rig.operator_key)
    await_true(lambda: page.evaluate("true") and len(begun) >= 5, "it goes on", seconds=40)
    expect(page.locator("#banner")).to_contain_text(banner)
    expect(page.locator("#live")).to_have_attribute("data-state", "waiting")
    pauses = [later - one for one, later in zip(begun, begun[1:])]
    assert pauses[3] > 2 * pauses[0], f"the pauses do not grow: {pauses}"
    visit.expect_clean()


def broken(browser, rig, shots):
    """A stream that ends as soon as it begins is asked for with pauses that grow."""
    with Visit(browser, rig, shots) as visit:
        expect_pauses(visit, "", "Nothing arrives live")


def faulty(browser, rig, shots):
    """A stream that says what it cannot tell, and ends, is not live, and has its pauses, too."""
    with Visit(browser, rig, shots) as visit:
        expect_pauses(visit, FAULT, "Nothing arrives live: the store cannot be read. This page")


def untold(browser, rig, shots):
    """While it is connected, and told that decisions cannot be, the page is not live."""
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        say(page, FAULT + OTHER)
        page.evaluate(STREAM)
        visit.enter(rig.operator_key)
        expect(page.locator("#banner")).to_contain_text("the store cannot be read")
        expect(page.locator("#live")).to_have_attribute("data-state", "waiting")
        say(page, OTHER)
        visit.await_live()
        expect(page.locator("#banner")).to_be_hidden()
        visit.expect_clean()


def refused(browser, rig, shots):
    """What the agent tells one question to wait, all of the page wait."""
    begun, asked, wait = [], [], 3

    def refuse(route):
        begun.append(time.monotonic())
        route.fulfill(status=429, headers={"Retry-After": str(wait)},
                      json={"error": "too many requests", "code": "TOO_MANY_REQUESTS"})

    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        page.route("**/memory?*", refuse, times=1)
        visit.open("memory")
        expect(page.locator("#notice-memory")).to_contain_text(f"Try again in {wait} s")
        page.on("request", lambda request: asked.append(time.monotonic()))
        visit.open("devices")
        visit.open("rules")
        expect(page.locator("#rule-list")).to_contain_text("press-hot", timeout=30 * SECONDS)
        assert min(asked) - begun[0] > wait - 0.5, "it asked before its time"
        visit.expect_clean(with_network=False)


def beyond(browser, rig, shots):
    """A wait that no timer can count is an hour, and not none."""
    begun = []

    def refuse(route):
        begun.append(time.monotonic())
        route.fulfill(status=503, headers={"Retry-After": "9999999999"},
                      json={"error": "planted", "code": "UNAVAILABLE"})

    with Visit(browser, rig, shots) as visit:
        page = visit.page
        page.route("**/events", refuse)
        visit.enter(rig.operator_key)
        expect(page.locator("#banner")).to_contain_text("Try again in 3600 s", timeout=30 * SECONDS)
        assert len(begun) == 1, f"it was asked {len(begun)} times"
        visit.expect_clean(with_network=False)


TESTS = (slow, mute, refused, hidden, heard, wrong, broken, faulty, untold,
         beyond)
