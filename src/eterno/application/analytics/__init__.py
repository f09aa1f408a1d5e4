"""Figures: what was sold, what it needs, and how it went. Definitions: docs/figures.md."""
