"""PostgreSQL: the shop's memory."""
