"""What the stories need from the world. A port's docstring is its contract."""
