"""The page itself: what is there before it works, and where it does not."""

from playwright.sync_api import expect

from visit import LATER, SECONDS, Visit


def loading(browser, rig, shots):
    """A part of the page that does not come leaves a word and a way out, not a white page."""
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        page.route("**/dashboard/poll.js", lambda route: route.fulfill(status=429, body="{}"))
        page.reload()
        word = page.locator("#loading")
        expect(word).to_be_visible()
        expect(page.locator("#gate")).to_be_hidden()
        visit.shoot("loading")
        page.unroute("**/dashboard/poll.js")
        word.get_by_role("link", name="Load the page again").click()
        expect(page.locator("#gate")).to_be_visible()
        expect(word).to_have_count(0)
        visit.sign_in(rig.operator_key)
        visit.expect_clean(with_network=False)


def older(browser, rig, shots):
    """A browser without the youngest of what others have signs in and hears what is decided."""
    device = "press-older"
    rig.telemetry(device, 71)
    with Visit(browser, rig, shots) as visit:
        visit.page.add_init_script("delete AbortSignal.any; delete AbortSignal.timeout")
        visit.page.reload()
        visit.sign_in(rig.operator_key)
        visit.open("decisions")
        rig.propose(device)
        expect(visit.row(device)).to_be_visible()
        visit.expect_clean()


# A moment of today is shown, and then it is tomorrow; another is of another year.
ANOTHER_DAY = """async () => {
    const { clock, time, tick } = await import('/dashboard/format.js');
    const shown = document.body.appendChild(time(new Date().toISOString()));
    tick();
    const texts = [shown.textContent, clock('2001-02-03T12:00:00Z')];
    const own = Date.now;
    Date.now = () => own() + 86_400_000;
    tick();
    texts.push(shown.textContent);
    Date.now = own;
    shown.remove();
    return texts;
}"""
HUGE = """async () => {
    const { number } = await import('/dashboard/format.js');
    const { plot } = await import('/dashboard/plot.js');
    const points = [1.7e308, -1.7e308, 5].map((mean, minute) => ({
        time: `2026-01-01T00:0${minute}:00Z`, min: -1.7e308, max: 1.7e308, mean,
    }));
    const lines = [...plot({ step: '1m', points }, 'huge').querySelectorAll('path')]
        .map((path) => path.getAttribute('d'));
    return [[1e308, 1e-300, 81.5, 12345].map(number), lines];
}"""


def words(browser, rig, shots):
    """Times say their day, numbers have a length, and lines of a memory stay lines."""
    rig.ask("POST", "/memory", {"layer": "semantic", "content": "one line\n\tand a further one"})
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        today, year, yesterday = page.evaluate(ANOTHER_DAY)
        assert len(today) == len("12:34:56"), today
        assert "2001" in year and "Feb" in year, year
        assert yesterday.endswith(today) and len(yesterday) > len(today), yesterday
        numbers, lines = page.evaluate(HUGE)
        assert numbers == ["1e+308", "1e-300", "81.5", "12,345"], numbers
        assert lines and not any("NaN" in line for line in lines), lines
        visit.sign_in(rig.operator_key)
        visit.open("memory")
        page.fill("#memory-query", '"further one"')
        page.click("#memory-search button")
        found = page.locator("#memory-list .content")
        # The newest ones, until what was searched for is there.
        expect(found).to_have_count(1)
        expect(found).to_have_text("one line and a further one")
        visit.expect_clean()


def away(browser, rig, shots):
    """What a counter has gained while nobody looked is no rate of now."""
    with Visit(browser, rig, shots) as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        visit.open("metrics")
        row = page.locator("#metric-list tr").filter(has_text="jamey_messages_received_total").first
        rate = row.locator("td.number").nth(1)
        expect(rate).not_to_be_empty(timeout=20 * SECONDS)
        visit.open("overview")
        page.evaluate(LATER, 60)
        visit.open("metrics")
        expect(rate).to_be_empty()
        expect(rate).not_to_be_empty(timeout=20 * SECONDS)
        visit.expect_clean()


TESTS = (loading, older, words, away)
