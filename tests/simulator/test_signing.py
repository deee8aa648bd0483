"""Tests of the car's side of the command protocol, with the library and without."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
import hashlib
import hmac
from pathlib import Path
import struct

from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import pytest
from tesla_fleet_api import TeslaFleetApi
from tesla_fleet_api.exceptions import (
    InvalidResource,
    NotOnWhitelistFault,
    TeslaFleetMessageFaultBusy,
    TeslaFleetMessageFaultUnknownKeyId,
    VehicleOffline,
)
from tesla_fleet_api.tesla.vehicle.signed import VehicleSigned
from tesla_protocol.command.car_server_pb2 import (
    Action,
    ChargingSetLimitAction,
    Response,
    VehicleAction,
)
from tesla_protocol.command.signatures_pb2 import (
    HMAC_Personalized_Signature_Data,
    KeyIdentity,
    SessionInfo,
    SignatureData,
)
from tesla_protocol.command.universal_message_pb2 import (
    Destination,
    Domain,
    MessageFault_E as MessageFault,
    RoutableMessage,
    SessionInfoRequest,
)

from simulator.billing import Kind
from simulator.car import Car, CarSettings
from simulator.clock import ManualClock
from simulator.cloud import Cloud
from simulator.settings import CloudSettings
from simulator.signature import read_point
from simulator.signing import VehicleSide

from .conftest import HOME, VIN, Clouds

OTHER_VIN = "LRW3E7EK0RC000002"
SIGNED = CarSettings(vin=VIN, home=HOME, command_signing="required")
CHALLENGE = b"a challenge of 16"[:16]


async def signed_vehicle(
    cloud: Cloud, session: ClientSession, folder: Path, *, paired: bool = True
) -> VehicleSigned[TeslaFleetApi]:
    """Return the library's signing vehicle with a key of its own."""
    tokens = cloud.issue_tokens()
    api = TeslaFleetApi(session, tokens.access_token, server=cloud.fleet_url("eu"))
    await api.get_private_key(str(folder / "key.pem"))
    if paired:
        cloud.vehicle_sides[VIN].pair(api.public_pem)
    vehicle = api.vehicles.createSigned(VIN)
    assert isinstance(vehicle, VehicleSigned)
    return vehicle


async def test_library_sends_every_charging_command(
    clouds: Clouds, session: ClientSession, tmp_path: Path
) -> None:
    """Handshake, then each command with its effect; refusals bring their reason."""
    cloud = await clouds.start(cars=[SIGNED])
    simulated = cloud.cars[VIN]
    car = await signed_vehicle(cloud, session, tmp_path)
    done = {"response": {"result": True, "reason": ""}}
    assert await car.set_charge_limit(90) == done
    assert simulated.charge_limit == 90
    refused = await car.set_charge_limit(90)
    assert refused["response"] == {"result": False, "reason": "already_set"}
    add = await car.add_charge_schedule(
        "Tues,Thurs", True, 52.2297, 21.0122, end_time=360, id=9, name="night"
    )
    assert add == done
    schedule = simulated.charge_schedules[9]
    assert (schedule.days_of_week, schedule.end_time) == (20, 360)
    assert schedule.end_enabled and not schedule.start_enabled
    assert schedule.name == "night"
    missing = await car.remove_charge_schedule(8)
    assert missing["response"]["result"] is False
    assert "not found" in missing["response"]["reason"]
    assert await car.remove_charge_schedule(9) == done
    assert not simulated.charge_schedules
    simulated.plug_in()
    assert await car.charge_stop() == done
    assert await car.charge_start() == done
    assert simulated.charging_state == "Charging"
    assert await car.set_charging_amps(8) == done
    assert (await car.ping())["response"]["result"] is True
    assert (await car.vehicle_data())["response"]["vin"] == VIN


async def test_library_resyncs_after_a_reboot(
    clouds: Clouds, session: ClientSession, tmp_path: Path
) -> None:
    """A new epoch costs one more message, and the command arrives."""
    cloud = await clouds.start(cars=[SIGNED])
    car = await signed_vehicle(cloud, session, tmp_path)
    await car.set_charge_limit(90)
    cloud.requests.clear()
    cloud.cars[VIN].reboot()
    assert (await car.set_charge_limit(91))["response"]["result"] is True
    assert cloud.cars[VIN].charge_limit == 91
    assert len(cloud.requests) == 2


