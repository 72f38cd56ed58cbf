"""Sends what the outbox holds: leases the next row of each recipient, hands it to its channel, records what happened.

A recipient's messages go one after another, different recipients side by side, at the pace their provider allows. One
transaction records the last round, takes in the providers' reports and leases the next. What was just written is known
by being told (`wake`); a sweep finds the rest: retries that are due, what other processes wrote, what dead ones left.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial

import structlog

from bot.channels.channel import Channel
from bot.pace import Pacer
from bot.writer import Writer, again_on_conflict
from handlers import messages, sending
from handlers.messages import Address
from handlers.office import Office
from handlers.parcels import Found, Later, Outcome, Parcel, Sent, Status, Uncertain
from handlers.sending import Doubt
from storage.database import DatabaseUnavailableError, is_away

AT_ONCE = 64  # messages of one channel on their way
ROUND = 0.05  # seconds from one round to the next when there is much to do: each is a commit, for which all wait
CROWD = 4  # results and messages in a round from which on there is much to do
SWEEP = 1.0  # seconds between looks at what is due
OFTEN = 0.2  # seconds between them at least, however often it is said that something was written
LAST_WORDS = 1.8  # seconds that messages on their way get when the program stops
_LOOK_UPS = 8
_EARLY = 10_000  # reports that wait for the sending they are about
_THROTTLED = 1.0  # seconds to wait when a provider says too many and not how long

log = structlog.get_logger()

_Reported = tuple[Status, "asyncio.Future[None] | None"]


class Sender:
    """One per process. Start `run` as a task; cancel it to stop: what is on its way is finished and recorded."""

    def __init__(
        self,
        office: Office,
        channels: Mapping[messages.Channel, Channel],
        writer: Writer,
        told: Callable[[Mapping[int, Address]], None],
        counted: Callable[[Parcel, Outcome], None] = lambda _parcel, _outcome: None,
        *,
        alone: bool = True,
        sharers: Callable[[], int] = lambda: 1,
    ) -> None:
        """told: which conversations have changed; counted: each try.

        alone: no other process can send from here. sharers: how many do now, this one too.
        """
        self._office = office
        self._channels = channels
        self._writer = writer
        self._told = told
        self._counted = counted
        self._alone = alone
        now = time.monotonic()
        self._pacers = {name: Pacer(channel.pace, now, sharers) for name, channel in channels.items()}
        self._ready: dict[messages.Channel, dict[int, None]] = {name: {} for name in channels}
        self._later: list[tuple[float, messages.Channel, int]] = []  # a heap of who may be sent to when
        self._sending: dict[asyncio.Task[None], Parcel] = {}
        self._busy: set[int] = set()
        self._again: set[int] = set()  # busy ones that were woken meanwhile
        self._results: list[tuple[Parcel, Outcome]] = []
        self._reports: list[_Reported] = []
        self._early: dict[str, list[Status]] = {}
        self._news = asyncio.Event()
        self._looked = asyncio.Event()
        self._asking: asyncio.Task[None] | None = None
        self._rested_at = now
        self._busy_round = False
        self._stopping = False

    def wake(self, recipients: Iterable[tuple[int, messages.Channel]]) -> None:
        """These conversations have something to be sent."""
        for conversation, channel in recipients:
            if channel in self._ready:
                self._ready[channel][conversation] = None
        self._news.set()

    def look(self) -> None:
        """Somebody wrote to the outbox without saying to whom: sweep now."""
        self._looked.set()

    async def report(self, statuses: Sequence[Status]) -> None:
        """Takes in what a provider reports; kept when this returns. Raises what the database raised when it was not."""
        futures = []
        for status in statuses:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._reports.append((status, future))
            futures.append(future)
        self._news.set()
        await asyncio.gather(*futures)

    async def run(self) -> None:
        sweeping = asyncio.create_task(self._sweep())
        work: asyncio.Task[None] | None = None
        try:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._patience()):
                        await self._news.wait()
                await asyncio.sleep(self._rested_at - time.monotonic())
                self._news.clear()
                work = asyncio.create_task(self._round())
                await asyncio.shield(work)
                self._rested_at = time.monotonic() + (ROUND if self._busy_round else 0.0)
        finally:
            self._stopping = True
            for task in (sweeping, self._asking):
                if task:
                    task.cancel()
            await asyncio.gather(sweeping, return_exceptions=True)
            if work:
                await work
            await self._finish()

    async def _finish(self) -> None:
        """Messages on their way get a moment; what is still out then may or may not arrive, and is noted as such."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=LAST_WORDS)
        for task in list(self._sending):
            task.cancel()
        if self._sending:
            await asyncio.wait(self._sending)
        await self._round()
        await self._round()  # reports that waited for what was just recorded

    # ------------------------------------------------------------ a round

    async def _round(self) -> None:
        results, self._results = self._results, []
        reports, self._reports = self._reports, []
        chosen = [] if self._stopping else self._choose()
        self._busy_round = len(results) + len(reports) + len(chosen) >= CROWD
        if not (results or reports or chosen):
            return
        statuses = [status for status, _ in reports]
        recipients = [conversation for conversation, _ in chosen]
        try:
            made = await self._writer.run(_exchange, self._office, results, statuses, recipients)
        except Exception as error:
            log.exception("outbox not written", results=len(results), error=type(error).__name__)
            self._postpone(results, reports, chosen, error)
            if not self._stopping:
                await asyncio.sleep(SWEEP)
            return
        for _, future in reports:
            if future and not future.done():
                future.set_result(None)
        self._start(made, dict(chosen))
        self._match(made, results)
        self._told(made.changed)

    def _choose(self) -> list[tuple[int, messages.Channel]]:
        """Who is sent to next, as far as the pace allows."""
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            _, channel, conversation = heapq.heappop(self._later)
            self._ready[channel][conversation] = None
        chosen: list[tuple[int, messages.Channel]] = []
        for channel, ready in self._ready.items():
            pacer = self._pacers[channel]
            room = min(pacer.room(now), AT_ONCE - sum(p.address.channel == channel for p in self._sending.values()))
            for conversation in list(ready):
                if room <= 0:
                    break
                if conversation in self._busy:
                    del ready[conversation]
                    self._again.add(conversation)
                    continue
                if (at := pacer.wait_for(conversation, now)) > now:
                    del ready[conversation]
                    heapq.heappush(self._later, (at, channel, conversation))
                    continue
                del ready[conversation]
                self._busy.add(conversation)
                chosen.append((conversation, channel))
                room -= 1
        return chosen

    def _start(self, made: sending.Exchange, chosen: Mapping[int, messages.Channel]) -> None:
        now = time.monotonic()
        for parcel in made.parcels:
            channel = parcel.address.channel
            self._pacers[channel].spend(parcel.conversation_id, now)
            task = asyncio.create_task(self._send(parcel, more=parcel.conversation_id in made.more))
            self._sending[task] = parcel
            task.add_done_callback(self._sending.pop)
        sent_to = {parcel.conversation_id for parcel in made.parcels}
        for conversation, channel in chosen.items():
            if conversation not in sent_to:
                self._busy.discard(conversation)
                if conversation in made.more:
                    self.wake([(conversation, channel)])

    async def _send(self, parcel: Parcel, *, more: bool) -> None:
        channel = parcel.address.channel
        outcome: Outcome = Uncertain("interrupted")
        try:
            outcome = await self._channels[channel].send(parcel)
        except Exception as error:
            log.exception("sending failed", outbox_id=parcel.id, channel=channel, error=type(error).__name__)
            outcome = Uncertain(type(error).__name__)
        finally:
            self._results.append((parcel, outcome))
            self._busy.discard(parcel.conversation_id)
            if isinstance(outcome, Later) and outcome.throttled:
                wait = outcome.after if outcome.after is not None else _THROTTLED
                self._pacers[channel].throttled(parcel.conversation_id, wait, time.monotonic())
            if more or parcel.conversation_id in self._again or not isinstance(outcome, Sent):
                self._again.discard(parcel.conversation_id)
                self._ready[channel][parcel.conversation_id] = None
            self._counted(parcel, outcome)
            self._news.set()

    def _match(self, made: sending.Exchange, results: Sequence[tuple[Parcel, Outcome]]) -> None:
        """A report may come before the answer that names the message: it waits for that."""
        for status in made.unmatched:
            self._early.setdefault(status.provider_id, []).append(status)
        for _, outcome in results:
            if isinstance(outcome, Sent) and (early := self._early.pop(outcome.provider_id, None)):
                self._reports += [(status, None) for status in early]
                self._news.set()
        while len(self._early) > _EARLY:
            del self._early[next(iter(self._early))]

    def _postpone(
        self,
        results: list[tuple[Parcel, Outcome]],
        reports: Sequence[_Reported],
        chosen: Sequence[tuple[int, messages.Channel]],
        error: Exception,
    ) -> None:
        """The database is away: what was sent stays in memory until it can be recorded."""
        self._results = results + self._results
        self._reports = [(status, None) for status, _ in reports][:_EARLY] + self._reports  # nobody sends them again
        for _, future in reports:
            if future and not future.done():
                future.set_exception(error)
        self._busy -= {conversation for conversation, _ in chosen}
        self.wake(chosen)

    def _patience(self) -> float:
        """Seconds until somebody may be sent to, news or not."""
        now = time.monotonic()
        times = [self._pacers[channel].next_room(now) for channel, ready in self._ready.items() if ready]
        if self._later:
            times.append(self._later[0][0])
        return max(0.005, min(times, default=now + SWEEP) - now)

    # ------------------------------------------------------------ a sweep

    async def _sweep(self) -> None:
        alone = self._alone
        while True:
            try:
                found = await self._writer.run(sending.sweep, self._office, tuple(self._channels), alone=alone)
                alone = False
                self.wake(found.recipients)
                if found.doubts and (self._asking is None or self._asking.done()):
                    self._asking = asyncio.create_task(self._look_up(found.doubts))  # a provider may take its time
            except DatabaseUnavailableError as error:
                log.debug("outbox not read", error=type(error).__name__)  # the intake says once that it is away
            except Exception as error:
                log.exception("sweep failed", error=type(error).__name__)  # without it nothing would be tried again
            await asyncio.sleep(OFTEN)
            with suppress(TimeoutError):
                async with asyncio.timeout(SWEEP - OFTEN):
                    await self._looked.wait()
            self._looked.clear()

    async def _look_up(self, doubts: Sequence[Doubt]) -> None:
        """Ask the providers what became of messages that were cut off. What fails is found again by the next sweep."""
        places = asyncio.Semaphore(_LOOK_UPS)

        async def look_up(doubt: Doubt) -> tuple[Doubt, Found]:
            async with places:
                return doubt, await self._channels[doubt.parcel.address.channel].look_up(doubt.parcel, doubt.known)

        try:
            found = await asyncio.gather(*(look_up(doubt) for doubt in doubts))
            self.wake(await self._writer.run(_settle, self._office, found))
        except Exception as error:
            log.exception("doubts not settled", error=type(error).__name__)


