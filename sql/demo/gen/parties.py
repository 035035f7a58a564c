"""Chains with their branches, distributors, and terminals that do not buy from us."""

import re
from datetime import timedelta

from . import words
from .out import rows

CHAIN_STEMS = ("仁心堂大药房", "德善堂大药房", "万家康大药房")
HOSPITAL_KINDS = ("人民医院", "中医院", "妇幼保健院", "第二人民医院", "中心卫生院", "疾病预防控制中心",
                  "精神卫生中心", "康复医院")
PLACE = re.compile("(回族|土家族|苗族|侗族|壮族|瑶族|藏族|彝族|满族|蒙古族|朝鲜族|傣族|白族|哈尼族)*"
                   "(自治区|自治州|自治县|特别行政区|地区|省|市|盟|林区|新区|区|县)$")

UNIT_PROVINCES = {"S-HZ": "41 42 43 36", "S-HD": "31 32 33 34 35 37", "S-HN": "44 45 46",
                  "S-HB": "11 12 13 14 15", "S-XN": "50 51 52 53 54",
                  "S-DX": "21 22 23 61 62 63 64 65"}
UNIT_OF = {p: u for u, ps in UNIT_PROVINCES.items() for p in ps.split()}

SCOPES = ("chemical", "antibiotic", "tcm", "biological", "anabolic")
ROLES = (("company_admin", "admin"), ("buyer", "buyer"), ("accountant", "account"),
         ("receiver", "store"))
REPORTER = (("reporter", "report"),)


def short_place(name):
    return PLACE.sub("", name) if len(name) > 2 else name


def sign_ins(w, c, login, roles, branch=None, tell=""):
    """Portal users of a customer; who orders is remembered for the simulation."""
    for role, suffix in roles:
        name = words.person(w.rnd)
        user = w.user("portal", "%s.%s" % (login, suffix), name, role, party=c.id, branch=branch)
        c.users.setdefault(role, []).append(user)
        if role in ("buyer", "company_admin"):
            c.buyers.append(user)
        if tell:
            w.logins.append(("portal", "%s.%s" % (login, suffix), role, name, tell))


def chains(w):
    """Hospital groups under their real campus names, and one invented chain of pharmacies."""
    groups = {}
    for r in rows("hospitals"):
        if r["group"]:
            groups.setdefault(r["group"], []).append(r)
    for i, r in enumerate(rows("chains")):
        campuses = groups.get(r["group"])
        if campuses:
            hospital_group(w, i, r, campuses)
        else:
            pharmacy_chain(w, i, r)


def hospital_group(w, i, r, campuses):
    head = campuses[0]
    name = head["name"].split("（")[0]
    code = "G%03d" % (i + 1)
    city, area, street = real_place(w, head)
    number, area, street, uscc, account = w.party(
        code, name, r["group"], "12", city, ("chain", "hospital"), kind="institution",
        address=street, area=area)
    c = w.customer(number, code, name, "hospital", area, "HOSP", r["terms"],
                   int(r["limit"]) * 100, "good", 4, account, uscc)
    w.licences(number, "hospital", 700, SCOPES)
    c.addresses.append(w.address(number, None, "药学部药库", area, street, 1))
    w.terminal(number, code, name, area, "hospital", street, uscc)
    sign_ins(w, c, r["login"], ROLES + (("chain_viewer", "viewer"),), tell=name)
    for k, campus in enumerate(campuses[1:]):
        city, area, street = real_place(w, campus)
        short = branch_name(campus["name"], name)
        branch, _, _, uscc, _ = w.party("%s-%d" % (code, k + 1), campus["name"], short, "12", city,
                                        ("hospital",), parent=number, kind="institution", address=street,
                                        area=area)
        w.terminal(branch, "%s-%d" % (code, k + 1), campus["name"], area, "hospital", street, uscc)
        c.addresses.append(w.address(number, branch, short + "药库", area, street, 0))
        sign_ins(w, c, "%s%d" % (r["login"], k + 1), (("buyer", "buyer"),), branch=branch)


def real_place(w, r):
    """City, county as far as name or address tell it, and an address: the known one, or invented."""
    city = {"1100": "1101", "1200": "1201", "3100": "3101", "5000": "5001"}.get(
        r["region"][:4], r["region"][:4])
    area = w.county_in(city, r["address"] or r["name"])
    if r["address"]:
        name = w.city_name(city)
        known = r["address"] if r["address"].startswith(name[:2]) else name + r["address"]
        return city, area or city, known
    return city, area or city, w.city_name(city) + (w.region[area] if area else "") + words.street(w.rnd)


