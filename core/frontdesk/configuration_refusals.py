"""What a portal configuration cannot be like, and what cannot become of it."""

from frontdesk.errors import Refusal
from frontdesk.sentences import _


def setting_invalid(code: str, sentence: str, param: str | None, **parameters: str | int) -> Refusal:
    """A portal configuration cannot be as asked. `sentence` stands beside its rule."""
    return Refusal(
        code=code,
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=sentence,
        parameters=parameters,
        param=param,
    )


def default_configuration_stays(id: str, done: str) -> Refusal:
    """There is always a default configuration, and it is on. `done` is what was to be done with it, in a participle."""
    sentences = {
        "deactivated": _(
            "The default configuration cannot be deactivated. Make another configuration the default first."
        ),
        "deleted": _("The default configuration cannot be deleted. Make another configuration the default first."),
        "replaced by none": _(
            "There is always one default configuration. Make another one the default, and this one stops being it."
        ),
    }
    return Refusal(
        code="default_configuration",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=sentences[done],
        parameters={"configuration": id},
        param={"deactivated": "active", "replaced by none": "is_default"}.get(done),
    )


def inactive_configuration(id: str) -> Refusal:
    """What is off cannot be what counts where nothing is named."""
    return Refusal(
        code="inactive_configuration",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("The configuration `{configuration}` is inactive. Activate it, then make it the default."),
        parameters={"configuration": id},
        param="is_default",
    )
