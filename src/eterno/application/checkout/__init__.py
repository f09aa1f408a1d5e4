"""From basket to sale."""
