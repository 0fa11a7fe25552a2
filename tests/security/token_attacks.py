"""A table of attacks on access tokens; none of these strings may be accepted.

Other suites send each of them over HTTP.
"""

import json
from typing import Any

from tests.security.token_forgery import (
    ABSENT,
    CLAIMS,
    GENUINE,
    HEADER,
    ISSUED_AT,
    KEY,
    OLD_KEY,
    OTHER_KEY,
    base64url,
    digest_of_key,
    forged,
    noncanonical,
    segments,
    sign,
    signed,
    with_header,
)

_HEADER, _PAYLOAD, _SIGNATURE = segments()
_CLAIMS = json.dumps(CLAIMS).encode()
_UUID = str(CLAIMS["sub"])
_NONE = base64url(b'{"alg":"none","typ":"JWT"}')


def _raw(**members: str) -> str:
    """Return a correctly signed token with claims in raw JSON, which a dict cannot express."""
    claims = {name: json.dumps(value) for name, value in CLAIMS.items()} | members
    body = ",".join(f'"{name}":{value}' for name, value in claims.items())
    return signed(HEADER, f"{{{body}}}".encode())


_ALGORITHMS = {
    "alg none": signed(b'{"alg":"none","typ":"JWT"}', _CLAIMS),
    "alg none, unsigned": f"{_NONE}.{base64url(_CLAIMS)}.",
    "alg None": with_header(alg="None"),
    "alg NONE": with_header(alg="NONE"),
    "alg null": with_header(alg=None),
    "alg empty": with_header(alg=""),
    "alg missing": with_header(alg=ABSENT),
    "alg lower-case": with_header(alg="hs256"),
    "alg a list": with_header(alg=["HS256"]),
    "alg HS384, correctly signed": with_header("sha384", alg="HS384"),
    "alg HS512, correctly signed": with_header("sha512", alg="HS512"),
    "alg RS256": with_header(alg="RS256"),
    "alg ES256": with_header(alg="ES256"),
    "alg EdDSA": with_header(alg="EdDSA"),
    "alg HS256, signed with SHA-512": with_header("sha512"),
}
_HEADERS = {
    "typ missing": with_header(typ=ABSENT),
    "typ lower-case": with_header(typ="jwt"),
    "typ at+jwt": with_header(typ="at+jwt"),
    "typ null": with_header(typ=None),
    "kid": with_header(kid="1"),
    "kid that is a path": with_header(kid="../../dev/null"),
    "kid that is SQL": with_header(kid="' OR 1=1 --"),
    "jku": with_header(jku="https://attacker.example/keys"),
    "jwk": with_header(jwk={"kty": "oct", "k": base64url(KEY.encode())}),
    "x5u": with_header(x5u="https://attacker.example/cert"),
    "x5c": with_header(x5c=["MII"]),
    "crit": with_header(crit=["exp"]),
    "crit empty": with_header(crit=[]),
    "b64 true": with_header(b64=True),
    "b64 false": with_header(b64=False, crit=["b64"]),
    "cty JWT": with_header(cty="JWT"),
    "zip": with_header(zip="DEF"),
    "encrypted header": with_header(enc="A128GCM"),
    "header in another order": signed(b'{"typ":"JWT","alg":"HS256"}', _CLAIMS),
    "header with spaces": signed(b'{"alg": "HS256", "typ": "JWT"}', _CLAIMS),
    "header with alg twice": signed(b'{"alg":"none","alg":"HS256","typ":"JWT"}', _CLAIMS),
    "header with an escape": signed(b'{"\\u0061lg":"HS256","typ":"JWT"}', _CLAIMS),
    "header with a byte order mark": signed(b"\xef\xbb\xbf" + HEADER, _CLAIMS),
    "header in UTF-16": signed(HEADER.decode().encode("utf-16-le"), _CLAIMS),
    "header a list": signed(b"[]", _CLAIMS),
    "header a string": signed(b'"HS256"', _CLAIMS),
    "header null": signed(b"null", _CLAIMS),
    "header not JSON": signed(b"{", _CLAIMS),
    "header deeply nested": signed(b"[" * 300 + b"]" * 300, b"{}"),
}
_SIGNATURES = {
    "signature empty": f"{_HEADER}.{_PAYLOAD}.",
    "signature missing": f"{_HEADER}.{_PAYLOAD}",
    "signature cut short": GENUINE[:-4],
    "signature of nothing": f"{_HEADER}.{_PAYLOAD}.{sign('')}",
    "signature of the payload alone": f"{_HEADER}.{_PAYLOAD}.{sign(_PAYLOAD)}",
    "signature of another token": f"{_HEADER}.{_PAYLOAD}.{segments(forged(cver=2))[2]}",
    "signature all zeros": f"{_HEADER}.{_PAYLOAD}.{base64url(bytes(32))}",
    "signature doubled": GENUINE + _SIGNATURE,
    "signature not canonical": f"{_HEADER}.{_PAYLOAD}.{noncanonical(_SIGNATURE)}",
    "key of another service": forged(OTHER_KEY),
    "retired key": forged(OLD_KEY),
    "key empty": forged(""),
    "key with a trailing space": forged(KEY + " "),
    "key hashed": forged(digest_of_key()),
    "payload of another token, original signature": (
        f"{_HEADER}.{base64url(json.dumps(CLAIMS | {'sub': CLAIMS['sid']}).encode())}.{_SIGNATURE}"
    ),
}
_SPELLINGS = {
    "empty": "",
    "a dot": ".",
    "two dots": "..",
    "a space": " ",
    "the word Bearer": f"Bearer {GENUINE}",
    "padded": GENUINE + "=",
    "padded wrongly": GENUINE + "==",
    "padded too much": GENUINE + "====",
    "padded in the payload": f"{_HEADER}.{_PAYLOAD}{'=' * (-len(_PAYLOAD) % 4)}=.{_SIGNATURE}",
    "a leading space": " " + GENUINE,
    "a trailing space": GENUINE + " ",
    "a trailing newline": GENUINE + "\n",
    "a tab inside": GENUINE.replace(".", ".\t", 1),
    "a newline in the signature": GENUINE[:-5] + "\n" + GENUINE[-5:],
    "a trailing NUL": GENUINE + "\0",
    "quoted": f'"{GENUINE}"',
    "a trailing comma": GENUINE + ",",
    "percent-encoded": GENUINE.replace(".", "%2E"),
    "an empty segment at the end": GENUINE + ".",
    "an empty segment at the start": "." + GENUINE,
    "four segments": f"{GENUINE}.{_SIGNATURE}",
    "five segments, as in an encrypted token": f"{_HEADER}..{_PAYLOAD}.{_SIGNATURE}.{_SIGNATURE}",
    "twice": f"{GENUINE}{GENUINE}",
    "two with a comma": f"{GENUINE},{GENUINE}",
    "upper-case": GENUINE.upper(),
    "in the standard base64 alphabet": (
        f"{_HEADER}.{_PAYLOAD}." + base64url(b"\xff" * 32).replace("_", "/").replace("-", "+")
    ),
    "full-width dots": GENUINE.replace(".", "\uff0e"),
    "letters of another script": GENUINE.replace("e", "\u0435", 1),
    "zero width space inside": GENUINE[:9] + "\u200b" + GENUINE[9:],
    "digits of another script": f"{_HEADER}.{_PAYLOAD}.\u0661{_SIGNATURE[1:]}",
    "lone surrogate": GENUINE + "\ud800",
    "very long": "A" * 100_000,
    "very many dots": "." * 1_000,
    "a long payload, correctly signed": forged(jti="0" * 2_000),
    "nested": signed(HEADER, json.dumps(GENUINE).encode()),
    "in JSON serialisation": json.dumps(
        {"protected": _HEADER, "payload": _PAYLOAD, "signature": _SIGNATURE}
    ),
    "payload alone": _PAYLOAD,
    "payload not JSON": signed(HEADER, b"access"),
    "payload empty": signed(HEADER, b""),
    "payload an empty object": signed(HEADER, b"{}"),
    "payload a list": signed(HEADER, b"[1]"),
    "payload null": signed(HEADER, b"null"),
    "payload a number": signed(HEADER, b"1"),
    "payload broken UTF-8": signed(HEADER, b'{"iss":"\xff"}'),
    "payload in UTF-16": signed(HEADER, '{"iss":"cowork-api"}'.encode("utf-16")),
    "payload with a byte order mark": signed(HEADER, b"\xef\xbb\xbf" + _CLAIMS),
    "payload deeply nested": signed(HEADER, b"[" * 300 + b"]" * 300),
    "payload with trailing data": signed(HEADER, _CLAIMS + b"{}"),
    "a claim twice": signed(HEADER, b'{"purpose":"refresh",' + _CLAIMS[1:]),
    "a claim twice, the same": signed(HEADER, b'{"purpose":"access",' + _CLAIMS[1:]),
}
_TIMES = {
    f"{name} {kind}": forged(**{name: value})
    for name in ("exp", "iat")
    for kind, value in {
        "missing": ABSENT,
        "null": None,
        "a string": str(CLAIMS[name]),
        "a word": "never",
        "a float": float(CLAIMS[name]),
        "true": True,
        "false": False,
        "zero": 0 if name == "exp" else ABSENT,
        "negative": -1,
        "huge": 2**63,
        "even larger": 10**300,
        "in the year 9999": 253_402_300_799,
        "a list": [CLAIMS[name]],
        "an object": {"$date": CLAIMS[name]},
    }.items()
} | {
    "exp NaN": _raw(exp="NaN"),
    "exp Infinity": _raw(exp="Infinity"),
    "exp 1e999": _raw(exp="1e999"),
    "exp 1e10": _raw(exp="1e10"),
    "exp minus zero": _raw(exp="-0"),
    "iat NaN": _raw(iat="NaN"),
    "iat minus Infinity": _raw(iat="-Infinity"),
    "expired just now": forged(iat=ISSUED_AT - 900, exp=ISSUED_AT),
    "expired long ago": forged(iat=ISSUED_AT - 90_000, exp=ISSUED_AT - 89_100),
    "expired before it was issued": forged(iat=ISSUED_AT, exp=ISSUED_AT - 1),
    "valid for a week": forged(exp=ISSUED_AT + 7 * 86_400),
    "issued in a minute": forged(iat=ISSUED_AT + 60, exp=ISSUED_AT + 960),
    "issued in six seconds": forged(iat=ISSUED_AT + 6, exp=ISSUED_AT + 906),
    "nbf as well": forged(nbf=ISSUED_AT),
}


