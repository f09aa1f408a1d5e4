"""What the shop needs from the world, one package per technology."""