def pharmacy_chain(w, i, r):
    code = "G%03d" % (i + 1)
    name = "武汉%s连锁有限公司" % r["group"]
    number, area, street, uscc, account = w.party(code, name, r["group"], "91", "4201",
                                               ("chain", "pharmacy"))
    c = w.customer(number, code, name, "chain", area, "RETAIL", r["terms"],
                   int(r["limit"]) * 100, "slow", 3, account, uscc)
    w.licences(number, "chain", 400, SCOPES[:4])
    c.addresses.append(w.address(number, None, "配送中心", area, street, 1))
    w.terminal(number, code, name, area, "chain", street, uscc)
    sign_ins(w, c, r["login"], ROLES + (("chain_viewer", "viewer"),), tell=name)
    for k, place in enumerate(words.STORE_PLACES[:6]):
        area, street = w.place("4201", w.rnd)
        branch = w.party("%s-%d" % (code, k + 1), name[:-6] + place, r["group"][:2] + place, "91", "4201",
                         ("pharmacy",), parent=number, address=street, area=area)[0]
        c.addresses.append(w.address(number, branch, place, area, street, 0))


def branch_name(name, head):
    tail = name[len(head):] if name.startswith(head) else name.replace(head.split("（")[0], "")
    return tail.strip("（）()") or name


def distributors(w):
    made = 0
    for r in rows("distributors"):
        if made == w.args.distributors:
            return
        made += 1
        city = {"1101": "1101"}.get(r["region"][:4], r["region"][:4])
        place = short_place(w.city_name(city))
        distributor(w, made, place + r["stem"] + r["suffix"], r["stem"] + "医药", city,
                    int(r["tier"]), r["terms"], int(r["limit"]), r["pay"], int(r["size"]),
                    r["login"], rows_limit(made))
    stems = [r["stem"] for r in rows("company_names")]
    cities = sorted(w.cities)
    while made < w.args.distributors:
        city, stem = w.rnd.choice(cities), w.rnd.choice(stems)
        suffix = w.rnd.choice(("医药有限公司", "药业有限公司", "医药股份有限公司", "医药配送有限公司"))
        name = short_place(w.city_name(city)) + stem + suffix
        if name in w.names:
            continue
        made += 1
        size = min(10, 1 + int(w.rnd.paretovariate(1.3)))
        terms = w.rnd.choice(("NET30", "NET45", "NET60", "EOM30", "EOM60", "MONTH25", "PREPAY"))
        pay = w.rnd.choices(("good", "slow", "bad"), (78, 17, 5))[0]
        distributor(w, made, name, stem + "医药", city, 1 if size >= 4 else 2, terms,
                    0 if terms == "PREPAY" else size * 300000, pay, size,
                    "d%04d" % made, None)


def rows_limit(made):
    """Days the trading licence of some curated distributors has left."""
    return {41: -12, 13: 18, 20: 41, 33: 75, 7: 55}.get(made)


def distributor(w, n, name, short, city, tier, terms, limit, pay, size, login, left):
    w.names.add(name)
    code = "D%04d" % n
    number, area, street, uscc, account = w.party(code, name, short, "91", city, ("distributor",),
                                               level=tier)
    group = "KA" if size >= 9 and n < 50 else "T%d" % tier
    c = w.customer(number, code, name, "distributor", area, group, terms, limit * 100, pay, size, account, uscc)
    w.licences(number, "distributor", left or w.rnd.randrange(90, 1500), SCOPES if size >= 4 else SCOPES[:4])
    if left is not None and left < 0:
        c.blocked_from = w.args.today + timedelta(days=left + 1)
    c.addresses.append(w.address(number, None, "中心仓库", area, street, 1))
    if size >= 4:
        area, street = w.place(city, w.rnd)
        c.addresses.append(w.address(number, None, "第二仓库", area, street, 0))
    known = not login.startswith("d0") and not login.startswith("d1")
    roles = ROLES if size >= 3 and (known or size >= 6) else ROLES[:2]
    roles += REPORTER if known and n <= 2 else ()
    sign_ins(w, c, login, roles, tell=name if n in (1, 2, 10, 41) else "")


