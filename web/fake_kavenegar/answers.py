"""What the provider answers: one envelope for all methods, and the meaning of its codes."""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]

MESSAGES: dict[int, str] = {
    200: "تایید شد",
    400: "پارامترها ناقص هستند",
    401: "حساب کاربری غیرفعال شده است",
    402: "عملیات ناموفق بود",
    403: "کد شناسائی API-Key معتبر نمی‌باشد",
    404: "متد نامشخص است",
    405: "متد Get/Post اشتباه است",
    407: "دسترسی به اطلاعات مورد نظر برای شما امکان‌پذیر نیست",
    409: "سرور قادر به پاسخگوئی نیست، بعداً تلاش کنید",
    411: "دریافت‌کننده نامعتبر است",
    412: "ارسال‌کننده نامعتبر است",
    413: "پیام خالی است یا طول آن بیش از حد مجاز است",
    414: "حجم درخواست بیشتر از حد مجاز است",
    417: "تاریخ ارسال اشتباه است",
    418: "اعتبار حساب شما کافی نیست",
    419: "طول آرایهٔ متن و گیرنده و فرستنده هم‌اندازه نیست",
    424: "الگوی مورد نظر پیدا نشد",
    429: "درخواست‌ها بیش از حد مجاز است",
    431: "ساختار کد صحیح نمی‌باشد",
    432: "پارامتر کد در متن پیام پیدا نشد",
    451: "درخواست بیش از حد از این نشانی",
}

STATUS_TEXT: dict[int, str] = {
    1: "در صف ارسال",
    2: "زمان‌بندی شده",
    5: "ارسال به مخابرات",
    6: "خطا در ارسال پیام",
    10: "رسیده به گیرنده",
    11: "نرسیده به گیرنده",
    13: "لغو شده",
    14: "بلاک شده",
    50: "دریافت شده",
    100: "شناسهٔ پیامک نامعتبر است",
}


class Refusal(Exception):
    """The provider says no; the code stands in the body and is the HTTP status too."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def envelope(code: int, entries: object) -> JsonObject:
    """The shape of every answer; entries are null when the call was refused."""
    message = MESSAGES.get(code, "عملیات ناموفق بود")
    return {"return": {"status": code, "message": message}, "entries": entries}
