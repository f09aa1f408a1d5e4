"""Our tables as an application of Django's."""
