"""What is live, what is asked for, and what the page makes of slow answers and refusals."""

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


TESTS = (slow, hidden)