def _wrong_texts(name: str) -> dict[str, Any]:
    valid = str(CLAIMS[name])
    return {
        "missing": ABSENT,
        "null": None,
        "empty": "",
        "another": "another",
        "a list with it": [valid],
        "a list with it and another value": [valid, "another"],
        "an object": {valid: True},
        "true": True,
        "a number": 1,
        "in capitals": valid.upper() + "Z",
        "with a space": f"{valid} ",
        "with a NUL": f"{valid}\0",
    }


_TEXTS = {
    f"{name} {kind}": forged(**{name: value})
    for name in ("iss", "aud", "sub", "sid", "jti", "purpose")
    for kind, value in _wrong_texts(name).items()
} | {
    "aud of the frontend": forged(aud="http://localhost:3000"),
    "purpose refresh": forged(purpose="refresh"),
    "purpose reset": forged(purpose="reset"),
    "purpose in capitals": forged(purpose="ACCESS"),
    "sub without hyphens": forged(sub=_UUID.replace("-", "")),
    "sub in capitals": forged(sub="0F8FAD5B-D9CB-469F-A165-70867728950E"),
    "sub in braces": forged(sub=f"{{{_UUID}}}"),
    "sub as a URN": forged(sub=f"urn:uuid:{_UUID}"),
    "sub an address": forged(sub="ada@example.com"),
    "sub SQL": forged(sub="' OR 1=1 --"),
    "sub in digits of another script": forged(sub="\u0660" + _UUID[1:]),
}
_OTHERS = {
    "cver missing": forged(cver=ABSENT),
    "cver a string": forged(cver="1"),
    "cver a float": forged(cver=1.0),
    "cver true": forged(cver=True),
    "cver negative": forged(cver=-1),
    "cver huge": forged(cver=2**31),
    "an additional claim": forged(role="SUPER_ADMIN"),
    "an additional claim with an empty name": forged(**{"": 0}),
    "__proto__": forged(__proto__={}),
}

TOKEN_ATTACKS: dict[str, str] = (
    _ALGORITHMS | _HEADERS | _SIGNATURES | _SPELLINGS | _TIMES | _TEXTS | _OTHERS
)
"""Tokens by name of the attack. The key is `token_forgery.KEY`, the time `token_forgery.NOW`."""
