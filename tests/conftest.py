"""For all tests."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ["tests.support.databases"]

# A slow machine is no bug: no deadline for one example.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
