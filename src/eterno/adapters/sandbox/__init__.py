"""Stand-ins for outside services that a person can use without any account. Not for production.

A payment page that moves no money, a mailbox that sends nothing on, a folder for pictures. They
keep what they know in a file of their own (`database`), as the real services would, and share
nothing with the shop's database.
"""
