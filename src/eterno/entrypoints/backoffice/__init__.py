"""The back office: what the owner sees and does, as pages of our own at `/office`."""
