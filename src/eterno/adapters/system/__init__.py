"""Time and names from the machine itself."""
