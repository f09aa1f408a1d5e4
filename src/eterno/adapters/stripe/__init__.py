"""Stripe: payments with a hosted page. `wire` is its written form, without its SDK."""
