"""The signing client in the command proxy: sessions, signatures and repeats.

Behaviour: vehicle-command of 2026-07, `pkg/vehicle`, `pkg/connector/inet` and
`internal/dispatcher`. Unlike Tesla's client it does not ask for encrypted answers.
"""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
import hmac
import json
import secrets

from aiohttp import ClientError, ClientSession
from cryptography.hazmat.primitives.asymmetric import ec
from google.protobuf.message import DecodeError
from tesla_protocol.command.car_server_pb2 import (
    Action,
    OperationStatus_E as ActionResult,
    Response,
    VehicleAction,
)
from tesla_protocol.command.signatures_pb2 import (
    HMAC_Personalized_Signature_Data,
    KeyIdentity,
    Session_Info_Status,
    SessionInfo,
    SignatureData,
)
from tesla_protocol.command.universal_message_pb2 import (
    Destination,
    Domain,
    MessageFault_E as MessageFault,
    OperationStatus_E,
    RoutableMessage,
    SessionInfoRequest,
)

from .clock import Clock
from .signature import command_tag, point_of, session_info_tag, shared_key

# How long a signed command is valid.
_VALID_SECONDS = 10
_DOMAINS = (Domain.DOMAIN_VEHICLE_SECURITY, Domain.DOMAIN_INFOTAINMENT)

_NOT_AWAKE = "vehicle unavailable: vehicle is offline or asleep"
_NOT_PAIRED = (
    "vehicle rejected request: your public key has not been paired with the vehicle"
)
_BUSY = "vehicle busy or finishing wake-up"

# Errors of the car that Tesla's client takes for temporary.
_TEMPORARY_FAULTS = frozenset(
    {
        MessageFault.MESSAGEFAULT_ERROR_BUSY,
        MessageFault.MESSAGEFAULT_ERROR_TIMEOUT,
        MessageFault.MESSAGEFAULT_ERROR_INVALID_SIGNATURE,
        MessageFault.MESSAGEFAULT_ERROR_INVALID_TOKEN_OR_COUNTER,
        MessageFault.MESSAGEFAULT_ERROR_INTERNAL,
        MessageFault.MESSAGEFAULT_ERROR_INCORRECT_EPOCH,
        MessageFault.MESSAGEFAULT_ERROR_TIME_EXPIRED,
        MessageFault.MESSAGEFAULT_ERROR_TIME_TO_LIVE_TOO_LONG,
    }
)
# Statuses of the Fleet API that it takes for temporary. A 504 is one, too, but a
# command that was answered with it may have been executed, and is not repeated.
_TEMPORARY_STATUSES = frozenset({408, 421})


class ProxyError(Exception):
    """A command that the proxy could not deliver.

    Attributes:
        temporary: Whether the client repeats what failed.
        status: The HTTP status of the Fleet API, None if the error has none.
    """

    def __init__(
        self, text: str, *, temporary: bool = False, status: int | None = None
    ) -> None:
        """Set the text of Tesla's client."""
        super().__init__(text)
        self.temporary = temporary
        self.status = status


class CarRefusalError(Exception):
    """The car verified a command and refused it; the text is its reason."""


class NotSupportedError(ProxyError):
    """The car does not support the command protocol."""

    def __init__(self) -> None:
        """Set the text of Tesla's client."""
        super().__init__("vehicle does not support protocol -- use REST API")


@dataclass(kw_only=True)
class _Session:
    """A session with one domain of a car."""

    shared: bytes
    epoch: bytes
    counter: int
    clock_time: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Route:
    """How messages reach a car.

    Attributes:
        vin: The car.
        session: The HTTP client.
        authorization: The header of the caller.
        urls: Addresses of `signed_command`; a 421 moves the first one to the end.
    """

    vin: str
    session: ClientSession
    authorization: str
    urls: list[str]


