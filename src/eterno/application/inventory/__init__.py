"""Stock, and everything that moves it."""
