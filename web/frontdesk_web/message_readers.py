"""Who reads a message: customers, in every language that a portal speaks, or only staff and operators.

It is told by the files that hold it. Whatever is not named here is a customer's, so that a new page is never left
half English for them by forgetting.
"""

import re
from collections.abc import Iterable

_STAFF_FOLDERS = (
    "frontdesk_web/dashboard/",
    "frontdesk_web/operator/",
    "frontdesk_web/demo/",
    "frontdesk_web/templates/dashboard/",
    "frontdesk_web/templates/operator/",
    "frontdesk_web/templates/demo/",
    "frontdesk_web/templates/gallery/",
)
_MODULES = (
    "brand_rules branding checklist coupon_catalogue dkim_records dmarc_records mail_records meters mirror_refusals "
    "portal_traps portal_configuration_rules price_rules reasons retention_rules sender_domains settings "
    "spf_records statement_descriptors tax_rate_catalogue tax_registrations team_rules image_rules images pixels "
    "house_letters trial_text typed_money webhook_given_up"
)
_TEMPLATES = (
    "letters/house letters/invitation letters/test parts/checklist parts/code_sample "
    "parts/colour_field parts/copy_field "
    "parts/corrections parts/data_table parts/descriptor_field parts/dns_record parts/picture_field "
    "parts/preview_stage parts/price_fields parts/search_bar parts/sender_form parts/tax_code_field"
)
_STAFF_MODULES, _STAFF_TEMPLATES = frozenset(_MODULES.split()), frozenset(_TEMPLATES.split())
_FILE = re.compile(r"(?:.*/templates/(?P<template>[\w/]+)\.[\w.]+|.*/(?P<module>\w+)\.py)")


def is_for_customers(files: Iterable[str]) -> bool:
    """Whether customers read a message that stands in these files (paths from the folder of their package)."""
    return any(not _is_for_staff(file) for file in files)


def _is_for_staff(file: str) -> bool:
    if file.startswith(_STAFF_FOLDERS):
        return True
    named = _FILE.fullmatch(file)
    if named is None:
        return False
    return named["template"] in _STAFF_TEMPLATES if named["template"] else named["module"] in _STAFF_MODULES
