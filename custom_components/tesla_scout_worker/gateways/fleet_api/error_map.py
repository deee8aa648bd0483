"""The one map from Tesla's errors to ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
import re
from typing import Final

from cryptography.exceptions import InvalidTag
from google.protobuf.message import DecodeError
from tesla_fleet_api.exceptions import (
    LibraryError,
    NotOnWhitelistFault,
    TeslaFleetError,
    TeslaFleetInformationFault,
    TeslaFleetMessageFault,
    TeslaFleetMessageFaultBusy,
    TeslaFleetMessageFaultInactiveKey,
    TeslaFleetMessageFaultIncorrectEpoch,
    TeslaFleetMessageFaultInternal,
    TeslaFleetMessageFaultInvalidSignature,
    TeslaFleetMessageFaultInvalidTokenOrCounter,
    TeslaFleetMessageFaultResponseSizeExceedsMTU,
    TeslaFleetMessageFaultTimeExpired,
    TeslaFleetMessageFaultTimeout,
    TeslaFleetMessageFaultTimeToLiveTooLong,
    TeslaFleetMessageFaultUnknownKeyId,
)

from ..errors import (
    CarAsleepError,
    FleetError,
    KeyNotPairedError,
    MaybeExecutedError,
    NotRegisteredError,
    OverBudgetError,
    RateLimitedError,
    RefusedError,
    SignedOutError,
    TransientError,
)
from .responses import AnswerError, LostAnswerError, UntrustedServerError

# Refusals that say that the wish is fulfilled (as Home Assistant's own takes them).
FULFILLED: Final = frozenset({"already_set", "not_charging", "requested"})

# Tesla's proxy puts this before a car's own word.
PROXY_PREFIX: Final = "car could not execute command: "

# Words by which a car or Tesla says that it takes signed commands only.
UNSIGNED_WORDS: Final = ("unsigned_cmds_hardlocked", "command protocol required")

# The library's word when a car that said "wait" still did so at the last try; any of
# the tries may have been carried out.
STILL_WAITING: Final = "Too many retries"

# Tesla names no time in some of its 429 answers; a 429 is billed, so this is generous.
DEFAULT_RETRY_AFTER: Final = timedelta(minutes=5)

# Tesla's limits count by the minute. A longer pause than a day is no pause but a
# mistake, such as a point in time in the place of seconds.
MAX_RETRY_AFTER: Final = timedelta(days=1)

# Tesla's own client takes these for not executed, and tries again.
TRANSIENT_FAULTS: Final = (
    TeslaFleetMessageFaultBusy,
    TeslaFleetMessageFaultIncorrectEpoch,
    TeslaFleetMessageFaultInternal,
    TeslaFleetMessageFaultInvalidSignature,
    TeslaFleetMessageFaultInvalidTokenOrCounter,
    TeslaFleetMessageFaultTimeExpired,
    TeslaFleetMessageFaultTimeout,
    TeslaFleetMessageFaultTimeToLiveTooLong,
)

KEY_FAULTS: Final = (
    NotOnWhitelistFault,
    TeslaFleetMessageFaultInactiveKey,
    TeslaFleetMessageFaultUnknownKeyId,
)

# What the library raises where a car's message is not of the shape that it expects.
UNREADABLE: Final = (
    AssertionError,
    AttributeError,
    DecodeError,
    InvalidTag,
    LookupError,
    TypeError,
    ValueError,
)

# A VIN (ISO 3779: no I, O or Q), a JSON web token, and a number as exact as a place.
_SECRETS: Final = re.compile(
    r"\b[A-HJ-NPR-Z0-9]{17}\b|\beyJ[\w.~+/=-]+|-?\b\d{1,3}\.\d{3,}\b"
)


@asynccontextmanager
async def mapped_errors(*, command: bool = False) -> AsyncIterator[None]:
    """Turn whatever the wire or the library raises into ours.

    Keep the block as small as the library's call: a mistake of our own in it would
    look like one of Tesla's.
    """
    try:
        yield
    except FleetError:
        raise
    except AnswerError as err:
        raise map_answer(err, command=command) from err
    except UntrustedServerError as err:
        raise RefusedError("the certificate of the server is not trusted") from err
    except LostAnswerError as err:
        raise no_answer_error(command and err.sent) from err
    except TeslaFleetError as err:
        raise map_fault(err, command=command) from err
    except LibraryError as err:
        raise KeyNotPairedError("no_usable_private_key") from err
    except UNREADABLE as err:
        raise no_answer_error(command) from err


def no_answer_error(command: bool) -> TransientError:
    """Return the error for an answer that did not arrive, or made no sense."""
    return MaybeExecutedError() if command else TransientError()


def map_answer(err: AnswerError, *, command: bool) -> FleetError:
    """Return our error for an answer whose status says no."""
    reason = redacted(err.reason) or f"status {err.status}"
    text = err.reason.lower()
    match err.status:
        case 401 if err.is_unauthorized:
            return SignedOutError()
        case 402:
            return OverBudgetError()
        case 403 if "exceeded_limit" in text or "account disabled" in text:
            return OverBudgetError()
        case 403 if "command protocol" in text:
            return KeyNotPairedError("command protocol required")
        case 408:
            return CarAsleepError()
        case 412 | 421:
            return NotRegisteredError(reason)
        case 429:
            return RateLimitedError(_retry_after(err.pauses))
        case 503:
            return TransientError()
        case status if status >= 500:
            return _map_server_error(text, command=command)
        case status if status < 400:
            # Somebody in between wants us elsewhere, such as a hotel's sign-in page.
            return TransientError()
    return RefusedError(reason)


def _map_server_error(text: str, *, command: bool) -> FleetError:
    """Return our error for a 5xx, in which Tesla's proxy hides two clear ones."""
    if "vehicle unavailable" in text:
        return CarAsleepError()
    if "not been paired" in text:
        return KeyNotPairedError("key_not_on_whitelist")
    return no_answer_error(command)


