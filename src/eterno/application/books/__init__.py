"""Whether what the shop has written down is so."""