async def test_library_reports_that_it_is_not_paired(
    clouds: Clouds, session: ClientSession, tmp_path: Path
) -> None:
    """The handshake fails before pairing and after unpairing."""
    cloud = await clouds.start(cars=[SIGNED])
    car = await signed_vehicle(cloud, session, tmp_path, paired=False)
    with pytest.raises(NotOnWhitelistFault):
        await car.set_charge_limit(90)
    pem = car.parent.public_pem
    cloud.vehicle_sides[VIN].pair(pem)
    assert (await car.set_charge_limit(90))["response"]["result"] is True
    cloud.vehicle_sides[VIN].unpair(pem)
    with pytest.raises(TeslaFleetMessageFaultUnknownKeyId):
        await car.set_charge_limit(91)
    assert cloud.cars[VIN].charge_limit == 90


async def test_library_reports_that_the_car_is_busy(
    clouds: Clouds, session: ClientSession, tmp_path: Path
) -> None:
    """An injected fault applies once."""
    cloud = await clouds.start(cars=[SIGNED])
    car = await signed_vehicle(cloud, session, tmp_path)
    cloud.vehicle_sides[VIN].inject(MessageFault.MESSAGEFAULT_ERROR_BUSY)
    with pytest.raises(TeslaFleetMessageFaultBusy):
        await car.set_charge_limit(90)
    assert (await car.set_charge_limit(90))["response"]["result"] is True


async def test_library_is_refused_by_cars_without_the_protocol(
    clouds: Clouds, session: ClientSession, tmp_path: Path
) -> None:
    """422 for an old car, 408 for one that sleeps."""
    cloud = await clouds.start()
    car = await signed_vehicle(cloud, session, tmp_path)
    with pytest.raises(InvalidResource):
        await car.set_charge_limit(90)
    asleep = await clouds.start(cars=[replace(SIGNED, starts_asleep=True)])
    car = await signed_vehicle(asleep, session, tmp_path)
    with pytest.raises(VehicleOffline):
        await car.set_charge_limit(90)
    allowed = await clouds.start(cars=[replace(SIGNED, command_signing="allowed")])
    car = await signed_vehicle(allowed, session, tmp_path)
    await car.set_charge_limit(90)
    await car.parent.vehicles.createFleet(VIN).set_charge_limit(91)
    assert allowed.cars[VIN].charge_limit == 91


@pytest.mark.parametrize(("billed", "commands"), [(True, 3), (False, 2)])
async def test_handshake_is_billed_if_set(
    clouds: Clouds,
    session: ClientSession,
    tmp_path: Path,
    billed: bool,
    commands: int,
) -> None:
    """Two commands and a handshake; what the latter costs is a setting."""
    cloud = await clouds.start(CloudSettings(handshakes_billed=billed), [SIGNED])
    car = await signed_vehicle(cloud, session, tmp_path)
    await car.set_charge_limit(90)
    await car.set_charge_limit(91)
    assert cloud.billing.month_to_date[Kind.COMMAND] == commands


@pytest.mark.parametrize(
    "body", [{}, {"routable_message": "%"}, {"routable_message": 1}]
)
async def test_invalid_message_is_400(
    clouds: Clouds, session: ClientSession, body: dict[str, object]
) -> None:
    """A body that cannot be read is the client's mistake."""
    cloud = await clouds.start(cars=[SIGNED])
    headers = {"Authorization": f"Bearer {cloud.issue_tokens().access_token}"}
    url = f"{cloud.fleet_url('eu')}/api/1/vehicles/{VIN}/signed_command"
    async with session.post(url, headers=headers, json=body) as answer:
        assert answer.status == 400


