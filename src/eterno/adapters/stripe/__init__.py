"""Stripe: payments with a hosted page. `wire` is its written form, without its SDK; the SDK is
imported by `client` and `payments` alone."""
