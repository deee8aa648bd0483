"""What looks in a row tell of a car: how far it is, how fast, and since when it rests."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from ..gateways.models import Connectivity, DriveSnapshot, VehicleSnapshot
from .geofence import PARKED_DRIFT, Home, distance

METRES_PER_MILE: Final = 1609.344

# Roads are about a third longer than the crow flies (the circuity of car trips).
AIR_SHARE: Final = 0.75

# In metres a second by air. A way round a river or through a jam nears home at a walk or
# less, and a car of which nothing is known goes at 25 km/h, as cars in towns do from
# door to door.
SLOWEST: Final = 0.3
USUAL: Final = 7.0

# 45 km/h: faster ways home from a stop are rare.
FAST: Final = 12.5

# 160 km/h by air: nobody is home sooner.
FASTEST: Final = 45.0

# A speed that was seen over a few minutes is right to a part of so many.
SPEED_ERROR: Final = 8

# A speed between two places means little over less than that.
SHORTEST_LEG: Final = timedelta(minutes=1)

# Owners and peers report 10 to 30 idle minutes until a car sleeps (field-lessons.md,
# 2.3; TeslaMate waits for 21), and the state is known to a minute or two.
SHORTEST_IDLE: Final = timedelta(minutes=11)
LONGEST_IDLE: Final = timedelta(minutes=31)
IDLE_MARGIN: Final = timedelta(seconds=90)
IDLE_SAMPLES: Final = 5

# A car that should be home by now gets this long to park and to be plugged in, which
# most people do within six minutes: one look then tells both, within eight.
SETTLE: Final = timedelta(minutes=6, seconds=30)

# Who plugs in on coming home does so within about six minutes (shared trips, README), and
# when a car came is known to half a minute at best.
PLUG_IN_TIME: Final = timedelta(minutes=7)
SOON: Final = timedelta(minutes=3)
SURE: Final = timedelta(minutes=2)

# When a car woke is known to the minute between two free looks.
WAKING_ERROR: Final = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class MotionEstimate:
    """What the looks so far tell of where a car goes and when it rests.

    ``online_since`` (UTC) is when it was first seen online in the present stretch,
    ``slept`` whether it has slept since the last paid look. ``metres`` is how far from
    home it was then, by air, ``speed`` how fast it last went, in metres a
    second by air, and ``inbound`` whether it had come closer. ``full_at`` is when its
    charge should end, ``plug_at`` when a cable should be in after it came home, and
    ``leaves_at`` when it should be on its way after a wallbox told that it was unplugged.
    ``same_looks`` counts paid looks in a row that found it as before, without a sleep
    in between. ``idles`` is how long it lately stayed awake after a look that found it
    idle: the one thing that is learnt.
    """

    online_since: datetime | None = None
    slept: bool = False
    metres: float | None = None
    speed: float = USUAL
    inbound: bool = False
    full_at: datetime | None = None
    plug_at: datetime | None = None
    leaves_at: datetime | None = None
    same_looks: int = 0
    idles: tuple[timedelta, ...] = ()

    @property
    def idle_time(self) -> timedelta:
        """How long an idle car stays awake after a look, at least 11 min, at most 31.

        A car that is still awake after that does something. Until it has been seen to
        fall asleep the least is taken: a car must not come home and fall asleep there
        between two looks, since a car that sleeps cannot be read.
        """
        if not self.idles:
            return SHORTEST_IDLE
        return min(max(*self.idles, SHORTEST_IDLE) + IDLE_MARGIN, LONGEST_IDLE)

    @property
    def way_home(self) -> timedelta | None:
        """How long the way home takes at the last speed; None if nothing is known."""
        return None if self.metres is None else self.travel_time(self.speed)

    def travel_time(self, speed: float) -> timedelta:
        """Return how long the way home takes at a speed in metres a second by air."""
        return timedelta(seconds=(self.metres or 0.0) / speed)

    def after_poll(
        self,
        connectivity: Connectivity | None,
        now: datetime,
        idle_from: datetime | None,
    ) -> MotionEstimate:
        """Return the trail after a free look.

        ``idle_from`` is when a paid look found the car idle, if the last one did. A lost
        signal is no sleep, and a word that nobody knows is nothing.
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
        """Return the trail after a paid look, without what is known of its cable."""
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
            return replace(motion, same_looks=0)
        if self.plug_at is not None:
            # This look was for the cable; what it says of the car's rest came too soon.
            return motion
        motion = replace(motion, same_looks=self.same_looks + 1)
        stayed = found.seen_at - before.seen_at
        if found.is_charging or stayed < self.idle_time - IDLE_MARGIN:
            return motion
        # It was idle for so long and still is awake.
        return _having_idled(motion, LONGEST_IDLE)

    def plug_check_at(self, before: datetime | None, now: datetime) -> datetime | None:
        """Return when to look for a cable of a car that was found at home without one.

        A car that drove home at the look ``before`` came when its speed says, and one
        that had time for a cable since is left alone (None). Any other came some time
        between when it could be there and now; for want of better in the middle.
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
        """Return how far a car may be that falls asleep without having been looked at.

        What it did since it woke is not known; it may have come nearer.
        """
        if not self.slept or self.online_since is None or self.metres is None:
            return self.metres
        return max(0.0, self.metres - FAST * (now - self.online_since).total_seconds())

    def _same(self, before: VehicleSnapshot, found: VehicleSnapshot) -> bool:
        """Return whether a car was found parked as before, and did not sleep since."""
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
        """Return how fast a car goes by air, in metres a second.

        Between two places, if it drove all the way from one to the other; else by its
        speedometer, which shows that of the moment and of the road.
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


def _from_home(drive: DriveSnapshot, home: Home | None) -> float | None:
    """Return how far from the middle of home a car is in metres, by air."""
    if home is None or drive.position is None:
        return None
    return distance(home.position, drive.position)


def _having_idled(motion: MotionEstimate, time: timedelta) -> MotionEstimate:
    """Return a trail with another time after which the car slept, or did not."""
    idles = (*motion.idles, min(time, LONGEST_IDLE))
    return replace(motion, idles=idles[-IDLE_SAMPLES:])
