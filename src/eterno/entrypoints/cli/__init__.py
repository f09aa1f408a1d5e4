"""The shop from a terminal."""
