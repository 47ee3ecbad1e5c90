"""Who an invoice is from and for, as it copies them in."""

from frontdesk.book import Customer, Party, SellerDetails


def buyer_of(customer: Customer) -> Party:
    """The customer as an invoice names them."""
    return Party(
        name=customer.name,
        email=customer.email,
        phone=customer.phone,
        address=customer.address,
        tax_ids=tuple((each.type, each.value) for each in customer.tax_ids),
    )


def seller_of(seller: SellerDetails) -> Party:
    """The business as an invoice names it."""
    return Party(
        name=seller.name,
        email=seller.email,
        phone=seller.phone,
        address=seller.address,
        tax_number=seller.tax_number,
    )
