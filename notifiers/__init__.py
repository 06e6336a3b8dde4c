"""Telling people: SMS, e-mail and in-app messages, their states, and the answers that come back.

`configure(config)` makes the channels; importing the package registers its jobs and sweeps.
"""

from notifiers import asking, inbox, kavenegar_sms, polling, queries, sending, smtp_mail
from notifiers.channels import Channel, channels, configure
from notifiers.events import (
    ChannelParked,
    ChannelResumed,
    DeliveryDecided,
    DeliveryReported,
    DeliverySettled,
    DeliveryUndecided,
    NoticePosted,
    ReplyReceived,
)
from notifiers.notices import mark_read, post_notice
from notifiers.notify import notify
from notifiers.operating import confirm_arrival, opt_in, opt_out, retry_delivery
from notifiers.parking import resume_channel
from notifiers.policy import decide_for_text
from notifiers.receiving import (
    read_callback,
    read_status_callback,
    receive_sms,
    report_status,
    secret_matches,
)
from notifiers.templates import (
    Preview,
    check_template,
    preview,
    store_template,
    template_exists,
)
from notifiers.wanted import Wanted

__all__ = [
    "Channel",
    "ChannelParked",
    "ChannelResumed",
    "DeliveryDecided",
    "DeliveryReported",
    "DeliverySettled",
    "DeliveryUndecided",
    "NoticePosted",
    "Preview",
    "ReplyReceived",
    "Wanted",
    "asking",
    "channels",
    "check_template",
    "configure",
    "confirm_arrival",
    "decide_for_text",
    "inbox",
    "kavenegar_sms",
    "mark_read",
    "notify",
    "opt_in",
    "opt_out",
    "polling",
    "post_notice",
    "preview",
    "queries",
    "read_callback",
    "read_status_callback",
    "receive_sms",
    "report_status",
    "resume_channel",
    "retry_delivery",
    "secret_matches",
    "sending",
    "smtp_mail",
    "store_template",
    "template_exists",
]
