"""After the storm: everybody is well again, and what was left undone is done."""

from __future__ import annotations

from datetime import timedelta

from eterno.application.orders.resolve_review import Decision
from eterno.domain.orders import HOLDING, OrderState
from tests.machine.operations import Fate
from tests.machine.stage import Stage, Violation
from tests.machine.truths import AT_REST, check

BY_COMPARING = "pay_back"
"""Nobody has to revive this task when it is dead: the comparison asks after its refund."""
LONGEST = 12
"""Rounds until everything is quiet: the outbox tries for two and a half hours."""


def recover(stage: Stage) -> None:
    """Half of what is under way dies, the rest ends. Then the worker does its work until nothing is
    left to do, and everything must be true. Raises `Violation`."""
    stage.line.moods.clear()
    stage.mailer.moods.clear()
    stage.stripe.refunds_take_time = False
    for place, operation in enumerate(list(stage.crew.operations)):
        if place % 2:
            stage.go(operation, Fate.DIE)
    while stage.crew.operations:
        stage.finish(stage.crew.operations[0])
    for _ in range(LONGEST):
        work(stage)
        if not undone(stage):
            break
        stage.wait(timedelta(minutes=32))
    else:
        raise Violation(f"it does not come to rest: {', '.join(undone(stage))}")
    stage.wait(timedelta(minutes=16))
    check(stage, AT_REST, quiet=True)
    stage.happened["recovery"] += 1


def work(stage: Stage) -> None:
    """What Stripe, the bank, the worker and the owner do in half an hour."""
    for session in stage.processing():
        stage.stripe.money_comes(session)
    for id, refund in stage.stripe.refunds.items():
        if refund["status"] == "pending":
            stage.stripe.end_refund(id, "succeeded")
    for event in stage.undelivered():
        stage.finish(stage.hear(event))
    for job in ("sweep", "reconcile"):
        stage.finish(stage.work_on(job))
    for order in stage.orders():
        if order.state is OrderState.REVIEW:
            stage.finish(stage.ask("decide", "resolve_review", order.id, Decision.REFUND))
    while stage.shop.deliver_outbox()():
        pass
    for task in stage.ground.outbox_desk.tasks(state="dead", most=1_000):
        if task.reaction != BY_COMPARING:
            with stage.ground.store.begin() as work:
                work.outbox.revive(task.id, work.now)
            stage.happened[f"revived {task.id}"] += 1
            stage.happened["revived"] += 1


def undone(stage: Stage) -> list[str]:
    """What somebody still has to do. Notices that are lost are nobody's task."""
    orders = [f"an order is {it.state}" for it in stage.orders() if it.state in HOLDING]
    tasks = [
        f"{task.reaction} is {task.state}"
        for task in stage.ground.outbox_desk.tasks(most=1_000)
        if task.state != "done" and (task.state, task.reaction) != ("dead", BY_COMPARING)
    ]
    notices = [f"{event.body['type']} is under way" for event in stage.undelivered()]
    return [*orders, *tasks, *notices, *(f"{id} is processing" for id in stage.processing())]
