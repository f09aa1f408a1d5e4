"""What a page does behind the scenes."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request


class Watched:
    """A page, the addresses it asked for, and what the browser complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._asks)
        page.on("console", self._says)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def strangers(self, *homes: str) -> list[str]:
        """The addresses outside these origins; what a page makes itself has none."""
        ours = {urlsplit(home).netloc for home in homes}
        return [
            url
            for url in self.asked
            if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc not in ours
        ]

    def _asks(self, request: Request) -> None:
        self.asked.append(request.url)

    def _says(self, message: ConsoleMessage) -> None:
        """Errors and warnings, but not that an answer was a refusal, which may be meant."""
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)