def map_fault(err: TeslaFleetError, *, command: bool) -> FleetError:
    """Return our error for a car's word on a signed message (a BaseException)."""
    match err:
        case _ if isinstance(err, KEY_FAULTS):
            return KeyNotPairedError("key_not_on_whitelist")
        case _ if isinstance(err, TRANSIENT_FAULTS):
            return TransientError()
        case TeslaFleetMessageFaultResponseSizeExceedsMTU():
            return no_answer_error(command)
        case TeslaFleetMessageFault() | TeslaFleetInformationFault():
            return RefusedError(err.message)
    return no_answer_error(command)


def map_refusal(reason: str, fulfilled: frozenset[str]) -> FleetError | None:
    """Return our error for a car's refusal, or None if the wish is fulfilled.

    Reasons are compared whole: ``disconnected, not charging`` is no success.
    """
    word = reason.removeprefix(PROXY_PREFIX).strip()
    key = word.lower().replace(" ", "_")
    if key in FULFILLED | fulfilled:
        return None
    if any(sign in word.lower() for sign in UNSIGNED_WORDS):
        return KeyNotPairedError("command protocol required")
    if word == STILL_WAITING:
        return MaybeExecutedError()
    return RefusedError(redacted(word) or "unknown")


def redacted(text: str) -> str:
    """Return a text of Tesla's without VINs, tokens and coordinates."""
    return _SECRETS.sub("***", text)


def _retry_after(pauses: tuple[str, ...]) -> timedelta:
    """Return the pause that Tesla asks for, by the first header that names one."""
    for pause in pauses:
        try:
            seconds = float(pause)
        except ValueError:
            continue
        if seconds > 0:
            return timedelta(seconds=min(seconds, MAX_RETRY_AFTER.total_seconds()))
    return DEFAULT_RETRY_AFTER
