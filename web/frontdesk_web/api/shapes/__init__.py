"""Objects of the book as Stripe writes them: every field of its document, with the right null where we have nothing."""
