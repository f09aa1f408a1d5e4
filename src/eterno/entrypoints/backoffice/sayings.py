"""What the pages say: short sentences for what was done, and names for what the trade calls by a
code."""

from __future__ import annotations

from collections.abc import Mapping

from eterno.application.letters.digests import LOW_STOCK, WEEK
from eterno.domain.disputes import DisputeStage, DisputeState
from eterno.domain.history import EventKind
from eterno.domain.orders import OrderState, ReviewReason

DONE: Mapping[str, str] = {
    "production": "In production.",
    "parcel": "The parcel is noted, and the buyer gets a letter.",
    "delivered": "Delivered.",
    "cancelled": "Cancelled. What was paid goes back.",
    "cancelled-claimed": "Cancelled. The money does not go back: the buyer's bank has claimed it.",
    "note": "Noted.",
    "closed": "Closed. Its money was given back at the payment service.",
    "accepted": "Accepted: it is sold for what came.",
    "refunding": "The refund is on its way to the payment service.",
    "counted": "Counted.",
    "delivery": "The delivery is on the shelf.",
    "corrected": "Corrected.",
    "product": "Saved.",
    "archived": "Gone from the shop.",
    "variant": "Saved.",
    "sorted": "The categories are saved.",
    "category": "The category is saved.",
    "no-category": "The category is gone; its products stay.",
    "retry": "It will be tried again within moments.",
    "admin": "She can sign in now.",
    "no-admin": "She can no longer sign in.",
    "password": "The password is changed. Please sign in with the new one.",
    "left": "You are signed out.",
    "left-everywhere": "You are signed out everywhere.",
}
"""By the code that stands in the address after something was done."""

STATES: Mapping[OrderState, str] = {
    OrderState.AWAITING: "Not paid yet",
    OrderState.PENDING: "Payment on its way",
    OrderState.PAID: "To make",
    OrderState.IN_PRODUCTION: "In production",
    OrderState.SHIPPED: "Shipped",
    OrderState.DELIVERED: "Delivered",
    OrderState.CANCELLED: "Cancelled",
    OrderState.REVIEW: "Your decision",
    OrderState.EXPIRED: "Never paid",
    OrderState.FAILED: "Payment failed",
}

REVIEWS: Mapping[ReviewReason, str] = {
    ReviewReason.STOCK_GONE: "It was paid after its hold had ended, and the pieces are sold.",
    ReviewReason.AMOUNT_MISMATCH: "What was paid is not what it costs.",
    ReviewReason.CURRENCY_MISMATCH: "It was paid in another currency.",
}

STAGES: Mapping[DisputeStage, str] = {
    DisputeStage.INQUIRY: "An inquiry: the bank only asks",
    DisputeStage.CHARGEBACK: "A chargeback: the bank claims the money",
    DisputeStage.APPEAL: "An appeal: the shop does not accept the loss",
}

DISPUTES: Mapping[DisputeState, str] = {
    DisputeState.NEEDS_RESPONSE: "It needs your answer",
    DisputeState.UNDER_REVIEW: "The bank decides",
    DisputeState.WON: "Won: the money stays here",
    DisputeState.LOST: "Lost: the money is gone",
    DisputeState.CLOSED: "It came to nothing",
}

EVENTS: Mapping[EventKind, str] = {
    EventKind.PLACED: "Placed",
    EventKind.PENDING: "Payment on its way",
    EventKind.PAID: "Paid",
    EventKind.REVIEW: "Needs a decision",
    EventKind.FAILED: "Payment failed",
    EventKind.EXPIRED: "Not paid in time",
    EventKind.IN_PRODUCTION: "In production",
    EventKind.PARCEL: "Parcel sent",
    EventKind.SHIPPED: "All of it is on its way",
    EventKind.DELIVERED: "Delivered",
    EventKind.CANCELLED: "Cancelled",
    EventKind.NOTE: "Note",
    EventKind.REFUND_REQUESTED: "Refund asked for",
    EventKind.REFUND_SUCCEEDED: "Refunded",
    EventKind.REFUND_FAILED: "Refund failed",
    EventKind.DISPUTE: "Dispute",
    EventKind.FRAUD_WARNING: "The card may be stolen",
    EventKind.FORGOTTEN: "The buyer was forgotten",
}

TASKS: Mapping[str, str] = {
    "confirm_order": "Tell the buyer that she has paid",
    "report_sale": "Tell you of a sale",
    "confirm_promise": "Tell the buyer that her payment is on its way",
    "regret_failure": "Tell the buyer that her payment failed",
    "explain_review": "Tell the buyer that you look at her order",
    "ask_owner": "Ask you to decide",
    "announce_parcel": "Tell the buyer of her parcel",
    "explain_cancellation": "Tell the buyer that her order is cancelled",
    "confirm_refund": "Tell the buyer that her money went back",
    "report_failed_refund": "Tell you that a refund failed",
    "report_dispute": "Tell you of a dispute",
    "report_stray_payment": "Tell you of money that fits no order",
    "pass_alert_on": "Pass on what the payment service warns of",
    "forward_message": "Pass a visitor's message on to you",
    LOW_STOCK: "Tell you what runs low",
    WEEK: "Tell you how the week went",
    "pay_back": "Give money back",
    "remove_picture": "Remove a picture",
}
"""What the shop writes and does by itself, by the name that it has in the outbox."""

GIVEN_UP: Mapping[str, tuple[str, str]] = {
    "pay_back": ("refund could not be made", "refunds could not be made"),
    "remove_picture": ("picture could not be removed", "pictures could not be removed"),
}
"""What is said of one and of many of them that came to nothing, where they are no letters."""

LETTERS_GIVEN_UP = ("letter could not be sent", "letters could not be sent")
