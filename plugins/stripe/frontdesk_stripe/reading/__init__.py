"""Stripe's objects, read into the snapshots of the book.

Two eras are read alike: API versions since 2025-03-31 ("basil"), where periods are on items and `parent` and `pricing`
say where a line comes from, and those before. A word that we do not know (a new status, a new reason) is read as the
nearest harmless one; an object that makes no sense raises `Unreadable`, and never anything else.

Stripe gives objects no version. Readers are told one: the instant at which the object was asked for, so that what was
asked for later is newer (trust.md §E6).
"""
