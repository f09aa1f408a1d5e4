"""The demo shop: soaps to fill an empty database with, so that there is something to look at."""
