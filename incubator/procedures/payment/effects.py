"""What a payment's decisions do to the tranche and to the money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from incubator.engine.effects import EffectContext, effect
from incubator.services.projects.accounts import Occasion
from incubator.services.projects.payments import request_payment, send_payment, settle_payment, take_back_payment


@effect("payment.request")
def request(context: EffectContext) -> Mapping[str, Any]:
    """The tranche is asked for."""
    return request_payment(context.connection, context.case)


@effect("payment.send")
def send(context: EffectContext) -> Mapping[str, Any]:
    """The voucher sends the money on its way."""
    return send_payment(context.connection, context.case, _occasion(context, str(context.data["voucher_number"])))


@effect("payment.settle")
def settle(context: EffectContext) -> Mapping[str, Any]:
    """The bank has paid; the next tranche that is open may be asked for."""
    return settle_payment(context.connection, context.case, context.policy, _occasion(context))


@effect("payment.take_back")
def take_back(context: EffectContext) -> Mapping[str, Any]:
    """The bank has returned the money."""
    return take_back_payment(context.connection, context.case, _occasion(context, str(context.data["reason"])))


def _occasion(context: EffectContext, memo: str = "") -> Occasion:
    return Occasion(
        context.actor, context.now, context.effective_on, context.case.id, memo or context.comment
    )  # fmt: skip
