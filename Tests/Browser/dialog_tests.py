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


TESTS = (pressed,)