class Signer:
    """A client that signs by hand, after Tesla's description."""

    def __init__(self, side: VehicleSide) -> None:
        """Pair a new key and start a session."""
        self._side = side
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.point = self._key.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        side.pair(self.point)
        request = RoutableMessage(
            to_destination=Destination(domain=Domain.DOMAIN_INFOTAINMENT),
            session_info_request=SessionInfoRequest(public_key=self.point),
            uuid=CHALLENGE,
        )
        reply = side.handle(request.SerializeToString())
        assert reply.handshake
        self.info = self.read_info(RoutableMessage.FromString(reply.message))

    def _shared_key(self, public_key: bytes) -> bytes:
        """Return K for the car's key."""
        car = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
        secret = self._key.exchange(ec.ECDH(), car)
        return hashlib.sha1(secret, usedforsecurity=False).digest()[:16]

    def read_info(self, answer: RoutableMessage) -> SessionInfo:
        """Return the session info of an answer, its tag checked."""
        info: SessionInfo = SessionInfo.FromString(answer.session_info)
        metadata = bytes([0, 1, 6, 2, 17]) + VIN.encode() + bytes([6, 16]) + CHALLENGE
        shared = self._shared_key(info.publicKey)
        key = hmac.digest(shared, b"session info", "sha256")
        tag = hmac.digest(key, metadata + b"\xff" + answer.session_info, "sha256")
        assert answer.signature_data.session_info_tag.tag == tag
        assert answer.request_uuid == CHALLENGE
        return info

    def send(
        self,
        percent: int,
        *,
        counter: int,
        vin: str = VIN,
        epoch: bytes | None = None,
        expires_at: int | None = None,
        domain: Domain = Domain.DOMAIN_INFOTAINMENT,
        payload: bytes | None = None,
        flags: int = 0,
        change: Callable[[RoutableMessage], None] | None = None,
    ) -> RoutableMessage:
        """Send a signed charge limit and return the answer."""
        if payload is None:
            limit = ChargingSetLimitAction(percent=percent)
            action = Action(vehicleAction=VehicleAction(chargingSetLimitAction=limit))
            payload = action.SerializeToString()
        epoch = self.info.epoch if epoch is None else epoch
        if expires_at is None:
            expires_at = self.info.clock_time + 10
        metadata = bytes([0, 1, 8, 1, 1, domain, 2, 17]) + vin.encode()
        metadata += bytes([3, len(epoch)]) + epoch
        metadata += bytes([4, 4]) + struct.pack(">I", expires_at)
        metadata += bytes([5, 4]) + struct.pack(">I", counter)
        if flags:
            metadata += bytes([7, 4]) + struct.pack(">I", flags)
        shared = self._shared_key(self.info.publicKey)
        key = hmac.digest(shared, b"authenticated command", "sha256")
        tag = hmac.digest(key, metadata + b"\xff" + payload, "sha256")
        message = RoutableMessage(
            to_destination=Destination(domain=domain),
            from_destination=Destination(routing_address=b"r" * 16),
            protobuf_message_as_bytes=payload,
            uuid=CHALLENGE,
            flags=flags,
            signature_data=SignatureData(
                signer_identity=KeyIdentity(public_key=self.point),
                HMAC_Personalized_data=HMAC_Personalized_Signature_Data(
                    epoch=epoch, counter=counter, expires_at=expires_at, tag=tag
                ),
            ),
        )
        if change is not None:
            change(message)
        reply = self._side.handle(message.SerializeToString())
        assert not reply.handshake
        answer: RoutableMessage = RoutableMessage.FromString(reply.message)
        return answer


@pytest.fixture
def car(clock: ManualClock) -> Car:
    """A car without a cloud."""
    return Car(SIGNED, clock)


@pytest.fixture
def side(car: Car, clock: ManualClock) -> VehicleSide:
    """Its side of the protocol."""
    return VehicleSide(car, clock, [VIN, OTHER_VIN])


def fault_of(answer: RoutableMessage) -> MessageFault:
    """Return the fault of an answer."""
    return answer.signedMessageStatus.signed_message_fault


def test_signed_command_by_hand(car: Car, side: VehicleSide) -> None:
    """The answer goes back to the sender and says that all is well."""
    answer = Signer(side).send(90, counter=1)
    assert fault_of(answer) == MessageFault.MESSAGEFAULT_ERROR_NONE
    assert answer.to_destination.routing_address == b"r" * 16
    assert answer.from_destination.domain == Domain.DOMAIN_INFOTAINMENT
    assert (
        Response.FromString(answer.protobuf_message_as_bytes).actionStatus.result == 0
    )
    assert car.charge_limit == 90


def test_flags_are_signed(car: Car, side: VehicleSide) -> None:
    """Flags that are not zero belong to the signature."""
    signer = Signer(side)
    assert not fault_of(signer.send(90, counter=1, flags=1))

    def add_flag(message: RoutableMessage) -> None:
        """Change the flags after signing."""
        message.flags = 2

    answer = signer.send(91, counter=2, change=add_flag)
    assert fault_of(answer) == MessageFault.MESSAGEFAULT_ERROR_INVALID_SIGNATURE
    assert car.charge_limit == 90


def spoil_tag(message: RoutableMessage) -> None:
    """Flip a bit of the signature."""
    signature = message.signature_data.HMAC_Personalized_data
    signature.tag = bytes([signature.tag[0] ^ 1]) + signature.tag[1:]


def spoil_payload(message: RoutableMessage) -> None:
    """Put another command under the signature."""
    message.protobuf_message_as_bytes += b"\x00"


@pytest.mark.parametrize("change", [spoil_tag, spoil_payload])
def test_bad_signature(
    car: Car, side: VehicleSide, change: Callable[[RoutableMessage], None]
) -> None:
    """Whatever was changed, the car does nothing and helps to re-sync."""
    signer = Signer(side)
    answer = signer.send(90, counter=1, change=change)
    assert fault_of(answer) == MessageFault.MESSAGEFAULT_ERROR_INVALID_SIGNATURE
    assert signer.read_info(answer).epoch == signer.info.epoch
    assert car.charge_limit == 80
    assert not fault_of(signer.send(90, counter=1))


