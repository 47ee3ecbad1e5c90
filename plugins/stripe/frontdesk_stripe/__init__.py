"""A billing backend over a Stripe account. It provides none yet: `reading` is its first part."""
