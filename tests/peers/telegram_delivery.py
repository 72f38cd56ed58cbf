"""How updates reach a bot: kept until it fetches them, or posted to its webhook in one ordered lane per chat."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import aiohttp

from tests.peers.bot_api_rules import BotApiError
from tests.peers.faults import PATIENCE, Watch
from tests.peers.loopback import Reply

DROPPED_AFTER = 24 * 3600  # provider's seconds
CALLBACK_DROPPED_AFTER = 150
LONGEST_WAIT = 120
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
_TERMINATED = "Conflict: terminated by {}"


class Lane(NamedTuple):
    """Callback queries travel in a lane of their own, and may overtake messages."""

    chat_id: int
    callbacks: bool


@dataclass(slots=True, eq=False)
class Update:
    """What happened, on its way to the bot. `statuses` are the answers of the webhook, None for none at all."""

    serial: int
    body: dict[str, Any]
    lane: Lane
    made: float
    statuses: list[int | None] = field(default_factory=list)
    fetched: bool = False
    delivered: bool = False
    dropped: bool = False

    @property
    def update_id(self) -> int:
        return int(self.body["update_id"])


@dataclass(slots=True)
class Webhook:
    url: str = ""
    secret_token: str = ""
    max_connections: int = 40
    last_error: dict[str, Any] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        secret = {"X-Telegram-Bot-Api-Secret-Token": self.secret_token} if self.secret_token else {}
        return {"Content-Type": "application/json", **secret}


class Deliveries:
    """The updates that wait, and the one way by which they leave at a time."""

    def __init__(
        self,
        post: Callable[[str, bytes, Mapping[str, str], aiohttp.ClientTimeout], Awaitable[Reply]],
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        watch: Watch,
        second: float,
        patience: float,
        answered: Callable[[Reply], Awaitable[None]],
    ) -> None:
        self._post = post
        self._spawn = spawn
        self._watch = watch
        self._answered = answered
        self.second = second
        self.patience = patience
        self.webhook = Webhook()
        self.allowed: set[str] | None = None
        self.waiting: deque[Update] = deque()  # to be fetched
        self._lanes: dict[Lane, deque[Update]] = {}  # to be posted
        self._drains: dict[Lane, asyncio.Task[None]] = {}
        self._open_posts = asyncio.Semaphore(self.webhook.max_connections)
        self._poller: asyncio.Future[BotApiError | None] | None = None
        self._serials = itertools.count(1)
        self._next_update_id = 100_000_001

    # In

    def restart_update_ids(self, at: int) -> None:
        self._next_update_id = at

    def add(self, body: dict[str, Any], lane: Lane) -> Update:
        """Gives it an `update_id` unless it has one, and sends it on its way, if the bot wants such updates."""
        if "update_id" not in body:
            body = {"update_id": self._next_update_id, **body}
            self._next_update_id += 1
        update = Update(next(self._serials), body, lane, asyncio.get_running_loop().time())
        kinds = body.keys() - {"update_id"}
        if kinds and not self._wanted(next(iter(kinds))):
            update.dropped = True
        else:
            self._send_off(update)
        return update

    def _wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    def _send_off(self, update: Update) -> None:
        if not self.webhook.url:
            self.waiting.append(update)
            if self._poller is not None and not self._poller.done():
                self._poller.set_result(None)
            return
        lane = self._lanes.get(update.lane)
        if lane is None:
            self._lanes[update.lane] = deque([update])
            self._drains[update.lane] = self._spawn(self._drain(update.lane))
        else:
            lane.append(update)

    @property
    def pending(self) -> int:
        return len(self.waiting) + sum(len(lane) for lane in self._lanes.values())

    def until_quiet(self, timeout: float = PATIENCE) -> Coroutine[Any, Any, bool]:
        return self._watch.until(
            lambda: not self.pending,
            timeout,
            key="delivered",
            otherwise=lambda: f"{self.pending} updates have not been delivered",
        )

    def until_delivered(self, update: Update, timeout: float = PATIENCE) -> Coroutine[Any, Any, bool]:
        return self._watch.until(
            lambda: update.delivered,
            timeout,
            key="delivered",
            otherwise=lambda: f"{update} has not been delivered",
        )

    # Out, fetched

    async def fetch(self, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """Whoever fetches last wins: a poll that is still open ends with 409."""
        if self.webhook.url:
            raise BotApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self._end_poll("other getUpdates request; make sure that only one bot instance is running")
        self._confirm(offset)
        if not self.waiting and seconds > 0:
            self._poller = poller = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(seconds):
                    ended_by = await poller
            except TimeoutError:
                ended_by = None
            finally:
                if self._poller is poller:
                    self._poller = None
            if ended_by is not None:
                raise ended_by
        fetched = list(itertools.islice(self.waiting, max(1, min(limit, 100))))
        for update in fetched:
            update.fetched = True
        return [update.body for update in fetched]

    def _end_poll(self, by: str) -> None:
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(BotApiError(409, _TERMINATED.format(by)))

    def _confirm(self, offset: int) -> None:
        """What was fetched and lies before the offset is done. What was never fetched is not, whatever its id: ids may
        have started anew. A negative offset keeps only so many of the newest."""
        done: list[Update] = []
        if offset < 0:
            done = [self.waiting.popleft() for _ in range(len(self.waiting) + offset)]
        while offset > 0 and self.waiting and self.waiting[0].fetched and self.waiting[0].update_id < offset:
            done.append(self.waiting.popleft())
        for update in done:
            update.delivered = True
        if done:
            self._watch.changed("delivered")

    # Out, posted

    def use_webhook(self, webhook: Webhook) -> None:
        """Takes back what is under way and sends it the new way; an empty address means that the bot fetches."""
        self._end_poll("setWebhook request")
        undelivered = sorted([*self.waiting, *itertools.chain(*self._lanes.values())], key=lambda each: each.serial)
        for task in self._drains.values():
            task.cancel()
        self._drains, self._lanes, self.waiting = {}, {}, deque()
        self.webhook = webhook
        self._open_posts = asyncio.Semaphore(webhook.max_connections)
        for update in undelivered:
            self._send_off(update)

    def forget(self) -> None:
        """`drop_pending_updates`."""
        for update in (*self.waiting, *itertools.chain(*self._lanes.values())):
            update.dropped = True
        for task in self._drains.values():
            task.cancel()
        self._drains, self._lanes, self.waiting = {}, {}, deque()

    async def _drain(self, key: Lane) -> None:
        lane = self._lanes[key]
        while lane:
            await self._deliver(lane[0])
            lane.popleft()
            self._watch.changed("delivered")
        del self._lanes[key], self._drains[key]
        self._watch.changed("delivered")

    async def _deliver(self, update: Update) -> None:
        """At once, at once again, then after 2, 4, 8 … seconds or as Retry-After asks."""
        lasts = CALLBACK_DROPPED_AFTER if update.lane.callbacks else DROPPED_AFTER
        body = json.dumps(update.body, ensure_ascii=False).encode()
        for attempt in itertools.count():
            reply = await self._post_once(update, body)
            if reply is not None and 200 <= reply.status < 300:
                update.delivered = True
                await self._answered(reply)
                return
            wait = float(min(2**attempt, LONGEST_WAIT) if attempt else 0)
            asked = reply.headers.get("Retry-After", "") if reply is not None else ""
            if asked.isdigit():
                wait = float(asked)
            age = (asyncio.get_running_loop().time() - update.made) / self.second
            if age + wait > lasts:
                update.dropped = True
                return
            await asyncio.sleep(wait * self.second)

    async def _post_once(self, update: Update, body: bytes) -> Reply | None:
        limits = aiohttp.ClientTimeout(total=self.patience)
        try:
            async with self._open_posts:
                reply = await self._post(self.webhook.url, body, self.webhook.headers, limits)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            update.statuses.append(None)
            self._note_error(f"Connection failed: {type(error).__name__}")
        else:
            update.statuses.append(reply.status)
            if not 200 <= reply.status < 300:
                self._note_error(f"Wrong response from the webhook: {reply.status}")
            self._watch.changed("posted")
            return reply
        self._watch.changed("posted")
        return None

    def _note_error(self, what: str) -> None:
        self.webhook.last_error = {"last_error_message": what}
