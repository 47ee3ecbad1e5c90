"""What a browser calls itself, in words that somebody recognises their own by: "Firefox on Linux"."""

from frontdesk_web.messages import translate

# In this order: Edge says that it is Chrome, and Chrome that it is Safari.
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(agent: str, locale: str) -> str:
    """A User-Agent header in words. What it says is the browser's word and proves nothing."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if browser and system:
        return translate(locale, "{browser} on {system}", browser=browser, system=system)
    return browser or system or translate(locale, "Unknown browser")
