"""Draws the pictures of the demo shop. Nothing of the shop itself depends on it."""
