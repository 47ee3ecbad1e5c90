"""Believable views for the gallery: every page of the portal in all its states, as one tenant shows it.

What the portal says is said by the catalogue, in whatever language a sample has; made-up names and what a tenant has
written itself are not translated. `tests/web/test_gallery_is_whole.py` sees that no page and no state is left out.
"""

from collections.abc import Iterator

from frontdesk_web.gallery_billing import billing_pages
from frontdesk_web.gallery_brands import Sample
from frontdesk_web.gallery_details import details_pages
from frontdesk_web.gallery_entry import entry_pages, error_pages, mailbox
from frontdesk_web.gallery_frames import Exhibit
from frontdesk_web.gallery_home import home_pages
from frontdesk_web.gallery_leaving import leaving_pages
from frontdesk_web.gallery_methods import method_pages
from frontdesk_web.gallery_plans import plan_pages


def pages(sample: Sample) -> Iterator[Exhibit]:
    """Every page that a customer can see."""
    yield from entry_pages(sample)
    yield from home_pages(sample)
    yield from plan_pages(sample)
    yield from leaving_pages(sample)
    yield from details_pages(sample)
    yield from billing_pages(sample)
    yield from method_pages(sample)
    yield from error_pages(sample)
    yield mailbox(sample)
