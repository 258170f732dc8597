"""`make screenshots`: pictures of every page of the demo desk into var/screenshots/, at three widths, light and dark.

Light is German and dark is English, so that both languages are seen.  To be looked at, not to be compared by machine.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from helpdesk import db, seeds
from helpdesk.reports import asked
from helpdesk.settings import Settings
from helpdesk.web import create_app
from tests import all_pages

WIDTHS = (390, 820, 1440)
LOOKS = {"light": "de-DE", "dark": "en-GB"}
OUT = Path("var/screenshots")
STORY = 1010  # the case of the demo desk that has most to show


def main() -> None:
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is missing (Debian: apt-get install chromium).")
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Desk(Path(folder)) as desk, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        paths = [path for path in desk.paths() if only in path]
        for scheme, language in LOOKS.items():
            for width in WIDTHS:
                _take(browser, desk.base, paths, scheme, language, width)
        browser.close()
    print(f"{len(paths)} pages, {len(paths) * len(LOOKS) * len(WIDTHS)} pictures in {OUT}/")


class Desk:
    """The playground, as `make run` starts it, on ports of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.base = f"http://127.0.0.1:{_free_port()}"

    def __enter__(self) -> Desk:
        listen = {"HOLDLINE_WEB_LISTEN": self.base.removeprefix("http://"), "HOLDLINE_SMTP_LISTEN": f"127.0.0.1:{_free_port()}"}
        command = [str(Path(sys.executable).parent / "holdline"), "playground", "--data", str(self._folder)]
        self._process = subprocess.Popen(command, env={"PATH": "/usr/bin:/bin", **listen}, stdout=subprocess.DEVNULL)
        for _ in range(120):
            time.sleep(0.5)
            try:
                urllib.request.urlopen(f"{self.base}/healthz", timeout=2)
            except OSError:
                continue
            time.sleep(5)  # the demo's mail is read
            return self
        raise TimeoutError("the playground did not come up")

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self._process.wait(30)

    def paths(self) -> list[str]:
        """Of all pages; of cases one that has a long story."""
        key = "only to find the routes: 0123456789 0123456789"
        settings = Settings(_env_file=None, secret_key=key, data_dir=self._folder)  # type: ignore[call-arg, arg-type]
        database = db.Database(settings)
        with database.reading() as session:
            found = all_pages.paths(create_app(database), session, number=STORY)
        database.close()
        reports = [f"/reports/{name}" for name in asked.NAMES]
        return [*found, *reports, "/cases?view=ours", "/cases?q=M%C3%BChle", "/playground/"]


def _take(browser: Browser, base: str, paths: list[str], scheme: str, language: str, width: int) -> None:
    looks = {"color_scheme": scheme, "locale": language, "viewport": {"width": width, "height": 900}}
    context = browser.new_context(base_url=base, **looks)  # type: ignore[arg-type]
    page = context.new_page()
    _shoot(page, "/", scheme, width)
    page.fill("input[name=email]", seeds.PEOPLE[0][0])
    page.fill("input[type=password]", seeds.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases**")
    for path in paths:
        _shoot(page, path, scheme, width)
    context.close()


def _shoot(page: Page, path: str, scheme: str, width: int) -> None:
    page.goto(path)
    name = re.sub(r"\W+", "-", path).strip("-") or "log-in"
    page.screenshot(path=OUT / f"{name}-{width}-{scheme}.png", full_page=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
