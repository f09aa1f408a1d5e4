"""`eterno` as a shop has it installed: without what only the tests' tools brought along.

Where dependency-injector and Litestar find pydantic or attrs they import them, and every start
waits for it; `requirements.lock` has neither.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from typing import Any

STRANGERS = ("attr", "attrs", "pydantic", "pydantic_core", "pydantic_settings")


class _NotThere(MetaPathFinder):
    def find_spec(self, name: str, *_: Any) -> None:
        if name in STRANGERS:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


if __name__ == "__main__":
    sys.meta_path.insert(0, _NotThere())
    from eterno.entrypoints.cli.main import main

    raise SystemExit(main())
