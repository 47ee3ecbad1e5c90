"""Text that somebody typed into a form, without what nobody can read."""


def one_line(text: str) -> str:
    """Without control characters and the spaces around: a NUL could not even be stored, and others break documents."""
    return "".join(each for each in text if each.isprintable()).strip()


def lines(text: str) -> str:
    """As `one_line`, with its line ends kept."""
    return "\n".join(one_line(each) for each in text.replace("\r\n", "\n").split("\n")).strip()