def terminals(w):
    """Hospitals, clinics and pharmacies that are known but do not buy from us directly: real hospitals,
    then some of each kind where distributors sit, then county by county."""
    w.known = set()
    per_city = {}
    most = 20 if w.args.terminals < 5000 else 1000
    for r in rows("hospitals"):
        city = r["region"][:4]
        if r["group"] or per_city.get(city, 0) >= most or w.spare() < 1:
            continue
        per_city[city] = per_city.get(city, 0) + 1
        city, area, street = real_place(w, r)
        terminal(w, r["name"], area, "hospital", street)
    homes = list(dict.fromkeys(c.city for c in w.customers if c.role == "distributor"))
    for c in w.customers[:60]:
        if c.role == "distributor" and c.weight >= 6 and w.spare() > 6:
            chain_of(w, c.city)
    for turn in range(12):
        for city in homes:
            areas = w.areas.get(city, [city])
            if per_city.get(city, 0) < 24 and w.spare():
                per_city[city] = per_city.get(city, 0) + 1
                local(w, areas[turn % len(areas)], turn)
    areas = sorted(a for group in w.areas.values() for a in group)
    for step in range(len(areas) * (len(HOSPITAL_KINDS) + 48)):
        if not w.spare():
            return
        area, turn = areas[step % len(areas)], step // len(areas)
        terminal(w, terminal_name(w, area, turn), area,
                 "hospital" if turn < len(HOSPITAL_KINDS) else "pharmacy")


def terminal(w, name, area, role, street=None, parent=None):
    """One terminal; nothing where the name is taken."""
    if name in w.known:
        return None
    w.known.add(name)
    w.terminal_count += 1
    letter, prefix = {"hospital": ("H", "12"), "clinic": ("C", "12"), "pharmacy": ("Y", "92")}[role]
    code = "%s%05d" % (letter, w.terminal_count)
    street = street or w.region[area] + words.street(w.rnd)
    number, _, _, uscc, _ = w.party(code, name, None, prefix, area[:4], (role,), parent=parent, address=street,
                                    area=area, kind="company" if role == "pharmacy" else "institution")
    w.terminal(number, code, name, area, role, street, uscc)
    return number


def local(w, area, turn):
    """One more terminal of a city: hospitals, health centres and pharmacies by turns."""
    county = w.region[area]
    place = county if county.endswith(("县", "市", "旗")) else w.city_name(area[:4]) + county
    kind = ("人民医院", "", "中医院", "社区卫生服务中心", "", "妇幼保健院", "第二人民医院", "社区卫生服务中心", "", "康复医院",
            "中西医结合医院", "")[turn]
    if not kind:
        terminal(w, "%s仁和堂药房%s" % (place, words.STORE_PLACES[turn]), area, "pharmacy")
    else:
        terminal(w, place + kind, area, "clinic" if kind.startswith("社区") else "hospital")


def chain_of(w, city):
    """A chain of pharmacies with four stores; it buys for all of them."""
    place, n = short_place(w.city_name(city)), w.id("chain")
    stem = CHAIN_STEMS[n % len(CHAIN_STEMS)]
    name = "%s%s连锁有限公司" % (place, stem)
    if name in w.known:
        return
    w.known.add(name)
    number, area, street, uscc, _ = w.party("L%04d" % n, name, place + stem[:3], "91", city, ("chain", "pharmacy"))
    w.terminal_count += 1
    w.terminal(number, "L%04d" % n, name, area, "chain", street, uscc)
    for k in range(4):
        area = w.areas[city][(n + k) % len(w.areas[city])]
        terminal(w, place + stem + words.STORE_PLACES[(n + k) % len(words.STORE_PLACES)], area, "pharmacy", parent=number)


def terminal_name(w, area, turn):
    county = w.region[area]
    city = w.city_name(area[:4])
    place = county if county.endswith(("县", "市", "旗")) else city + county
    if turn < len(HOSPITAL_KINDS):
        return place + HOSPITAL_KINDS[turn]
    stems = ("康禾百姓大药房", "仁心堂药房", "万家康药房", "德善堂药房")
    return "%s%s%s" % (place, stems[turn % len(stems)],
                       words.STORE_PLACES[(turn // len(stems)) % len(words.STORE_PLACES)])
