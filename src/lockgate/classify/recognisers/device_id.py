"""Identifiers of devices: IMEI, advertising identifiers, serial numbers.

Source: 3GPP TS 23.003 clause 6 (IMEI); RFC 9562 (form of universally unique identifiers).
"""

from lockgate.classify.recogniser import NUMERIC, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="device-id",
    category=Category.DEVICE_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "device id, deviceid, device identifier, device number, device no, device serial number, ~serial number",
        "hardware id, hwid, machine id, terminal id, installation id, client device id, device fingerprint",
        "browser fingerprint, push token, device token, fcm token, device serial, udid",
        "设备号, 设备id, 设备标识, 기기번호, 단말기번호, 기기id",
    ),
    form=r"^(?:[0-9]{14,20}|[0-9A-Fa-f]{8}-?(?:[0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}|[0-9A-Za-z_-]{6,64})$",
    chance=0.3,
    weight=1.5,
    kinds=NUMERIC,
)
