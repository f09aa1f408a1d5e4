"""What came in and what goes out: messages of visitors, letters of the shop."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath

from eterno.application.outbox.retry_task import RetryTask
from eterno.application.ports.messages import MessageDesk
from eterno.application.ports.views import OutboxDesk
from eterno.domain.audit import Actor
from eterno.domain.errors import NotFound
from eterno.entrypoints.backoffice.asking import id_of
from eterno.entrypoints.backoffice.forms import Form
from eterno.entrypoints.backoffice.screens import HOME, Page, Screen
from eterno.entrypoints.http.given import Given

AT_ONCE = 30
STATES = ("dead", "due", "leased", "done")


@get("/messages", sync_to_thread=True)
def list_messages(
    screen: Given[Screen], asked: Given[Form], message_desk: Given[MessageDesk]
) -> Page:
    """What visitors wrote, the newest first."""
    messages = message_desk.latest(after=id_of(asked.text("after")), most=AT_ONCE)
    more = messages[-1].id if len(messages) == AT_ONCE else None
    return screen.page("messages.html", {"messages": messages, "more": more})


@get("/letters", sync_to_thread=True)
def list_letters(screen: Given[Screen], asked: Given[Form], outbox_desk: Given[OutboxDesk]) -> Page:
    """What the shop writes and does by itself, with its fate, the newest first."""
    state = asked.choice("state", ("", *STATES)) or None
    tasks = outbox_desk.tasks(state=state, after=id_of(asked.text("after")), most=AT_ONCE)
    more = tasks[-1].id if len(tasks) == AT_ONCE else None
    return screen.page("letters.html", {"tasks": tasks, "state": state or "", "more": more})


@post("/letters/{task:str}/retry", sync_to_thread=True)
def retry(
    task: FromPath[str],
    screen: Given[Screen],
    actor: Given[Actor],
    retry_task: Given[RetryTask],
) -> Page:
    """A dead one gets another chance."""
    id = id_of(task)
    if id is None:
        raise NotFound("Dead task")
    retry_task(actor, id)
    return screen.to(f"{HOME}/letters", said="retry")


POST = (list_messages, list_letters, retry)
