"""The TLS certificate of a server: when it ends, and what is wrong with it."""

from __future__ import annotations

import asyncio
import ssl

import msgspec

from cockpit.metrics.reasons import Trouble, trouble


class Certificate(msgspec.Struct, frozen=True):
    """`ends` in seconds since 1970; `untrusted` says why it is not trusted (its end, its issuer, its name), if so."""

    ends: float
    untrusted: str = ""


async def certificate(host: str, port: int, trust: ssl.SSLContext, seconds: float) -> Certificate | Trouble:
    """The certificate that a server shows within so many seconds, whether it is trusted or not."""
    try:
        async with asyncio.timeout(seconds):
            try:
                return Certificate(_end(await _shown(host, port, trust)))
            except ssl.SSLCertVerificationError as error:
                return Certificate(_end(await _shown(host, port, _lenient())), trouble(error).reason)
    except TimeoutError:
        return Trouble(f"no TLS connection in {seconds:g} s", "unreached")
    except (OSError, ValueError) as error:
        return trouble(error)


async def _shown(host: str, port: int, context: ssl.SSLContext) -> bytes:
    _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
    try:
        found: ssl.SSLObject = writer.get_extra_info("ssl_object")
        return found.getpeercert(binary_form=True) or b""
    finally:
        writer.transport.abort()


def _end(der: bytes) -> float:
    from cryptography import x509  # noqa: PLC0415  costs 20 ms, and few playbooks measure this

    return x509.load_der_x509_certificate(der).not_valid_after_utc.timestamp()


def _lenient() -> ssl.SSLContext:
    """What reads any certificate; nothing is sent over its connections."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
