"""The two servers Greffe starts by itself on one machine."""
