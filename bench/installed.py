"""`eterno` as a shop has it installed: without what only the tests' tools brought along.

Where dependency-injector and Litestar find pydantic or attrs they import them, and every start
waits for it; `requirements.lock` has neither.
"""

from __future__ import annotations

import sys

for stranger in ("attr", "attrs", "pydantic", "pydantic_settings"):
    sys.modules[stranger] = None  # type: ignore[assignment]  # Python's way of saying "not there"

if __name__ == "__main__":
    from eterno.entrypoints.cli.main import main

    raise SystemExit(main())
