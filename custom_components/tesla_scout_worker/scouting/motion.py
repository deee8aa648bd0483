"""Estimates from reads in a row: how far a car is, how fast, and since when it rests."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from ..gateways.fields import MOST_MINUTES_TO_FULL
from ..gateways.models import Connectivity, DriveSnapshot, VehicleSnapshot
from .geofence import PARKED_DRIFT, Home, distance

METRES_PER_MILE: Final = 1609.344

# Roads are about a third longer than the crow flies (the circuity of car trips).
AIR_SHARE: Final = 0.75

# In metres a second, straight line. On a detour round a river or in a jam a car comes
# nearer at walking pace or less. 25 km/h is the usual door-to-door speed in towns.
SLOWEST: Final = 0.3
USUAL: Final = 7.0

# 45 km/h: faster ways home from a stop are rare.
FAST: Final = 12.5

# 160 km/h in a straight line: nobody is home sooner.
FASTEST: Final = 45.0

# A speed measured over a few minutes is right to this fraction.
SPEED_ERROR: Final = 8

# Below this, a speed between two places means little.
SHORTEST_LEG: Final = timedelta(minutes=1)

# Owners report 10 to 30 idle minutes until a car sleeps (docs/lessons.md, T-20;
# TeslaMate waits for 21), and the state is known to a minute or two.
SHORTEST_IDLE: Final = timedelta(minutes=11)
LONGEST_IDLE: Final = timedelta(minutes=31)
IDLE_MARGIN: Final = timedelta(seconds=90)
IDLE_SAMPLES: Final = 5

# A car that should be home by now gets this long to park and to be plugged in, which
# most people do within six minutes. One read then shows both, within eight minutes.
SETTLE: Final = timedelta(minutes=6, seconds=30)

# People who plug in on arrival do so within about six minutes (shared trips, README), and
# the time of an arrival is known to half a minute at best.
PLUG_IN_TIME: Final = timedelta(minutes=7)
SOON: Final = timedelta(minutes=3)
SURE: Final = timedelta(minutes=2)

# The time of a wake is known to the minute between two polls.
WAKING_ERROR: Final = timedelta(seconds=30)

# A car loses its GPS fix at the entrance of a garage, and parks within this.
GARAGE: Final = timedelta(minutes=2)

# Our clock and the car's may differ by this. A position from later than that is of a
# clock that is wrong, and its time says nothing.
CLOCK_ERROR: Final = timedelta(minutes=5)


# What is expected lies within this: a cable or a departure within hours, the end of a
# charge within MOST_MINUTES_TO_FULL. A later time is from a clock that was ahead.
FARTHEST: Final = timedelta(days=1)
FARTHEST_FULL: Final = timedelta(minutes=MOST_MINUTES_TO_FULL)

# In metres: no place on Earth is farther away.
HALF_EARTH: Final = 20_040_000.0


@dataclass(frozen=True, kw_only=True, slots=True)
class MotionEstimate:
    """Where a car goes and when it rests, as estimated from the reads so far.

    Attributes:
        online_since: When it was first seen online in the present stretch (UTC).
        slept: Whether it has slept since the last read.
        metres: How far from home it was at the last read, in a straight line.
        speed: How fast it went last, in metres a second in a straight line.
        inbound: Whether it had come closer to home.
        full_at: When its charge should end (UTC).
        plug_at: When it should be plugged in after it came home (UTC).
        leaves_at: When it should be driving after a hint that it was unplugged (UTC).
        same_reads: Reads in a row that found it as before, without a sleep in between.
        idles: How long it stayed awake after the last reads that found it idle. This is
            the one thing that is learnt.
    """

    online_since: datetime | None = None
    slept: bool = False
    metres: float | None = None
    speed: float = USUAL
    inbound: bool = False
    full_at: datetime | None = None
    plug_at: datetime | None = None
    leaves_at: datetime | None = None
    same_reads: int = 0
    idles: tuple[timedelta, ...] = ()

    @property
    def idle_time(self) -> timedelta:
        """How long an idle car stays awake after a read, at least 11 min, at most 31.

        A car that is still awake after that is doing something. Until it has been seen
        to fall asleep this is the minimum: a car must not come home and fall asleep
        there between two reads, since a car that sleeps cannot be read.
        """
        if not self.idles:
            return SHORTEST_IDLE
        return min(max(*self.idles, SHORTEST_IDLE) + IDLE_MARGIN, LONGEST_IDLE)

    @property
    def way_home(self) -> timedelta | None:
        """How long the way home takes at the last speed; None if nothing is known."""
        return None if self.metres is None else self.travel_time(self.speed)

    def travel_time(self, speed: float) -> timedelta:
        """Return how long the way home takes at a straight-line speed in metres a second."""
        metres = min(self.metres or 0.0, HALF_EARTH)
        return timedelta(seconds=metres / max(speed, SLOWEST))

    def believable(self, now: datetime) -> MotionEstimate:
        """Return the estimate without times that cannot be.

        Such times are from a clock that was ahead, or from a store that somebody wrote,
        and would keep the car from being read for years.
        """
        motion = self
        if self.online_since is not None and self.online_since > now:
            motion = replace(motion, online_since=now)
        if _beyond(self.full_at, now + FARTHEST_FULL):
            motion = replace(motion, full_at=None)
        if _beyond(self.plug_at, now + FARTHEST):
            motion = replace(motion, plug_at=None)
        if _beyond(self.leaves_at, now + FARTHEST):
            motion = replace(motion, leaves_at=None)
        return motion

    def after_poll(
        self,
        connectivity: Connectivity | None,
        now: datetime,
        idle_from: datetime | None,
    ) -> MotionEstimate:
        """Return the estimate after a poll.

        Args:
            connectivity: As the poll says. A lost signal is no sleep; None changes
                nothing.
            now: The time of the poll (UTC).
            idle_from: When the last read found the car idle; None: it did not.
        """
        match connectivity:
            case Connectivity.ONLINE if self.online_since is None:
                return replace(self, online_since=now)
            case Connectivity.ASLEEP if not self.slept or self.online_since is not None:
                slept = replace(
                    self,
                    online_since=None,
                    slept=True,
                    plug_at=None,
                    leaves_at=None,
                    metres=self._nearer(now),
                )
                if idle_from is None or self.online_since is None or self.slept:
                    return slept
                return _having_idled(slept, now - idle_from)
            case Connectivity.OFFLINE if self.online_since is not None:
                return replace(self, online_since=None)
        return self

    def after_read(
        self, before: VehicleSnapshot | None, found: VehicleSnapshot, home: Home | None
    ) -> MotionEstimate:
        """Return the estimate after a read, without ``plug_at``."""
        metres = _from_home(found.drive, home)
        minutes = found.charge.minutes_to_full
        motion = replace(
            self,
            slept=False,
            metres=metres,
            speed=self._speed(before, found),
            inbound=None not in (metres, self.metres)
            and (metres or 0.0) < (self.metres or 0.0),
            full_at=None
            if minutes is None or not found.is_charging
            else found.seen_at + timedelta(minutes=minutes),
            plug_at=None,
            leaves_at=None,
        )
        if before is None or not self._same(before, found):
            return replace(motion, same_reads=0)
        if self.plug_at is not None:
            # This read was for the cable, too early to say whether the car rests.
            return motion
        motion = replace(motion, same_reads=self.same_reads + 1)
        stayed = found.seen_at - before.seen_at
        if found.is_charging or stayed < self.idle_time - IDLE_MARGIN:
            return motion
        # It was idle all this time, and is still awake.
        return _having_idled(motion, LONGEST_IDLE)

    def plug_check_at(self, before: datetime | None, now: datetime) -> datetime | None:
        """Return when to check for a cable on a car that was found at home without one.

        The arrival of a car that was driving home at ``before`` follows from its speed;
        if there was time to plug in since, no check is needed (None). Any other car
        arrived between the earliest possible time and now, taken as the middle.
        """
        if self.slept:
            before = self.online_since
        if before is None or self.way_home is None:
            return now + PLUG_IN_TIME
        since = max(timedelta(0), now - before - self.way_home)
        wait = PLUG_IN_TIME - since
        if self.inbound and not self.slept:
            wait += self.way_home / SPEED_ERROR
            return now + wait if wait > SURE else None
        return now + max(SOON, PLUG_IN_TIME - since / 2)

    def _nearer(self, now: datetime) -> float | None:
        """Return how far away a car may be that falls asleep without having been read.

        It may have come nearer since it woke.
        """
        if not self.slept or self.online_since is None or self.metres is None:
            return self.metres
        return max(0.0, self.metres - FAST * (now - self.online_since).total_seconds())

    def _same(self, before: VehicleSnapshot, found: VehicleSnapshot) -> bool:
        """Return whether a car is parked as at the read before, and has not slept since."""
        if self.slept or before.drive.is_driving or found.drive.is_driving:
            return False
        if (before.charge.plugged_in, before.is_charging) != (
            found.charge.plugged_in,
            found.is_charging,
        ):
            return False
        here, there = before.drive.position, found.drive.position
        return here is None or there is None or distance(here, there) < PARKED_DRIFT

    def _speed(self, before: VehicleSnapshot | None, found: VehicleSnapshot) -> float:
        """Return the straight-line speed of a car, in metres a second.

        From two positions, if it drove all the way between them; else from its
        speedometer, which shows the momentary speed on the road.
        """
        drive = found.drive
        if not drive.is_driving:
            return self.speed
        since = None if before is None else before.seen_at
        if self.slept and self.online_since is not None:
            since = self.online_since - WAKING_ERROR
        here = None if before is None else before.drive.position
        drove = before is not None and before.drive.is_driving is not self.slept
        if since is not None and here is not None and drive.position and drove:
            time = found.seen_at - since
            if time > SHORTEST_LEG:
                return max(
                    SLOWEST, distance(here, drive.position) / time.total_seconds()
                )
        if drive.speed:
            road = drive.speed * METRES_PER_MILE / 3600
            return max(SLOWEST, road * AIR_SHARE)
        return USUAL


def _beyond(at: datetime | None, latest: datetime) -> bool:
    """Return whether a time is later than it can be."""
    return at is not None and at > latest


def with_believed_position(
    found: VehicleSnapshot, since: datetime | None
) -> tuple[VehicleSnapshot, datetime | None]:
    """Return a read without an outdated position, and since when positions count.

    Without GPS, a car goes on to send the last position that it measured. That is right
    while it stands there. It is not after the car was seen driving or somewhere else
    since. A position whose time is unknown is believed.

    Args:
        found: The read.
        since: A position from before this (UTC, the car's clock) is outdated.
    """
    drive = found.drive
    latest, measured = found.seen_at + CLOCK_ERROR, drive.position_at
    if since is not None and since > latest:
        since = None
    if measured is not None and drive.position is not None and measured <= latest:
        if since is not None and measured < since:
            found = found.without_position()
        else:
            since = measured
    if drive.is_driving and drive.sent_at is not None and drive.sent_at <= latest:
        left = drive.sent_at - GARAGE
        since = left if since is None else max(since, left)
    return found, since


def _from_home(drive: DriveSnapshot, home: Home | None) -> float | None:
    """Return how far from the middle of home a car is, in metres in a straight line."""
    if home is None or drive.position is None:
        return None
    return distance(home.position, drive.position)


def _having_idled(motion: MotionEstimate, time: timedelta) -> MotionEstimate:
    """Return an estimate with one more time that the car stayed awake."""
    idles = (*motion.idles, min(time, LONGEST_IDLE))
    return replace(motion, idles=idles[-IDLE_SAMPLES:])
