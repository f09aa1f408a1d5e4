"""The shop over HTTP: Litestar, thin."""
