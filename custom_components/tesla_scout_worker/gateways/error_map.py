"""The one table of what a failed answer means: site, status, words. Pure.

A status alone ends nothing for good, since gateways and networks in between answer with
any status. Only a word that Tesla documents does, or a car's own ``result: false``. All
else is trouble: it is tried again, ever more rarely. The table is shown in
``docs/answers.md``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
import re
from typing import Final


class Site(StrEnum):
    """Where an answer was received."""

    TOKEN = "token"
    SETUP = "set-up"
    READ = "read"
    WAKE = "wake"
    COMMAND = "command"
    PROXY = "proxy"


class Meaning(StrEnum):
    """What a failed answer means."""

    CAR_REFUSED = "refused by the car"
    REFUSED = "refused for good"
    KEY_NOT_PAIRED = "refused for good: key not paired"
    NOT_REGISTERED = "refused for good: application not registered"
    SIGNED_OUT = "signed out"
    TOKEN_REJECTED = "token rejected"
    BILLING = "billing"
    RATE_LIMITED = "rate limited until"
    ASLEEP = "asleep"
    TROUBLE = "trouble"
    MAYBE_EXECUTED = "maybe executed"


# What only a person or the car can change. A rejected token is none of it: it becomes a
# sign-out after hours only.
FINAL: Final = frozenset(
    {
        Meaning.CAR_REFUSED,
        Meaning.REFUSED,
        Meaning.KEY_NOT_PAIRED,
        Meaning.NOT_REGISTERED,
        Meaning.SIGNED_OUT,
    }
)

API: Final = frozenset({Site.READ, Site.WAKE, Site.COMMAND, Site.PROXY})

# What may be carried out although its answer is lost, and is not harmless to repeat.
COMMANDS: Final = frozenset({Site.COMMAND, Site.PROXY})

# Faults of a car on a signed message, without their prefix (vehicle-command,
# universal_message.proto). Tesla's client repeats the temporary ones.
FAULT_PREFIX: Final = "messagefault_error_"
KEY_FAULTS: Final = ("unknown_key_id", "inactive_key")
TEMPORARY_FAULTS: Final = (
    "busy",
    "timeout",
    "internal",
    "invalid_signature",
    "invalid_token_or_counter",
    "incorrect_epoch",
    "time_expired",
    "time_to_live_too_long",
    "repeated_counter",
)
EXECUTED_FAULTS: Final = ("response_mtu_exceeded",)
FINAL_FAULTS: Final = (
    "insufficient_privileges",
    "invalid_domains",
    "invalid_command",
    "decoding",
    "wrong_personalization",
    "bad_parameter",
    "keychain_is_full",
    "iv_incorrect_length",
    "not_provisioned_with_identity",
    "could_not_hash_metadata",
    "remote_access_disabled",
    "remote_service_access_disabled",
    "command_requires_account_credentials",
    "request_mtu_exceeded",
    "invalid_key_handle",
    "requires_response_encryption",
    "command_requires_physical_proximity",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is known of an answer with an error status.

    Attributes:
        status: The HTTP status.
        error: Tesla's word alone, the ``error`` of the body; "" without one.
        words: All its words, the description included, cut and without secrets.
        readable: Whether the body is a JSON object or empty, as Tesla's are. A page of a
            gateway is neither.
        refused: Whether the body holds ``result: false``.
    """

    status: int
    error: str = ""
    words: str = ""
    readable: bool = True
    refused: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A row of the table: what some answers mean.

    Attributes:
        sites: Where it applies.
        statuses: The first and the last status.
        words: One of them is in the answer as a whole word; empty: any answer of such
            a status. ``ANY_BODY`` and ``RESULT_FALSE`` stand for a form of the body.
        meaning: What it means.
        source: Where that is documented, or seen.
    """

    sites: frozenset[Site]
    statuses: tuple[int, int]
    words: tuple[str, ...] = ()
    meaning: Meaning
    source: str

    def matches(self, site: Site, answer: Answer) -> bool:
        """Return whether an answer is of this row."""
        first, last = self.statuses
        if site not in self.sites or not first <= answer.status <= last:
            return False
        return not self.words or any(_has(answer, site, word) for word in self.words)


ANY_BODY: Final = "(an empty body, or a JSON object)"
ANY_WORD: Final = "(any word)"
RESULT_FALSE: Final = "result: false"

# A car that is still waking or cut off gives such reasons, or none; its next answer is
# another one.
PASSING: Final = frozenset(
    {
        "",
        "busy",
        "could_not_wake_buses",
        "no_response",
        "timeout",
        "vehicle unavailable",
        "vehicle_unavailable",
    }
)


def _has(answer: Answer, site: Site, word: str) -> bool:
    """Return whether an answer has a word; at the token server it is the whole error."""
    if word == ANY_BODY:
        return answer.readable
    if word == ANY_WORD:
        return bool(answer.words)
    if word == RESULT_FALSE:
        return answer.refused and answer.words.strip().lower() not in PASSING
    if site is Site.TOKEN:
        return answer.error.strip().lower() == word
    return (
        re.search(rf"(?<!\w){re.escape(word)}(?!\w)", answer.words.lower()) is not None
    )


def _faults(names: Iterable[str]) -> tuple[str, ...]:
    """Return the words of some faults, as Tesla's proxy passes them on."""
    return tuple(FAULT_PREFIX + name for name in names)


