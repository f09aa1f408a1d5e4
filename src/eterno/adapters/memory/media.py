"""Pictures in memory."""

from __future__ import annotations

from eterno.domain.errors import Unavailable


class MemoryMedia:
    """Implements `MediaStore`."""

    def __init__(self) -> None:
        self.pictures: dict[str, bytes] = {}
        self.silent = False
        """Test control: while True, the service does not answer."""

    def url(self, key: str) -> str:
        return f"https://pictures.example/{key}"

    def put(self, key: str, data: bytes) -> None:
        self._must_answer()
        self.pictures[key] = data

    def exists(self, key: str) -> bool:
        self._must_answer()
        return key in self.pictures

    def _must_answer(self) -> None:
        if self.silent:
            raise Unavailable("The picture store does not answer")
