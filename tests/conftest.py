"""For all tests."""

from __future__ import annotations

import os

from hypothesis import settings

from eterno.entrypoints.dotenv import CHOICE
from eterno.entrypoints.settings import variables

pytest_plugins = ["tests.support.databases", "tests.support.ministack"]

# A developer's own shop stays out of it, in every process that a test starts: no letter may go out.
for name in variables():
    os.environ.pop(name, None)
os.environ[CHOICE] = ""

# A slow machine is no bug: no deadline for one example.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