def _exchange(
    office: Office, results: Sequence[tuple[Parcel, Outcome]], statuses: Sequence[Status], recipients: Sequence[int]
) -> sending.Exchange:
    """A round in one transaction. If the database refuses it, one for each part: what is refused costs only itself."""
    try:
        return again_on_conflict(sending.exchange, office, results, statuses, recipients)
    except Exception as error:
        if is_away(error):
            raise
        log.exception("round failed", results=len(results), error=type(error).__name__)
    made = sending.Exchange()
    for parcel, outcome in results:
        if not _done(partial(_add, made, office, results=[(parcel, outcome)]), outbox_id=parcel.id):
            _done(partial(sending.unrecorded, office, parcel), outbox_id=parcel.id)
    for status in statuses:
        _done(partial(_add, made, office, statuses=[status]), outbox_id=status.outbox_id)
    for index, recipient in enumerate(recipients):
        try:
            if not _done(partial(_add, made, office, recipients=[recipient]), conversation_id=recipient):
                _done(partial(sending.put_off, office, recipient), conversation_id=recipient)
        except DatabaseUnavailableError:
            made.more |= set(recipients[index:])  # those before have their parcels, which must go out
            break
    return made


def _settle(office: Office, found: Sequence[tuple[Doubt, Found]]) -> list[tuple[int, messages.Channel]]:
    """What the providers know of doubtful parcels, likewise."""
    recipients: list[tuple[int, messages.Channel]] = []

    def settle(some: Sequence[tuple[Doubt, Found]]) -> None:
        recipients.extend(sending.settle(office, some))

    if _done(partial(settle, found)):
        return recipients
    for doubt, answer in found:
        parcel = doubt.parcel
        if not _done(partial(settle, [(doubt, answer)]), outbox_id=parcel.id):
            _done(partial(sending.unrecorded, office, parcel), outbox_id=parcel.id)
    return recipients


def _add(
    made: sending.Exchange,
    office: Office,
    *,
    results: Sequence[tuple[Parcel, Outcome]] = (),
    statuses: Sequence[Status] = (),
    recipients: Sequence[int] = (),
) -> None:
    made.add(sending.exchange(office, results, statuses, recipients))


def _done(work: Callable[[], None], **ids: int | None) -> bool:
    """Whether it could be done. A database that is away raises."""
    try:
        again_on_conflict(work)
    except Exception as error:
        if is_away(error):
            raise
        log.exception("part of a round failed", error=type(error).__name__, **ids)
        return False
    return True
