"""News becomes tasks, tasks are done at least once."""
