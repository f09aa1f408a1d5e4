"""Eterno: the backend of a shop for handmade soap."""
