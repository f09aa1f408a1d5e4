"""Admins and their ways in."""
