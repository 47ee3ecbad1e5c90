"""The types of tax ids, in Stripe's words, and how those of the main ones are written.

A format is what its country publishes, without check digits: it catches a slip, not a lie. Types without a pattern
here are taken as they are, as long as they look like an id at all.
"""

import re
from collections.abc import Mapping

from frontdesk.errors import Refusal, Refused
from frontdesk.eu_vat_area import country_of_vat_number

MAXIMUM = 50
"""Characters."""
_WORDS = """
    ad_nrt ae_trn al_tin am_tin ao_tin ar_cuit au_abn au_acn au_arn au_wpn aw_tin az_tin ba_tin bb_tin bd_bin bf_ifu
    bg_uic bh_vat bj_ifu bo_tin br_cnpj br_cpf bs_tin bw_vat by_tin ca_bn ca_gst_hst ca_pst_bc ca_pst_mb ca_pst_sk
    ca_qst cd_nif ch_uid ch_vat ci_vat cl_tin cm_niu cn_tin co_nit cr_tin cv_nif cz_dic de_stn do_rcn ec_ruc eg_tin
    es_cif et_tin eu_oss_vat eu_vat fo_vat fr_siren fr_siret fr_spi gb_vat ge_vat gh_tin gi_tin gn_nif hk_br hr_oib
    hu_tin ic_nif id_npwp il_vat in_gst is_kt is_vat it_cf jp_cn jp_rn jp_trn ke_pin kg_tin kh_tin kr_brn kz_bin la_tin
    li_uid li_vat lk_vat ma_vat md_cf md_vat me_pib mk_vat mr_nif mu_vat mx_rfc my_frp my_itn my_sst mz_nuit ng_tin
    no_vat no_voec np_pan nz_bn nz_gst om_vat pe_ruc ph_tin pl_nip pt_nif py_ruc ro_tin rs_pib ru_inn ru_kpp sa_vat
    sg_gst sg_uen si_tin sm_coe sn_ninea sr_fin sv_nit th_vat tj_tin tr_tin tt_bir tt_vat tw_vat tz_vat ua_vat ug_tin
    us_ein uy_ruc uz_tin uz_vat ve_rif vn_tin za_vat zm_tin zw_tin
"""
TYPES = tuple(_WORDS.split())
_EU: Mapping[str, str] = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}",
    "FR": r"[A-Z0-9]{2}\d{9}",
    "GR": r"\d{9}",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"(\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])",
    "IT": r"\d{11}",
    "LT": r"(\d{9}|\d{12})",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{12}",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
}
"""VAT numbers after the two letters of the country (ec.europa.eu, VIES: "what is the format of a VAT number")."""
PATTERNS: Mapping[str, tuple[str, str]] = {
    "ae_trn": (r"\d{15}", "123456789012345"),
    "au_abn": (r"\d{11}", "12345678912"),
    "br_cnpj": (r"\d{2}\.?\d{3}\.?\d{3}/?\d{4}-?\d{2}", "01.234.456/5432-10"),
    "br_cpf": (r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}", "123.456.789-87"),
    "ca_bn": (r"\d{9}", "123456789"),
    "ca_gst_hst": (r"\d{9}RT\d{4}", "123456789RT0002"),
    "ca_qst": (r"\d{10}TQ\d{4}", "1234567890TQ1234"),
    "ch_uid": (r"CHE-?\d{3}\.?\d{3}\.?\d{3}( ?HR)?", "CHE-123.456.789 HR"),
    "ch_vat": (r"CHE-?\d{3}\.?\d{3}\.?\d{3} ?(MWST|TVA|IVA)", "CHE-123.456.789 MWST"),
    "de_stn": (r"\d[\d/ ]{8,16}", "1234567890"),
    "es_cif": (r"[A-Z0-9]\d{7}[A-Z0-9]", "A12345678"),
    "eu_oss_vat": (r"EU\d{9}", "EU123456789"),
    "gb_vat": (r"(GB)?(\d{9}|\d{12}|GD\d{3}|HA\d{3})", "GB123456789"),
    "in_gst": (r"\d{2}[A-Z]{5}\d{4}[A-Z][A-Z0-9]Z[A-Z0-9]", "12ABCDE3456FGZH"),
    "is_vat": (r"\d{5,6}", "123456"),
    "jp_cn": (r"\d{13}", "1234567891234"),
    "jp_trn": (r"T\d{13}", "T1234567891234"),
    "kr_brn": (r"\d{3}-?\d{2}-?\d{5}", "123-45-67890"),
    "li_uid": (r"CHE-?\d{3}\.?\d{3}\.?\d{3}", "CHE123456789"),
    "mx_rfc": (r"[A-Z&Ñ]{3,4}\d{6}[A-Z0-9]{3}", "ABC010203AB9"),
    "no_vat": (r"(NO)?\d{9} ?MVA", "123456789MVA"),
    "nz_gst": (r"\d{8,9}", "123456789"),
    "pl_nip": (r"\d{10}", "1234567890"),
    "sa_vat": (r"\d{15}", "123456789012345"),
    "sg_gst": (r"M[A-Z0-9]\d{7}[A-Z]|\d{9}[A-Z]", "M12345678X"),
    "sg_uen": (r"\d{8,9}[A-Z]", "123456789F"),
    "th_vat": (r"\d{13}", "1234567891234"),
    "tr_tin": (r"\d{10}", "0123456789"),
    "us_ein": (r"\d{2}-?\d{7}", "12-3456789"),
    "za_vat": (r"\d{10}", "4123456789"),
}
"""Of a type: how it is written, and an example that Stripe gives."""
_ANYTHING = re.compile(r"[^\W_][\w .,:/+*&()'-]{0,49}")
_SPACES = re.compile(r"\s+")
_LOOSE = re.compile(r"[\s.-]+")


def checked_id(type: str, value: str, param: str = "value") -> str:
    """A tax id as it is stored: an EU number in capitals without gaps, anything else as it was written.

    Raises:
        Refused: it is not written as ids of its type are.
    """
    value = _SPACES.sub(" ", value).strip()
    bare = _LOOSE.sub("", value).upper()
    if type == "eu_vat":
        country = country_of_vat_number(bare)
        if country is not None and re.fullmatch(_EU[country], bare[2:], re.ASCII):
            return bare
        raise Refused(tax_id_invalid("EU VAT number", "DE123456789", param))
    pattern = PATTERNS.get(type)
    if pattern is not None:
        if not re.fullmatch(pattern[0], value.upper(), re.ASCII) and not re.fullmatch(pattern[0], bare, re.ASCII):
            raise Refused(tax_id_invalid(type, pattern[1], param))
        return value.upper()
    if type not in TYPES or not _ANYTHING.fullmatch(value):
        raise Refused(tax_id_invalid(type, "", param))
    return value


def country_of(type: str, value: str) -> str | None:
    """The ISO code of the country whose id it is; None for a scheme of several."""
    if type == "eu_vat":
        return country_of_vat_number(value)
    return None if type.startswith("eu_") else {"ic": "ES"}.get(type[:2], type[:2].upper())


def tax_id_invalid(what: str, example: str, param: str) -> Refusal:
    """Not written as such ids are. Stripe's code and, for its types, its sentence."""
    shown = f" It should look like this: {example}." if example else ""
    return Refusal(
        code="tax_id_invalid",
        for_customer="This is no number of that kind. Please compare it with your papers.",
        for_tenant="Invalid value for {what}." + shown,
        parameters={"what": what},
        param=param,
        api_code="tax_id_invalid",
    )
