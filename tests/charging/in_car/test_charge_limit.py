"""The owner's charge limit: raised, shared by sessions, and restored."""

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.in_car.charge_limit import (
    LimitOverride,
    limit_to_restore,
    override_for,
    owners_limit,
)

RAISED = LimitOverride(original=70, raised_to=90)
HIGHER = LimitOverride(original=70, raised_to=100, earlier=90)
limits = st.integers(50, 100)


@pytest.mark.parametrize(
    ("override", "current", "target", "wanted"),
    [
        # The first try, and a limit that is high enough.
        (None, 70, 90, RAISED),
        (None, 90, 90, None),
        (None, 100, 90, None),
        # A try that is repeated, before and after the raise.
        (RAISED, 70, 90, RAISED),
        (RAISED, 90, 90, RAISED),
        # Another session of the car shares the original.
        (RAISED, 90, 80, RAISED),
        (RAISED, 90, 100, LimitOverride(original=70, raised_to=100, earlier=90)),
        # Its raise may fail, or take, before the next try.
        (HIGHER, 90, 100, HIGHER),
        (HIGHER, 100, 100, LimitOverride(original=70, raised_to=100)),
        (HIGHER, 80, 100, LimitOverride(original=80, raised_to=100)),
        # The owner changed it meanwhile.
        (RAISED, 80, 90, LimitOverride(original=80, raised_to=90)),
        (RAISED, 95, 90, None),
        (RAISED, 60, 90, LimitOverride(original=60, raised_to=90)),
        (RAISED, 85, 80, None),
    ],
)
def test_the_original_is_the_owners(
    override: LimitOverride | None,
    current: int,
    target: int,
    wanted: LimitOverride | None,
) -> None:
    """Never what was raised, and what the owner set last."""
    assert override_for(override, current, target) == wanted


@pytest.mark.parametrize(
    ("override", "current", "restored"),
    [
        (None, 90, None),
        (RAISED, 90, 70),
        (HIGHER, 100, 70),
        (HIGHER, 90, 70),
        (HIGHER, 70, None),
        (HIGHER, 80, None),
        # Restored already, or never raised.
        (RAISED, 70, None),
        # The owner's own.
        (RAISED, 80, None),
        (RAISED, 100, None),
    ],
)
def test_only_what_was_raised_is_restored(
    override: LimitOverride | None, current: int, restored: int | None
) -> None:
    """The owner's change wins."""
    assert limit_to_restore(override, current) == restored


@given(
    original=limits,
    tries=st.lists(st.tuples(limits, st.booleans()), min_size=1, max_size=8),
)
def test_no_retry_makes_the_raised_limit_the_original(
    original: int, tries: list[tuple[int, bool]]
) -> None:
    """Whichever sessions of the car raise it, and whether or not it takes."""
    override, current = None, original
    for target, takes in tries:
        override = override_for(override, current, target)
        if override is None:
            assert current == original >= target
            continue
        assert override.original == original < override.raised_to
        assert override.raised_to >= target
        current = override.raised_to if takes else current
    restored = limit_to_restore(override, current)
    assert current == original if restored is None else restored == original


@given(original=limits, target=limits, owners=limits)
def test_restoring_never_touches_the_owners_change(
    original: int, target: int, owners: int
) -> None:
    """Nor does it ever set anything but the original."""
    override = override_for(None, original, target)
    restored = limit_to_restore(override, owners)
    if override is None or owners != override.raised_to:
        assert restored is None
    else:
        assert restored == original


@given(original=limits, target=limits, owners=limits, retried=limits)
def test_a_session_never_lowers_the_limit(
    original: int, target: int, owners: int, retried: int
) -> None:
    """What the owner set meanwhile is the least that stays."""
    override = override_for(override_for(None, original, target), owners, retried)
    assert override is None or override.raised_to >= owners


@given(original=limits, target=limits, owners=limits)
def test_the_owners_limit_is_the_same_before_and_after_the_raise(
    original: int, target: int, owners: int
) -> None:
    """And one that the owner sets meanwhile is the owner's."""
    override = override_for(None, original, target)
    raised = original if override is None else override.raised_to
    assert owners_limit(override, raised) == original
    assert owners_limit(override, None) is None
    if owners != raised:
        assert owners_limit(override, owners) == owners
