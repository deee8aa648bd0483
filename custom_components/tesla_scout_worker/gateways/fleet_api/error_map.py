"""The one mapping of Tesla's errors to ours."""

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

# Refusals that mean that the state is reached already (as in Home Assistant's own code).
FULFILLED: Final = frozenset({"already_set", "not_charging", "requested"})

# Tesla's proxy puts this before a car's own word.
PROXY_PREFIX: Final = "car could not execute command: "

# In refusals of a car or of Tesla that accept signed commands only.
UNSIGNED_WORDS: Final = ("unsigned_cmds_hardlocked", "command protocol required")

# The library's text when a car answered "wait" to the last try too; any of the tries may
# have been executed.
STILL_WAITING: Final = "Too many retries"

# For a 429 that names no time; a 429 is billed, so this is long.
DEFAULT_RETRY_AFTER: Final = timedelta(minutes=5)

# Tesla's limits count by the minute. A pause of more than a day is a mistake, such as a
# point in time instead of seconds.
MAX_RETRY_AFTER: Final = timedelta(days=1)

# Tesla's own client treats these as not executed, and tries again.
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

# Raised by the library if a car's message is not of the shape that it expects.
UNREADABLE: Final = (
    AssertionError,
    AttributeError,
    DecodeError,
    InvalidTag,
    LookupError,
    TypeError,
    ValueError,
)

# A VIN (ISO 3779: no I, O or Q), a JSON web token, and a number like a coordinate.
_SECRETS: Final = re.compile(
    r"\b[A-HJ-NPR-Z0-9]{17}\b|\beyJ[\w.~+/=-]+|-?\b\d{1,3}\.\d{3,}\b"
)


@asynccontextmanager
async def mapped_errors(*, command: bool = False) -> AsyncIterator[None]:
    """Map errors of the network and the library to ours.

    Keep the block as small as the library's call: a bug of our own inside would look
    like an error of Tesla.
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
    """Return the error for an answer that did not arrive, or is unreadable."""
    return MaybeExecutedError() if command else TransientError()


def map_answer(err: AnswerError, *, command: bool) -> FleetError:
    """Return our error for an answer with an error status."""
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
            # A redirect by something in between, such as a hotel's sign-in page.
            return TransientError()
    return RefusedError(reason)


def _map_server_error(text: str, *, command: bool) -> FleetError:
    """Return our error for a 5xx; Tesla's proxy uses it for two clear errors."""
    if "vehicle unavailable" in text:
        return CarAsleepError()
    if "not been paired" in text:
        return KeyNotPairedError("key_not_on_whitelist")
    return no_answer_error(command)


def map_fault(err: TeslaFleetError, *, command: bool) -> FleetError:
    """Return our error for a car's fault on a signed message (a BaseException)."""
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
    """Return our error for a car's refusal, or None if the state is reached already.

    Reasons are compared as a whole: ``disconnected, not charging`` is no success.
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
    """Return a text of Tesla without VINs, tokens and coordinates."""
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
