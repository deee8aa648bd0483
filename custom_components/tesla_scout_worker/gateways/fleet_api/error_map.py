"""Tesla's failed answers and a car's faults as our errors, by the one table."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidTag
from google.protobuf.message import DecodeError
from tesla_fleet_api.exceptions import (
    LibraryError,
    NotOnWhitelistFault,
    TeslaFleetError,
    TeslaFleetInformationFault,
    TeslaFleetMessageFault,
)
from tesla_protocol.command.universal_message_pb2 import MessageFault_E as MessageFault

from homeassistant.util import dt as dt_util

from ...const import LOGGER
from ..error_map import (
    COMMANDS,
    PASSING,
    TABLE,
    Answer,
    Meaning,
    Site,
    Table,
    meaning_of,
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
    UnclearAnswerError,
)
from ..proxy_bill import GAVE_UP, REPEATS
from ..redaction import redacted
from ..waits import wait_of
from .responses import AnswerError, LostAnswerError, UntrustedServerError

# Refusals that mean that the state is reached already (as in Home Assistant's own code).
FULFILLED: Final = frozenset({"already_set", "not_charging", "requested"})

# Tesla's proxy puts this before a car's own word.
PROXY_PREFIX: Final = "car could not execute command: "

# In refusals of a car or of Tesla that accept signed commands only.
UNSIGNED_REASONS: Final = ("unsigned_cmds_hardlocked", "command protocol required")

# The library's text when a car answered "wait" to the last try too; any of the tries may
# have been executed.
STILL_WAITING: Final = "Too many retries"

UNTRUSTED: Final = "the certificate of the server is not trusted"

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


@asynccontextmanager
async def mapped_errors(
    site: Site = Site.SETUP, table: Table = TABLE
) -> AsyncIterator[None]:
    """Map errors of the network and the library to ours, by the table of a way.

    Keep the block as small as the library's call: a bug of our own inside would look
    like an error of Tesla.
    """
    try:
        yield
    except FleetError:
        raise
    except AnswerError as err:
        answer = err.answer
        LOGGER.debug(
            "Status %s (%s) to a %s: %s",
            answer.status,
            answer.words or "no words",
            site,
            meaning_of(site, answer, table),
        )
        raise map_answer(err, site, dt_util.utcnow(), table) from err
    except UntrustedServerError as err:
        # As the sign-in page of a network causes it, which passes.
        raise UnclearAnswerError(UNTRUSTED) from err
    except LostAnswerError as err:
        raise no_answer_error(site in COMMANDS and err.sent) from err
    except TeslaFleetError as err:
        raise map_fault(err, site) from err
    except LibraryError as err:
        raise KeyNotPairedError("no_usable_private_key") from err
    except UNREADABLE as err:
        raise no_answer_error(site in COMMANDS) from err


def no_answer_error(command: bool) -> TransientError:
    """Return the error for an answer that did not arrive, or is unreadable."""
    return MaybeExecutedError() if command else TransientError()


def map_answer(
    err: AnswerError, site: Site, now: datetime, table: Table = TABLE
) -> FleetError:
    """Return our error for an answer with an error status; ``now`` is in UTC."""
    answer = err.answer
    reason = answer.words or f"status {answer.status}"
    match meaning_of(site, answer, table):
        case Meaning.CAR_REFUSED:
            return map_refusal(answer.words, frozenset()) or RefusedError(reason)
        case Meaning.REFUSED:
            return RefusedError(reason)
        case Meaning.KEY_NOT_PAIRED:
            return KeyNotPairedError(_key_reason(answer))
        case Meaning.NOT_REGISTERED:
            return NotRegisteredError(reason)
        case Meaning.SIGNED_OUT | Meaning.TOKEN_REJECTED:
            return SignedOutError()
        case Meaning.BILLING:
            return OverBudgetError()
        case Meaning.RATE_LIMITED:
            return RateLimitedError(wait_of(err.waits, answer.words, now))
        case Meaning.ASLEEP:
            return CarAsleepError()
        case Meaning.MAYBE_EXECUTED:
            return MaybeExecutedError(REPEATS if GAVE_UP in answer.words.lower() else 1)
        case Meaning.TROUBLE if answer.words and answer.status < 500:
            return UnclearAnswerError(answer.words)
    return TransientError()


def _key_reason(answer: Answer) -> str:
    """Return why a key is not accepted, in the car's word or in Tesla's."""
    unsigned = answer.status < 500
    return UNSIGNED_REASONS[-1] if unsigned else "key_not_on_whitelist"


def map_fault(err: TeslaFleetError, site: Site) -> FleetError:
    """Return our error for a car's fault on a signed message (a BaseException)."""
    match err:
        case NotOnWhitelistFault():
            return KeyNotPairedError("key_not_on_whitelist")
        case TeslaFleetMessageFault():
            # Tesla's proxy passes the same faults on by their names, in a 500.
            code: int = getattr(err, "code", 0)
            known = code in MessageFault.values()
            words = MessageFault.Name(code) if known else ""
            meaning = meaning_of(site, Answer(status=500, words=words))
        case TeslaFleetInformationFault():
            return RefusedError(err.message)
        case _:
            return no_answer_error(site in COMMANDS)
    match meaning:
        case Meaning.KEY_NOT_PAIRED:
            return KeyNotPairedError("key_not_on_whitelist")
        case Meaning.REFUSED:
            return RefusedError(err.message)
        case Meaning.MAYBE_EXECUTED:
            return MaybeExecutedError()
    return TransientError()


def map_refusal(reason: str, fulfilled: frozenset[str]) -> FleetError | None:
    """Return our error for a car's refusal, or None if the state is reached already.

    Reasons are compared as a whole: ``disconnected, not charging`` is no success.
    """
    word = redacted(reason).removeprefix(PROXY_PREFIX).strip()
    key = word.lower().replace(" ", "_")
    if key in FULFILLED | fulfilled:
        return None
    if any(sign in word.lower() for sign in UNSIGNED_REASONS):
        return KeyNotPairedError("command protocol required")
    if word == STILL_WAITING:
        return MaybeExecutedError()
    if key in PASSING:
        return TransientError()
    return RefusedError(word)
