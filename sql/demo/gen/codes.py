"""Identifiers of the trade with right check digits (DOMAIN 1.8)."""

USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = [pow(3, i, 31) for i in range(17)]
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def org_code(body):
    """Eight characters of an organisation code, completed by GB 11714."""
    total = sum((ord(c) - 55 if c.isalpha() else int(c)) * w
                for c, w in zip(body, ORG_WEIGHTS))
    check = 11 - total % 11
    return body + {10: "X", 11: "0"}.get(check, str(check))


def uscc(prefix, region, number):
    """A unified social credit code whose inner organisation code holds too.

    The organisation code begins with MADM and counts in base 31, so that
    no two parties share one.
    """
    body = ""
    for _ in range(4):
        number, digit = divmod(number, 31)
        body = USCC[digit] + body
    code = prefix + region + org_code("MADM" + body)
    total = sum(USCC.index(c) * w for c, w in zip(code, USCC_WEIGHTS))
    return code + USCC[(31 - total % 31) % 31]


def gs1(digits):
    """Digits followed by their GS1 mod-10 check digit."""
    total = sum(int(c) * (3 if i % 2 == 0 else 1)
                for i, c in enumerate(reversed(digits)))
    return digits + str((10 - total % 10) % 10)


def self_test():
    assert uscc_check("91350100M000100Y") == "91350100M000100Y43"[16:], "uscc"
    assert gs1("690123456789") == "6901234567892", "ean"


def uscc_check(first16):
    """The last two characters of a code given its first sixteen."""
    body = first16 + org_code(first16[8:])[-1]
    total = sum(USCC.index(c) * w for c, w in zip(body, USCC_WEIGHTS))
    return body[16] + USCC[(31 - total % 31) % 31]
