"""The stories: one use case per file, depending only on the domain and on ports."""
