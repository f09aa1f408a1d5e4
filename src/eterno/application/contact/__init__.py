"""Visitors write to the owner."""
