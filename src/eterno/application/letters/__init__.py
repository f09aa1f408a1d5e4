"""What the shop writes to people."""
