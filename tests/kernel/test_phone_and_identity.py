"""Telephone numbers and Iranian identifiers, against the published vectors."""

import pytest

from kernel import identity, phone
from kernel.errors import Invalid
from kernel.i18n import use_locale


@pytest.mark.parametrize(
    "written",
    [
        "09121234567",
        "+989121234567",
        "00989121234567",
        "989121234567",
        "9121234567",
        "0912 123 45 67",
        "0912-123-4567",
        "۰۹۱۲۱۲۳۴۵۶۷",
        "٠٩١٢١٢٣٤٥٦٧",
        9121234567,
        " ۰۹۱۲ ۱۲۳ ۴۵۶۷ ",
    ],
)
def test_every_way_of_writing_a_mobile_gives_one_number(written):
    assert phone.normalise(written) == "+989121234567"


def test_a_landline_needs_its_city_code():
    assert phone.normalise("021 88 00 00 00") == "+982188000000"
    with pytest.raises(phone.PhoneInvalid):
        phone.normalise("88000000")


@pytest.mark.parametrize(
    "written",
    ["09421234567", "", "abc", "0912123456", "09121234567,09127654321", "0912123456712", "+1"],
)
def test_what_cannot_be_called_is_refused(written):
    with pytest.raises(phone.PhoneInvalid):
        phone.normalise(written)


def test_mobiles_are_told_from_landlines_and_shown_as_people_write_them():
    assert phone.is_mobile("+989121234567")
    assert not phone.is_mobile("+982188000000")
    assert phone.national("+989121234567") == "0912 123 4567"
    assert phone.national("+4930123456").startswith("+49")


@pytest.mark.parametrize("code", ["0013542419", "0499370899", "0790419904", "0084575948"])
def test_a_right_melli_code_is_accepted(code):
    assert identity.melli_code(code) == code


def test_a_spreadsheet_may_have_lost_the_zeros_of_a_melli_code():
    assert identity.melli_code(13542419) == "0013542419"
    assert identity.melli_code("۰۰۱۳۵۴۲۴۱۹") == "0013542419"


@pytest.mark.parametrize("code", ["0013542418", "1111111111", "", "12a4567890", "00135424191"])
def test_a_wrong_melli_code_is_refused(code):
    with pytest.raises(identity.MelliCodeInvalid):
        identity.melli_code(code)


def test_legal_ids():
    assert identity.legal_id("10380284790") == "10380284790"
    assert identity.legal_id("۱۴۰۰۷۶۵۰۹۱۲") == "14007650912"
    for wrong in ("10380284792", "10380285692", "09748208301", "123"):
        with pytest.raises(identity.LegalIdInvalid):
            identity.legal_id(wrong)


@pytest.mark.parametrize(
    "number",
    ["IR580540105180021273113007", "IR062960000000100324200001", "IR820540102680020817909002"],
)
def test_a_right_sheba_is_accepted_with_spaces_and_without_its_prefix(number):
    assert identity.sheba(number) == number
    assert identity.sheba(number[2:]) == number
    assert identity.sheba(f"{number[:6]} {number[6:]}".lower()) == number


@pytest.mark.parametrize("number", ["IR580540105180021273113008", "IR58", "DE58054010518002127"])
def test_a_wrong_sheba_is_refused(number):
    with pytest.raises(identity.ShebaInvalid):
        identity.sheba(number)


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_refusals_are_sentences(locale):
    with use_locale(locale):
        for error in (phone.PhoneInvalid(text="12"), identity.MelliCodeInvalid()):
            assert isinstance(error, Invalid)
            assert error.code not in error.sentence()
