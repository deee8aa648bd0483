"""When the limit is raised for a session whose schedules are not in the car. Pure.

Nothing but Home Assistant keeps such a car from charging, and a car at its limit starts
as soon as that is raised. So the limit is raised in a window of the session, not before.
"""

from dataclasses import replace

from ...gateways.models import ChargeSnapshot
from ..in_car.charge_limit import LimitOverride, override_for
from .session import Session


def limit_to_raise(
    session: Session, override: LimitOverride | None, charge: ChargeSnapshot
) -> tuple[Session, LimitOverride | None]:
    """Return a session in its window, and the override to raise the limit by.

    None: the limit stays as it is, since it is unknown, allows the target, or was
    lowered by the owner after it had allowed the target.

    Args:
        session: The session that charges now.
        override: The override of the car so far.
        charge: The charge of the car as it was last read.
    """
    current, level = charge.charge_limit, charge.battery_level
    if session.limit_seen or current is None:
        return session, None
    if current >= session.target:
        return replace(session, limit_seen=True), None
    if charge.plugged_in is False or (level is not None and level >= session.target):
        return session, None
    return session, override_for(override, current, session.target)
