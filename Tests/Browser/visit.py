"""One visit of the dashboard: a window with everything watched that must not happen in it."""

import pathlib
import re
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import expect

AXE = pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js"
TABS = ["overview", "decisions", "alerts", "devices", "memory", "rules", "metrics"]
SECONDS = 1_000
# Decisions that the page shows at most, and keeps while the list is paused.
KEPT_MAX = 180
SIZES = {"desktop": (1280, 800), "phone": (360, 740)}
# A browser tells of every answer that is an error, and of every one that does not come.
NETWORK = re.compile(r"Failed to load resource|net::ERR_")

# For the page, so many seconds have passed.
LATER = """(seconds) => {
    const own = performance.now.bind(performance);
    performance.now = () => own() + seconds * 1000;
}"""

# By how much a text differs from the ground that it is on, and has to (WCAG 2.2, 1.4.3). 0: it
# cannot be told, for a picture, or something that lets what is behind shine through.
CONTRAST = r"""(selector) => {
    const parts = (color) => /^rgb\((\d+), (\d+), (\d+)\)$/.exec(color)?.slice(1).map(Number);
    const light = (color) => parts(color).map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
    const text = document.querySelector(selector);
    const { color, fontSize, fontWeight } = getComputedStyle(text);
    const size = parseFloat(fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700) ? 3 : 4.5;
    let ground;
    for (let at = text; at; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.opacity !== '1' || style.filter !== 'none') return [0, needed];
        if (ground) continue;
        if (style.backgroundImage !== 'none') return [0, needed];
        if (style.backgroundColor !== 'rgba(0, 0, 0, 0)') ground = style.backgroundColor;
    }
    if (!parts(color) || !parts(ground)) return [0, needed];
    const [dark, bright] = [light(color), light(ground)].sort((one, other) => one - other);
    return [(bright + 0.05) / (dark + 0.05), needed];
}"""


class Visit:
    def __init__(self, browser, rig, shots, size="desktop", scheme="light", motion=None):
        self.rig, self.shots = rig, pathlib.Path(shots)
        self.name = f"{size}-{scheme}"
        width, height = SIZES[size]
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme,
            has_touch=size == "phone", reduced_motion=motion)
        self.page = self.context.new_page()
        self.page.set_default_timeout(15 * SECONDS)
        self.findings, self.network = [], []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.findings.append(f"error: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)

    def __enter__(self):
        self.page.goto(self.rig.url + "/dashboard")
        self.page.evaluate(AXE.read_text())
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            self.shoot("failed")
        self.context.close()

    # What must not happen

    def _said(self, message):
        if message.type not in ("error", "warning"):
            return
        kind = self.network if NETWORK.search(message.text) else self.findings
        kind.append(f"console: {message.text}")

    def _dialog(self, dialog):
        self.findings.append(f"a dialog of the browser's: {dialog.message}")
        dialog.dismiss()

    def _request(self, request):
        own, theirs = urlsplit(self.rig.url), urlsplit(request.url)
        if theirs.scheme != "data" and theirs[:2] != own[:2]:
            self.findings.append(f"a request to {request.url}")

    def expect_clean(self, with_network=True):
        """Nothing on the console, and no request elsewhere.

        `with_network`: also no answer was an error.
        """
        findings = self.findings + (self.network if with_network else [])
        assert not findings, f"{self.name}: {findings}"

    def expect_no_key_kept(self, key):
        """Neither in a store of the browser's, nor in the page, nor in its address."""
        kept = self.page.evaluate("""async () => JSON.stringify([
            Object.entries(localStorage), Object.entries(sessionStorage), document.cookie,
            await indexedDB.databases(), await caches.keys(), location.href, history.state,
            document.documentElement.outerHTML,
            [...document.querySelectorAll('input')].map((field) => field.value)])""")
        assert key not in kept, f"{self.name}: the key is kept"
        stored = self.page.evaluate("[localStorage.length, sessionStorage.length]")
        assert stored == [0, 0], f"{self.name}: something is stored: {stored}"
        assert not self.context.cookies(), f"{self.name}: there is a cookie"

    def look(self, name):
        """A screenshot; no violation of axe's two graver kinds, no scrolling sideways.

        Nor may axe leave anything of these kinds undecided but contrasts: it does not tell those of
        text that is out of view, or shares its lines with other elements. They are reckoned here.
        """
        self.shoot(name)
        found = self.page.evaluate("""async () => {
            const found = await axe.run(document);
            return { violations: found.violations, incomplete: found.incomplete };
        }""")
        grave = graver(found["violations"])
        assert not grave, f"{self.name} {name}: {grave}"
        undecided = [
            (rule, target) for rule, targets in graver(found["incomplete"]) for target in targets
            if rule != "color-contrast" or not self.is_legible(target)]
        assert not undecided, f"{self.name} {name}: axe cannot decide {undecided}"
        wide, there = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= there, f"{self.name} {name}: {wide} of {there} pixels wide"

    def is_legible(self, target):
        # More than one selector lead into a frame, of which the page has none.
        ratio, needed = self.page.evaluate(CONTRAST, target[0])
        return len(target) == 1 and ratio >= needed

    def shoot(self, name):
        # What was changed last is drawn by then.
        self.page.evaluate("""() => new Promise((resolve) =>
            requestAnimationFrame(() => requestAnimationFrame(resolve)))""")
        self.page.screenshot(path=self.shots / f"{self.name}-{name}.png")

    # What a person does

    def enter(self, key):
        self.page.fill("#key", key)
        self.page.click("#sign-in-button")

    def sign_in(self, key):
        self.enter(key)
        expect(self.page.locator("#app")).to_be_visible()
        self.await_live()

    def await_live(self, seconds=40):
        live = self.page.locator("#live")
        expect(live).to_have_attribute("data-state", "live", timeout=seconds * SECONDS)

    def open(self, tab):
        self.page.click(f"#tab-{tab}")
        expect(self.page.locator(f"#panel-{tab}")).to_be_visible()
        # A pointer that rests on a list would hold it.
        self.page.mouse.move(1, 1)

    def row(self, device):
        """The newest row about a device."""
        head = self.page.get_by_role("rowheader", name=device, exact=True)
        return self.page.locator("#decision-list tbody tr").filter(has=head).first

    def alert(self, device):
        return self.page.locator("#alert-list li").filter(has_text=device)

    def focused(self, property):
        return self.page.evaluate(f"document.activeElement.{property}")


def graver(findings):
    """Of what axe has found the rules of its two graver kinds, and where."""
    return [
        (finding["id"], [node["target"] for node in finding["nodes"]])
        for finding in findings if finding["impact"] in ("serious", "critical")
    ]
