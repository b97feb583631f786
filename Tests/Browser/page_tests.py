"""The page itself: what is there before it works, and where it does not."""

from playwright.sync_api import expect

from visit import Visit


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


TESTS = (loading, older)