type Table = tuple[Rule, ...]

_ONE: Final = frozenset
_CONVENTIONS: Final = "Tesla: conventions"
_CLIENT: Final = "Tesla: vehicle-command"

# The first row that matches counts; without one an answer is trouble.
TABLE: Final[Table] = (
    # The token server.
    Rule(
        sites=_ONE({Site.TOKEN}),
        statuses=(400, 499),
        words=(
            "login_required",
            "invalid_grant",
            "invalid_client",
            "unauthorized_client",
        ),
        meaning=Meaning.SIGNED_OUT,
        source="Tesla: third-party tokens; RFC 6749",
    ),
    Rule(
        sites=_ONE({Site.TOKEN}),
        statuses=(400, 499),
        words=("access_denied",),
        meaning=Meaning.REFUSED,
        source="RFC 6749; TeslaAuth#42",
    ),
    # The bill and the limits.
    Rule(
        sites=API | {Site.SETUP},
        statuses=(402, 402),
        words=("payment required", "payment_required"),
        meaning=Meaning.BILLING,
        source=_CONVENTIONS,
    ),
    Rule(
        sites=API | {Site.SETUP},
        statuses=(400, 499),
        words=("exceeded_limit", "account disabled"),
        meaning=Meaning.BILLING,
        source="vehicle-command#403",
    ),
    Rule(
        sites=frozenset(Site),
        statuses=(429, 429),
        meaning=Meaning.RATE_LIMITED,
        source=_CONVENTIONS,
    ),
    # The car's own word, which Tesla's proxy also sends with a 400.
    Rule(
        sites=COMMANDS,
        statuses=(200, 499),
        words=(RESULT_FALSE,),
        meaning=Meaning.CAR_REFUSED,
        source="Tesla: vehicle commands",
    ),
    # The access token.
    Rule(
        sites=API,
        statuses=(401, 401),
        words=("mobile_access_disabled",),
        meaning=Meaning.REFUSED,
        source=_CONVENTIONS,
    ),
    Rule(
        sites=API | {Site.SETUP},
        statuses=(401, 401),
        words=(ANY_BODY,),
        meaning=Meaning.TOKEN_REJECTED,
        source=_CONVENTIONS,
    ),
    # The application and the account.
    Rule(
        sites=API,
        statuses=(412, 412),
        words=("must be registered", "not registered", "only available on fleetapi"),
        meaning=Meaning.NOT_REGISTERED,
        source=_CONVENTIONS,
    ),
    Rule(
        sites=API | {Site.SETUP},
        statuses=(421, 421),
        words=("out of region", "use base url"),
        meaning=Meaning.NOT_REGISTERED,
        source=_CONVENTIONS,
    ),
    Rule(
        sites=API,
        statuses=(403, 403),
        words=("missing scopes", "invalid_scope", "unsupported vehicle"),
        meaning=Meaning.REFUSED,
        source=_CONVENTIONS,
    ),
    Rule(
        sites=API,
        statuses=(423, 423),
        words=("account locked", "locked"),
        meaning=Meaning.REFUSED,
        source=_CONVENTIONS,
    ),
    # The request.
    Rule(
        sites=API,
        statuses=(400, 403),
        words=("command protocol required", "unsigned_cmds_hardlocked"),
        meaning=Meaning.KEY_NOT_PAIRED,
        source=_CONVENTIONS,
    ),
    Rule(
        sites=API,
        statuses=(400, 405),
        words=(
            "invalid_command",
            "invalid_field",
            "invalid_request",
            "invalid_method",
            "not_found",
        ),
        meaning=Meaning.REFUSED,
        source=_CONVENTIONS,
    ),
    Rule(
        sites=API,
        statuses=(422, 422),
        words=("does not support",),
        meaning=Meaning.REFUSED,
        source=_CLIENT,
    ),
    # The car's connection.
    Rule(
        sites=API,
        statuses=(408, 408),
        meaning=Meaning.ASLEEP,
        source=_CONVENTIONS,
    ),
    Rule(
        sites=API,
        statuses=(503, 503),
        meaning=Meaning.TROUBLE,
        source=f"{_CLIENT}: not executed",
    ),
    Rule(
        sites=API,
        statuses=(500, 599),
        words=("vehicle unavailable",),
        meaning=Meaning.ASLEEP,
        source=f"{_CLIENT}, proxy",
    ),
    # The car's faults on a signed message, which Tesla's proxy passes on as a 500.
    Rule(
        sites=API,
        statuses=(500, 599),
        words=("not been paired", *_faults(KEY_FAULTS)),
        meaning=Meaning.KEY_NOT_PAIRED,
        source=f"{_CLIENT}, proxy",
    ),
    Rule(
        sites=API,
        statuses=(500, 599),
        words=_faults(TEMPORARY_FAULTS),
        meaning=Meaning.TROUBLE,
        source=f"{_CLIENT}: not executed",
    ),
    Rule(
        sites=COMMANDS,
        statuses=(500, 599),
        words=_faults(EXECUTED_FAULTS),
        meaning=Meaning.MAYBE_EXECUTED,
        source=f"{_CLIENT}, proxy",
    ),
    Rule(
        sites=API,
        statuses=(500, 599),
        words=("does not support protocol", *_faults(FINAL_FAULTS)),
        meaning=Meaning.REFUSED,
        source=f"{_CLIENT}, proxy",
    ),
    Rule(
        sites=COMMANDS,
        statuses=(500, 599),
        meaning=Meaning.MAYBE_EXECUTED,
        source=f"{_CLIENT}: any 5xx but 503",
    ),
    # The registration, where a person waits and reads Tesla's words.
    Rule(
        sites=_ONE({Site.SETUP}),
        statuses=(412, 412),
        words=(ANY_WORD,),
        meaning=Meaning.NOT_REGISTERED,
        source="Tesla: partner endpoints",
    ),
    Rule(
        sites=_ONE({Site.SETUP}),
        statuses=(424, 424),
        words=(ANY_BODY,),
        meaning=Meaning.REFUSED,
        source="seen: Tesla could not fetch the key",
    ),
    Rule(
        sites=_ONE({Site.SETUP}),
        statuses=(400, 499),
        words=(ANY_WORD,),
        meaning=Meaning.REFUSED,
        source="a form: nothing ends",
    ),
)


def meaning_of(site: Site, answer: Answer, table: Table = TABLE) -> Meaning:
    """Return what a failed answer means, by the table of the way that it came."""
    for rule in table:
        if rule.matches(site, answer):
            return rule.meaning
    return Meaning.TROUBLE


# Words of Tesla for a rejected token; a 401 may have an empty body as well. Tesla: a
# token is void after a new password or a withdrawn consent.
REJECTIONS: Final = (
    "token expired",
    "invalid bearer token",
    "login_required",
    "revoked",
)


def is_documented_rejection(answer: Answer, words: Iterable[str] = REJECTIONS) -> bool:
    """Return whether a 401 has the server's words for a token that is not accepted."""
    text = answer.words.lower()
    return answer.readable and (not text or any(word in text for word in words))
