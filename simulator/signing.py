"""The car's side of Tesla's command protocol: sessions, signatures, faults.

Rules: vehicle-command, `pkg/protocol/protocol.md` and
`internal/authentication/verifier.go`. Answers are not encrypted, which
Tesla allows unless the client asks for it.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
import hmac
import secrets

from cryptography.hazmat.primitives.asymmetric import ec

# protobuf itself has no types.
from google.protobuf.message import DecodeError
from tesla_protocol.command.car_server_pb2 import (
    Action,
    ActionStatus,
    OperationStatus_E as ActionResult,
    Response,
    ResultReason,
)
from tesla_protocol.command.signatures_pb2 import (
    HMAC_Personalized_Signature_Data,
    HMAC_Signature_Data,
    Session_Info_Status,
    SessionInfo,
    SignatureData,
)
from tesla_protocol.command.universal_message_pb2 import (
    Destination,
    Domain,
    MessageFault_E as MessageFault,
    MessageStatus,
    OperationStatus_E,
    RoutableMessage,
)

from .car import Car
from .clock import Clock
from .commands import UnknownCommandError, from_action
from .signature import command_tag, point_of, read_point, session_info_tag, shared_key

# Tesla's verifier: the window of counters, and the greatest lifetime of a message that
# is out of order.
_WINDOW = 32
_MAX_SECONDS_OUT_OF_ORDER = 30
_EPOCH_SECONDS = 1 << 30
_DOMAINS = (Domain.DOMAIN_INFOTAINMENT, Domain.DOMAIN_VEHICLE_SECURITY)


class SignatureFaultError(Exception):
    """The car refuses a message."""

    def __init__(self, fault: MessageFault, *, resync: bool = False) -> None:
        """Refuse with a fault; `resync` adds fresh session info."""
        super().__init__(MessageFault.Name(fault))
        self.fault = fault
        self.resync = resync


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The car's answer to a message.

    Attributes:
        message: A serialized `RoutableMessage`.
        handshake: Whether the message only requested a session.
    """

    message: bytes
    handshake: bool


class _Session:
    """The session of one client key and one domain."""

    def __init__(self, shared_key: bytes, now: datetime) -> None:
        """Start an epoch."""
        self.shared_key = shared_key
        self.epoch = secrets.token_bytes(16)
        self._started_at = now
        self.counter = 0
        self._window = 0

    def seconds(self, now: datetime) -> int:
        """Return the seconds since the epoch began."""
        return max(0, int((now - self._started_at).total_seconds()))

    def accept_counter(self, counter: int) -> bool:
        """Accept each counter once, down to 32 below the greatest."""
        if counter > self.counter:
            shift = counter - self.counter
            self._window = ((self._window << shift) | 1 << (shift - 1)) & (
                (1 << _WINDOW) - 1
            )
            self.counter = counter
            return True
        age = self.counter - counter
        if age == 0 or age > _WINDOW or self._window >> (age - 1) & 1:
            return False
        self._window |= 1 << (age - 1)
        return True


