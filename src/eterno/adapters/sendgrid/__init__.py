"""Letters carried by SendGrid."""
