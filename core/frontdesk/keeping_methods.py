"""What can be done with payment methods."""

from frontdesk.acts import do
from frontdesk.changes import Changes
from frontdesk.desk import Desk
from frontdesk.payment_method_commands import PaymentMethodCommand


async def change_methods(desk: Desk, command: PaymentMethodCommand) -> Changes:
    """Attach a payment method, change what is noted of it, let it go, or say that it pays.

    Raises:
        Refused: the backend keeps none, the method is not the customer's, or a bank refuses it.
    """
    return await do(desk, command)