class VehicleSide:
    """One car's keys and sessions.

    Attributes:
        paired: The paired client keys, 65-byte P-256 points.
        proxy_keys: Keys of the simulated command proxy, which are accepted as well but
            not listed as paired.
        public_key: The car's own.
    """

    def __init__(self, car: Car, clock: Clock, account_vins: Iterable[str]) -> None:
        """Create a car's key; `clock` is the one of sessions."""
        self._car = car
        self._clock = clock
        self._other_vins = [v for v in account_vins if v != car.settings.vin]
        self._private_key = ec.generate_private_key(ec.SECP256R1())
        self._sessions: dict[tuple[bytes, int], _Session] = {}
        self._boot_count = car.boot_count
        self._injected: deque[MessageFault] = deque()
        self.paired: set[bytes] = set()
        self.proxy_keys: set[bytes] = set()
        self.public_key = point_of(self._private_key.public_key())

    def pair(self, public_key: bytes | str) -> None:
        """Pair a client key: a 65-byte point, or PEM text.

        Raises:
            ValueError: It is not a P-256 key.
        """
        self.paired.add(read_point(public_key))

    def unpair(self, public_key: bytes | str) -> None:
        """Remove a client key."""
        self.paired.discard(read_point(public_key))

    def inject(self, fault: MessageFault, times: int = 1) -> None:
        """Answer the next commands with a fault."""
        self._injected.extend([fault] * times)

    def handle(self, data: bytes) -> Reply:
        """Answer a serialized `RoutableMessage`.

        Raises:
            ValueError: It is not a valid message.
        """
        try:
            message = RoutableMessage.FromString(data)
        except DecodeError as error:
            raise ValueError("not a routable message") from error
        if not message.HasField("to_destination"):
            raise ValueError("a message without a destination")
        if self._boot_count != self._car.boot_count:
            self._boot_count = self._car.boot_count
            self._sessions.clear()
        if message.HasField("session_info_request"):
            answer = self._handshake(message)
            return Reply(message=answer.SerializeToString(), handshake=True)
        answer = self._reply_to(message)
        try:
            response = self._execute(message)
            answer.protobuf_message_as_bytes = response.SerializeToString()
        except SignatureFaultError as error:
            answer.signedMessageStatus.CopyFrom(
                MessageStatus(
                    operation_status=OperationStatus_E.OPERATIONSTATUS_ERROR,
                    signed_message_fault=error.fault,
                )
            )
            if error.resync:
                key = message.signature_data.signer_identity.public_key
                self._attach_session_info(answer, message, key)
        return Reply(message=answer.SerializeToString(), handshake=False)

    def _handshake(self, message: RoutableMessage) -> RoutableMessage:
        """Answer a request for session info."""
        answer = self._reply_to(message)
        key = message.session_info_request.public_key
        if key not in self.paired | self.proxy_keys:
            status = Session_Info_Status.SESSION_INFO_STATUS_KEY_NOT_ON_WHITELIST
            answer.session_info = SessionInfo(status=status).SerializeToString()
        else:
            self._attach_session_info(answer, message, key)
        return answer

    def _reply_to(self, message: RoutableMessage) -> RoutableMessage:
        """Return an empty answer with the addresses reversed."""
        return RoutableMessage(
            to_destination=message.from_destination,
            from_destination=Destination(domain=message.to_destination.domain),
            request_uuid=message.uuid,
            uuid=secrets.token_bytes(16),
        )

    def _attach_session_info(
        self, answer: RoutableMessage, message: RoutableMessage, key: bytes
    ) -> None:
        """Add signed session info to an answer."""
        session = self._session(key, message.to_destination.domain)
        info = SessionInfo(
            counter=session.counter,
            publicKey=self.public_key,
            epoch=session.epoch,
            clock_time=session.seconds(self._clock.now()),
        ).SerializeToString()
        vin = self._car.settings.vin
        tag = session_info_tag(session.shared_key, vin, message.uuid, info)
        answer.session_info = info
        answer.signature_data.CopyFrom(
            SignatureData(session_info_tag=HMAC_Signature_Data(tag=tag))
        )

    def _session(self, key: bytes, domain: int) -> _Session:
        """Return the session of a client key, created if there is none."""
        session = self._sessions.get((key, domain))
        if session is None:
            shared = shared_key(self._private_key, key)
            session = _Session(shared, self._clock.now())
            self._sessions[key, domain] = session
        return session

    def _execute(self, message: RoutableMessage) -> Response:
        """Verify a command and execute it."""
        if self._injected:
            raise SignatureFaultError(self._injected.popleft())
        key = message.signature_data.signer_identity.public_key
        if key not in self.paired | self.proxy_keys:
            raise SignatureFaultError(MessageFault.MESSAGEFAULT_ERROR_UNKNOWN_KEY_ID)
        domain = message.to_destination.domain
        if domain not in _DOMAINS:
            raise SignatureFaultError(MessageFault.MESSAGEFAULT_ERROR_INVALID_DOMAINS)
        self._verify(message, self._session(key, domain))
        try:
            action = Action.FromString(message.protobuf_message_as_bytes)
        except DecodeError as error:
            raise SignatureFaultError(
                MessageFault.MESSAGEFAULT_ERROR_DECODING
            ) from error
        try:
            effect = from_action(action.vehicleAction)
        except UnknownCommandError as error:
            raise SignatureFaultError(
                MessageFault.MESSAGEFAULT_ERROR_INVALID_COMMAND
            ) from error
        answer = effect(self._car)
        status = (
            ActionResult.OPERATIONSTATUS_OK
            if answer.result
            else ActionResult.OPERATIONSTATUS_ERROR
        )
        reason = ResultReason(plain_text=answer.reason) if answer.reason else None
        return Response(actionStatus=ActionStatus(result=status, result_reason=reason))

    def _verify(self, message: RoutableMessage, session: _Session) -> None:
        """Verify a signature in the order of Tesla's verifier."""
        if not message.signature_data.HasField("HMAC_Personalized_data"):
            raise SignatureFaultError(MessageFault.MESSAGEFAULT_ERROR_BAD_PARAMETER)
        signature = message.signature_data.HMAC_Personalized_data
        now = session.seconds(self._clock.now())
        fault = _freshness_fault(signature, session, now)
        if fault is None and not hmac.compare_digest(
            signature.tag,
            command_tag(message, session.shared_key, self._car.settings.vin),
        ):
            fault = MessageFault.MESSAGEFAULT_ERROR_INVALID_SIGNATURE
            if any(
                hmac.compare_digest(
                    signature.tag, command_tag(message, session.shared_key, vin)
                )
                for vin in self._other_vins
            ):
                fault = MessageFault.MESSAGEFAULT_ERROR_WRONG_PERSONALIZATION
        if fault is None and not session.accept_counter(signature.counter):
            fault = MessageFault.MESSAGEFAULT_ERROR_INVALID_TOKEN_OR_COUNTER
        if fault is not None:
            raise SignatureFaultError(fault, resync=True)


def _freshness_fault(
    signature: HMAC_Personalized_Signature_Data, session: _Session, now: int
) -> MessageFault | None:
    """Return the fault of the epoch, the expiry or the counter's order, if any."""
    if signature.epoch != session.epoch:
        return MessageFault.MESSAGEFAULT_ERROR_INCORRECT_EPOCH
    if signature.expires_at < now:
        return MessageFault.MESSAGEFAULT_ERROR_TIME_EXPIRED
    if signature.expires_at > _EPOCH_SECONDS:
        return MessageFault.MESSAGEFAULT_ERROR_BAD_PARAMETER
    if (
        signature.counter < session.counter
        and signature.expires_at - now > _MAX_SECONDS_OUT_OF_ORDER
    ):
        return MessageFault.MESSAGEFAULT_ERROR_TIME_TO_LIVE_TOO_LONG
    return None
