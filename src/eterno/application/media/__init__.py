"""Pictures: brought, made sure of, and removed when nothing shows them any more."""
