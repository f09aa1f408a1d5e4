"""Tokens as JSON Web Tokens (PyJWT)."""
