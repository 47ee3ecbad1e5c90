"""What any act can be refused for: it is not there, not for customers, or not what the backend can do.

What is refused for the sake of its subject stands in the module of that subject, such as `plan_refusals`: they are the
one place where the sentences of refusals are read and corrected. `for_customer` is a message id of the catalogue.
`for_tenant` is Stripe's text word for word where clients are known to match on it (portal_spec.md §A.8).
"""

from frontdesk.errors import Refusal


def no_such(kind: str, id: str, param: str | None = None) -> Refusal:
    """Nothing with this id: `kind` in the API's words ("subscription item")."""
    return Refusal(
        code="no_such_" + kind.replace(" ", "_"),
        for_customer="We cannot find this any more. It may have ended or been replaced.",
        for_tenant="No such {kind}: '{id}'",
        parameters={"kind": kind, "id": id},
        param=param,
        api_code="resource_missing",
        missing=True,
    )


def not_for_customers(act: str) -> Refusal:
    """Only the tenant may do this."""
    return Refusal(
        code="not_for_customers",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant="Customers cannot do this by themselves: {act}.",
        parameters={"act": act},
    )


def cannot(capability: str) -> Refusal:
    """The billing backend lacks a capability."""
    return Refusal(
        code="not_supported",
        for_customer="This cannot be done online. Please contact us.",
        for_tenant="The billing backend cannot do this: {capability}.",
        parameters={"capability": capability},
    )
