"""What a draft comes to, worked out anew whenever something of it changes."""

from msgspec.structs import replace

from frontdesk.automatic_tax import with_automatic
from frontdesk.book import Invoice
from frontdesk.taxing import added, taxed, taxes_of
from frontdesk_invoice_only.draft_discounts import reduced_draft
from frontdesk_invoice_only.page import Page


def rewrite(page: Page, draft: Invoice) -> Invoice:
    """Keep a draft with its sums as they would be if it were issued now, before balance."""
    draft = reduced_draft(page, draft)
    lines = taxed(with_automatic(draft.lines, page.customer, draft.automatic_tax, page.terms, page.now))
    taxes = taxes_of(lines)
    total = sum(each.amount for each in lines) + added(taxes)
    due = max(0, total + draft.starting_balance)
    return page.save_invoice(replace(draft, lines=lines, taxes=taxes, total=total, amount_due=due))
