"""What the shop knows of people: told to them, and taken out again."""
