"""Ed25519 verification in plain Python, RFC 8032 section 5.1.7, for a machine without `cryptography`. It has no secrets."""

import hashlib

P = 2**255 - 19
D = -121665 * pow(121666, P - 2, P) % P
L = 2**252 + 27742317777372353535851937790883648493
ROOT = pow(2, (P - 1) // 4, P)  # of -1
NEUTRAL = (0, 1, 1, 0)


def add(one, other):
    """The sum of two points as (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z: section 5.1.4."""
    x1, y1, z1, t1 = one
    x2, y2, z2, t2 = other
    a, b = (y1 - x1) * (y2 - x2), (y1 + x1) * (y2 + x2)
    c, d = 2 * D * t1 * t2, 2 * z1 * z2
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    result = NEUTRAL
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def encode(point):
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little")


def decode(data):
    """The point with this encoding: section 5.1.3. A y of p or more is taken modulo p."""
    number = int.from_bytes(data, "little")
    y, sign = number % 2**255 % P, number >> 255
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * ROOT % P
    if len(data) != 32 or v * x * x % P != u:
        raise ValueError("not a point of the curve")
    if x & 1 != sign:
        x = -x % P
    return x, y, 1, x * y % P


BASE = decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def equation(key, signature, message):
    """Does S·B = R + k·A hold, without the cofactor? R is compared as bytes, so it has one spelling. Raises if not."""
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    x, y, z, t = decode(key)
    number = int.from_bytes(signature[32:], "little")
    reached = add(times(number, BASE), times(challenge, (-x % P, y, z, -t % P)))
    if len(signature) != 64 or number >= L or encode(reached) != signature[:32]:
        raise ValueError("the signature does not verify")
