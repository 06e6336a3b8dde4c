"""What became of a delivery, as people read it: a word for its state, a sentence for its reason."""

from kernel.i18n import catalogue, translate_code
from notifiers.tables import UNCERTAIN, Delivery


def state_word(state: str) -> str:
    """«فرستاده شد», "Delivered", …"""
    return translate_code(f"delivery-state.{state}", {})


def channel_word(channel: str) -> str:
    """«پیامک», "E-mail", …; an unknown channel's own name."""
    code = f"channel-name.{channel}"
    return translate_code(code, {}) if code in catalogue("en") else channel


def situation(delivery: Delivery) -> str:
    """What was done about a text of unknown fate, and what one may do; empty for any other."""
    if delivery.state != UNCERTAIN:
        return ""
    if delivery.settled:
        how = "left"
    elif delivery.undecided:
        how = "undecided"
    else:
        how = "repeating" if delivery.permit else "asking"
    return translate_code(f"delivery-uncertain.{how}", {"questions": delivery.questions})


def policy_word(policy: str) -> str:
    """«دوباره بفرست», "Send it again", …"""
    return translate_code(f"when-unsure.{policy}", {})


def reason(delivery: Delivery) -> str:
    """Why a text has not gone or not arrived, and how to mend it; empty when there is nothing.

    Sentences are found under our own word, then under the provider's code for that channel.
    """
    return reason_of(delivery.channel, delivery.code, delivery.detail)


def reason_of(channel: str, code: str, detail: str = "") -> str:
    """The sentence of one code."""
    if not code:
        return ""
    facts = {"code": code, "detail": detail, "channel": channel_word(channel)}
    for key in (code, f"{channel}-code.{code}"):
        if key in catalogue("en"):
            return translate_code(key, facts)
    return translate_code("delivery.other-code", facts)
