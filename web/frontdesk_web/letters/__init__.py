"""Letters: what is written to customers, and how it is handed over."""
