"""Forgetful stand-ins for every port, for tests: fast, honest about the ports' promises, and gone
with the process. They keep values, not references: what was not saved is forgotten."""
