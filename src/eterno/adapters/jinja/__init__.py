"""Jinja: what the shop writes to people, from templates."""
