"""What a portal configuration says beyond Stripe's: its `frontdesk` block, a struct with one sub-struct a subject.

Each subject (`retention`, `restart`, …) is a frozen struct of its own here, and a field of `FrontdeskSettings` whose
default means "as it was before there was such a setting": configurations that are stored do not know it. What a setting
may say is judged in `frontdesk.portal_configuration_rules`; how a program writes it is in the API's
`frontdesk_parameters`.
"""

from msgspec import Struct

from frontdesk.retention import RetentionSettings


class Restart(Struct, frozen=True, kw_only=True):
    """Whether customers can start a subscription again after its end (`frontdesk.restarts`)."""

    enabled: bool = False


class FrontdeskSettings(Struct, frozen=True, kw_only=True):
    """What Stripe's configuration has no word for. Everything that is left out is as without the block."""

    retention: RetentionSettings = RetentionSettings()
    """Offers to stay."""
    restart: Restart = Restart()
