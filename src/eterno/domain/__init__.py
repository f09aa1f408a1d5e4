"""The trade: nouns of a soap shop and their rules. Standard library only; no I/O, no clock."""
