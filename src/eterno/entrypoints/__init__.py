"""Ways into the shop: each translates, none decides."""