class ProxyClient:
    """Signs commands with the proxy's key, and keeps its sessions with cars.

    Attributes:
        public_key: The proxy's, a 65-byte P-256 point.
    """

    def __init__(self, clock: Clock, repeat_after: float) -> None:
        """Create a key.

        Args:
            clock: Of sessions.
            repeat_after: Real seconds between two attempts.
        """
        self._clock = clock
        self._repeat_after = repeat_after
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._sessions: dict[tuple[str, int], _Session] = {}
        self.public_key = point_of(self._key.public_key())

    async def start_session(self, route: Route) -> None:
        """Start the missing sessions with both domains of a car, at the same time.

        Raises:
            NotSupportedError: The car does not support the protocol.
            ProxyError: A handshake failed.
        """
        missing = [each for each in _DOMAINS if (route.vin, each) not in self._sessions]
        results = await asyncio.gather(
            *(
                self._repeat(partial(self._handshake, route, domain))
                for domain in missing
            ),
            return_exceptions=True,
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def execute(self, route: Route, action: VehicleAction) -> None:
        """Send a command until the car executes or refuses it.

        Raises:
            CarRefusalError: The car refused it.
            ProxyError: It could not be delivered.
        """
        payload = Action(vehicleAction=action).SerializeToString()
        answer = await self._repeat(partial(self._send_command, route, payload))
        try:
            status = Response.FromString(answer.protobuf_message_as_bytes).actionStatus
        except DecodeError as error:
            raise ProxyError(f"unable to parse vehicle response: {error}") from error
        if status.result == ActionResult.OPERATIONSTATUS_ERROR:
            reason = status.result_reason.plain_text or "unspecified error"
            raise CarRefusalError(f"car could not execute command: {reason}")

    async def _repeat[T](self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Repeat what fails temporarily; the caller has the timeout."""
        while True:
            try:
                return await attempt()
            except ProxyError as error:
                if not error.temporary:
                    raise
            await asyncio.sleep(self._repeat_after)

    async def _handshake(self, route: Route, domain: Domain) -> None:
        """Start the session with a domain."""
        message = self._message(domain)
        request = SessionInfoRequest(public_key=self.public_key)
        message.session_info_request.CopyFrom(request)
        answer = await self._transmit(route, message)
        _raise_for_error(answer)
        if (route.vin, domain) not in self._sessions:
            raise ProxyError("invalid response", temporary=True)

    async def _send_command(self, route: Route, payload: bytes) -> RoutableMessage:
        """Sign and send a command once; a refused signature renews the session."""
        domain = Domain.DOMAIN_INFOTAINMENT
        session = self._sessions[route.vin, domain]
        session.counter += 1
        passed = (self._clock.now() - session.at).total_seconds()
        message = self._message(domain)
        message.protobuf_message_as_bytes = payload
        message.signature_data.CopyFrom(
            SignatureData(
                signer_identity=KeyIdentity(public_key=self.public_key),
                HMAC_Personalized_data=HMAC_Personalized_Signature_Data(
                    epoch=session.epoch,
                    counter=session.counter,
                    expires_at=session.clock_time + int(passed) + _VALID_SECONDS,
                ),
            )
        )
        tag = command_tag(message, session.shared, route.vin)
        message.signature_data.HMAC_Personalized_data.tag = tag
        answer = await self._transmit(route, message)
        _raise_for_error(answer)
        return answer

    def _message(self, domain: Domain) -> RoutableMessage:
        """Return an empty message to a domain."""
        return RoutableMessage(
            to_destination=Destination(domain=domain),
            from_destination=Destination(routing_address=secrets.token_bytes(16)),
            uuid=secrets.token_bytes(16),
        )

    async def _transmit(
        self, route: Route, message: RoutableMessage
    ) -> RoutableMessage:
        """Send a message, unchanged at each repeat, and return the answer."""
        encoded = base64.b64encode(message.SerializeToString()).decode()
        body = {"routable_message": encoded}
        text = await self._repeat(partial(_post, route, body))
        try:
            data = base64.b64decode(json.loads(text)["response"] or "", validate=True)
            answer: RoutableMessage = RoutableMessage.FromString(data)
        except (KeyError, TypeError, ValueError, binascii.Error, DecodeError) as error:
            raise ProxyError(f"unable to parse server response: {error}") from error
        self._update_session(route.vin, message, answer)
        return answer

    def _update_session(
        self, vin: str, message: RoutableMessage, answer: RoutableMessage
    ) -> None:
        """Take the session info of an answer, if its tag is right."""
        tag = answer.signature_data.session_info_tag.tag
        if not tag:
            return
        info = SessionInfo.FromString(answer.session_info)
        shared = shared_key(self._key, info.publicKey)
        expected = session_info_tag(shared, vin, message.uuid, answer.session_info)
        if hmac.compare_digest(tag, expected):
            self._sessions[vin, message.to_destination.domain] = _Session(
                shared=shared,
                epoch=info.epoch,
                counter=info.counter,
                clock_time=info.clock_time,
                at=self._clock.now(),
            )


async def _post(route: Route, body: dict[str, str]) -> str:
    """Send a request to the Fleet API and return the text of its answer."""
    headers = {"Authorization": route.authorization}
    url = route.urls[0]
    answered = False
    try:
        async with route.session.post(url, headers=headers, json=body) as upstream:
            answered = True
            status, text = upstream.status, await upstream.text()
    except ClientError as error:
        # A lost answer may belong to a command that was executed; Tesla's client
        # repeats one that has not even a status.
        raise ProxyError(str(error), temporary=not answered) from error
    if status == 200:
        return text
    if status == 422:
        raise NotSupportedError
    if status == 503 or (status == 408 and "vehicle is offline" in text):
        raise ProxyError(_NOT_AWAKE)
    # Another request of the same command may have moved it already.
    if status == 421 and route.urls[0] == url:
        route.urls.append(route.urls.pop(0))
    temporary = status in _TEMPORARY_STATUSES
    raise ProxyError(text, temporary=temporary, status=status)


def _raise_for_error(answer: RoutableMessage) -> None:
    """Raise the error in a car's answer, if there is one.

    Raises:
        ProxyError: In the words of Tesla's client.
    """
    fault = answer.signedMessageStatus.signed_message_fault
    if fault == MessageFault.MESSAGEFAULT_ERROR_UNKNOWN_KEY_ID:
        raise ProxyError(_NOT_PAIRED)
    if fault != MessageFault.MESSAGEFAULT_ERROR_NONE:
        name = MessageFault.Name(fault)
        raise ProxyError(name, temporary=fault in _TEMPORARY_FAULTS)
    status = SessionInfo.FromString(answer.session_info).status
    if status == Session_Info_Status.SESSION_INFO_STATUS_KEY_NOT_ON_WHITELIST:
        raise ProxyError(_NOT_PAIRED)
    operation = answer.signedMessageStatus.operation_status
    if operation == OperationStatus_E.OPERATIONSTATUS_WAIT:
        raise ProxyError(_BUSY, temporary=True)
