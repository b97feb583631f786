"""Lists that hold still while somebody is in them."""

from playwright.sync_api import expect

from visit import SECONDS, Visit

KEPT_MAX = 180


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


TESTS = (paused,)
