"""What closes a dialog of the dashboard, and what does not."""

from playwright.sync_api import expect

from visit import Visit

# The browser of the tests has no scroll bars: a press on one is told as the dialog's own.
PRESS_WITHIN = """(dialog) => {
    const box = dialog.getBoundingClientRect();
    dialog.dispatchEvent(new PointerEvent('pointerdown', {
        bubbles: true, clientX: box.right - 5, clientY: box.top + box.height / 2,
    }));
}"""


def open_why(visit, device):
    visit.open("decisions")
    visit.rig.propose(device)
    row = visit.row(device)
    expect(row).to_be_visible()
    row.get_by_role("button").click()
    dialog = visit.page.locator("#why")
    expect(dialog).to_contain_text("the same decision")
    return dialog


def pressed(browser, rig, shots):
    """A press beside a dialog closes it, one on its scroll bar does not."""
    rig.telemetry("press-pressed", 71)
    with Visit(browser, rig, shots) as visit:
        visit.sign_in(rig.operator_key)
        dialog = open_why(visit, "press-pressed")
        dialog.evaluate(PRESS_WITHIN)
        expect(dialog).to_be_visible()
        visit.page.mouse.click(5, 5)
        expect(dialog).to_be_hidden()
        visit.expect_clean()


def back(browser, rig, shots):
    """Going back closes a dialog, and leaves the page and its key alone."""
    rig.telemetry("press-back-1", 71)
    with Visit(browser, rig, shots, "phone") as visit:
        page = visit.page
        visit.sign_in(rig.operator_key)
        visit.open("alerts")
        dialog = open_why(visit, "press-back-1")
        page.go_back()
        expect(dialog).to_be_hidden()
        expect(page.locator("#panel-decisions")).to_be_visible()
        expect(visit.row("press-back-1").get_by_role("button")).to_be_focused()
        # One that was closed by hand is no step on the way back from the next view.
        open_why(visit, "press-back-1")
        page.keyboard.press("Escape")
        visit.open("devices")
        page.go_back()
        expect(page.locator("#panel-decisions")).to_be_visible()
        page.go_back()
        expect(page.locator("#panel-alerts")).to_be_visible()
        expect(page.locator("#app")).to_be_visible()
        visit.expect_clean()


TESTS = (pressed, back)
