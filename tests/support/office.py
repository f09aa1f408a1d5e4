"""The back office, as a browser without scripts sees it."""

from __future__ import annotations

import re
from typing import Any

from litestar.testing import TestClient

from tests.support.signing_in import GOOD

_KEY = re.compile(r'name="form_key" value="(\w+)"')


class Office:
    """Somebody at the office's door, or inside."""

    def __init__(self, client: TestClient[Any]) -> None:
        self.client = client
        self.form_key = ""

    def enter(self, username: str = "rosa", password: str = GOOD, **fields: str) -> Any:
        """Knock, and give name and password; where that leads, not followed."""
        self.get("/office/sign-in")
        answer = self.post("/office/sign-in", username=username, password=password, **fields)
        if answer.status_code == 303:
            self.get("/office/catalogue/new")
        return answer

    def get(self, path: str, **headers: str) -> Any:
        """The page, whose form key is used from then on."""
        answer = self.client.get(path, follow_redirects=False, headers=headers)
        self._take_key(answer)
        return answer

    def post(self, path: str, *, files: Any = None, **fields: Any) -> Any:
        """Send a form of the page that was looked at last; where that leads, not followed."""
        answer = self.client.post(
            path,
            data={"form_key": self.form_key, **fields},
            files=files,
            follow_redirects=False,
        )
        self._take_key(answer)
        return answer

    def _take_key(self, answer: Any) -> None:
        if found := _KEY.search(answer.text):
            self.form_key = found[1]


def words(answer: Any) -> str:
    """What the page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
