"""What the pages say: short sentences for what was done, and names for what the trade calls by a
code."""

from __future__ import annotations

from collections.abc import Mapping

from eterno.domain.history import EventKind
from eterno.domain.orders import OrderState, ReviewReason

DONE: Mapping[str, str] = {
    "production": "In production.",
    "parcel": "The parcel is noted, and the buyer gets a letter.",
    "delivered": "Delivered.",
    "cancelled": "Cancelled. What was paid goes back.",
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
