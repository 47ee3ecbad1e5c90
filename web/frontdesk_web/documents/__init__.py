"""Documents: invoices as PDF, set once and kept for ever."""
