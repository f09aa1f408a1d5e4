"""How fast the shop is, measured beside the floors of this very machine: `python3 dev.py bench`."""