def test_wrong_vin(car: Car, side: VehicleSide) -> None:
    """A command signed for another car of the account has a fault of its own."""
    signer = Signer(side)
    answer = signer.send(90, counter=1, vin=OTHER_VIN)
    fault = MessageFault.MESSAGEFAULT_ERROR_WRONG_PERSONALIZATION
    assert fault_of(answer) == fault
    answer = signer.send(90, counter=1, vin="5YJ3E7EB7KF999999")
    assert fault_of(answer) == MessageFault.MESSAGEFAULT_ERROR_INVALID_SIGNATURE
    assert car.charge_limit == 80


def test_wrong_epoch(car: Car, side: VehicleSide) -> None:
    """After a reboot the old epoch is refused with the new one."""
    signer = Signer(side)
    old = signer.info.epoch
    car.reboot()
    answer = signer.send(90, counter=1)
    assert fault_of(answer) == MessageFault.MESSAGEFAULT_ERROR_INCORRECT_EPOCH
    signer.info = signer.read_info(answer)
    assert signer.info.epoch != old
    assert not fault_of(signer.send(90, counter=1))


def test_expired(car: Car, side: VehicleSide, clock: ManualClock) -> None:
    """A message lives until the second that it names."""
    signer = Signer(side)
    clock.advance(timedelta(seconds=10))
    assert not fault_of(signer.send(90, counter=1))
    clock.advance(timedelta(seconds=1))
    answer = signer.send(91, counter=2)
    assert fault_of(answer) == MessageFault.MESSAGEFAULT_ERROR_TIME_EXPIRED
    assert signer.read_info(answer).clock_time == 11
    assert car.charge_limit == 90


def test_counter_cannot_be_replayed(car: Car, side: VehicleSide) -> None:
    """Each counter works once, in any order within the window of 32."""
    signer = Signer(side)
    replayed = MessageFault.MESSAGEFAULT_ERROR_INVALID_TOKEN_OR_COUNTER
    for counter in (5, 3, 40, 38):
        assert not fault_of(signer.send(90, counter=counter))
    for counter in (5, 3, 40, 38, 7):
        answer = signer.send(91, counter=counter)
        assert fault_of(answer) == replayed
        assert signer.read_info(answer).counter == 40
    assert not fault_of(signer.send(92, counter=8))
    assert not fault_of(signer.send(93, counter=200))
    assert car.charge_limit == 93


def test_out_of_order_message_must_be_short_lived(side: VehicleSide) -> None:
    """One that comes late may not be valid for more than 30 seconds."""
    signer = Signer(side)
    signer.send(90, counter=5)
    answer = signer.send(91, counter=4, expires_at=31)
    assert fault_of(answer) == MessageFault.MESSAGEFAULT_ERROR_TIME_TO_LIVE_TOO_LONG
    assert not fault_of(signer.send(91, counter=4, expires_at=30))


def test_faults_without_session_info(side: VehicleSide) -> None:
    """Other domains, unreadable payloads and unknown commands are refused bare."""
    signer = Signer(side)
    answers = {
        MessageFault.MESSAGEFAULT_ERROR_INVALID_DOMAINS: signer.send(
            90, counter=1, domain=Domain.DOMAIN_AUTOPILOT
        ),
        MessageFault.MESSAGEFAULT_ERROR_DECODING: signer.send(
            90, counter=2, payload=b"\xff\xff"
        ),
        MessageFault.MESSAGEFAULT_ERROR_INVALID_COMMAND: signer.send(
            90, counter=3, payload=b""
        ),
    }
    for fault, answer in answers.items():
        assert fault_of(answer) == fault
        assert not answer.session_info


def test_unsigned_command_is_refused(car: Car, side: VehicleSide) -> None:
    """Without a signature by HMAC there is nothing to check."""
    signer = Signer(side)

    def remove_signature(message: RoutableMessage) -> None:
        """Leave only the name of the signer."""
        message.signature_data.ClearField("HMAC_Personalized_data")

    answer = signer.send(90, counter=1, change=remove_signature)
    assert fault_of(answer) == MessageFault.MESSAGEFAULT_ERROR_BAD_PARAMETER
    assert car.charge_limit == 80


def test_clients_do_not_share_counters(side: VehicleSide) -> None:
    """Each key has a session of its own."""
    for signer in (Signer(side), Signer(side)):
        assert not fault_of(signer.send(90, counter=1))


def test_only_p256_keys_can_be_paired(side: VehicleSide) -> None:
    """Other keys are refused."""
    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    pem = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for key in (pem, "nonsense", b"nonsense"):
        with pytest.raises(ValueError):
            side.pair(key)
    assert read_point(side.public_key) == side.public_key
