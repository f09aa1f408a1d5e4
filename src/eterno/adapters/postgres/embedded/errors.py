"""The one thing that can be the matter here."""


class EmbeddedPostgresError(RuntimeError):
    """PostgreSQL cannot be started or joined. The message says why and what to do."""
