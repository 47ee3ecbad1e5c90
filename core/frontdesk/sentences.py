"""Sentences for people, on their way to the message catalogue of whoever shows them."""


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue and returns it as it is."""
    return sentence
