"""Who there is: regions, departments, staff, customers, their users and papers."""

import random
from datetime import datetime, timedelta

from . import codes, parties, words
from .clock import terms_of
from .out import rows, table
from .pinyin import initials

PASSWORD = ("$argon2id$v=19$m=65536,t=2,p=1$SlCB4Ekq3Vq39kB3KfiyWQ"
            "$0UIpCqQw94FeJZhyiAWF1Lnhrv/KDh/ke1b7S9M7978")     # of Xiaoao-2026
COMPANY = "汉珩制药股份有限公司"

table("region", "code parent_code name level")
table("org_unit", "id parent_id code name kind path provinces created_at updated_at")
table("app_user", "id site party_id branch_id org_unit_id login name email phone password_hash"
      " password_at created_at updated_at")
table("user_role", "user_id role_id is_main granted_at")
table("party", "id code name short_name pinyin kind uscc region_code province parent_id phone email"
      " address bank_name bank_account national_grade distributor_level created_at updated_at")
table("party_role", "party_id role since")
table("party_address", "id party_id branch_id kind name contact phone region_code address is_default"
      " created_at updated_at")
table("party_licence", "id party_id kind number issued_by issued_on expires_on status approved_by"
      " approved_at created_by created_at updated_at")
table("party_licence_scope", "licence_id scope")
table("customer_group", "id code name")
table("customer", "party_id buyer_role group_id rep_id org_unit_id warehouse_id credit_limit"
      " temp_limit temp_from temp_to grace_days credit_hold terms_kind terms_base terms_days"
      " terms_cut_day terms_pay_day terms_months min_remaining_months whole_cases auto_allocate"
      " created_at updated_at")
table("customer_rep", "id party_id user_id valid_from valid_to")
table("warehouse", "id code name kind region_code address cold")

GROUPS = {"KA": (1, "战略客户"), "T1": (2, "一级商业"), "T2": (3, "二级商业"), "HOSP": (4, "医院集团"),
          "RETAIL": (5, "连锁药店")}


class Customer:
    """A buyer, with what the trade simulation needs of it."""

    __slots__ = ("id", "code", "role", "region", "province", "city", "group", "rep", "unit",
                 "warehouse", "limit", "terms", "pay", "weight", "addresses", "users", "buyers",
                 "blocked_from", "basket", "bank", "auto", "name", "uscc")


class Terminal:
    """A hospital, clinic, pharmacy or chain, as far as flows ask for it."""

    __slots__ = ("id", "code", "name", "area", "role", "address", "uscc", "weight", "owners")


class World:
    """Writes the master data and keeps the little that later parts look up."""

    def __init__(self, out, args, roles):
        self.out, self.args, self.roles = out, args, roles
        self.rnd = random.Random("%d/world" % args.seed)
        self.born = datetime.combine(args.start, datetime.min.time()) - timedelta(days=90)
        self.next = {}
        self.customers = []
        self.staff = {}             # role -> user ids
        self.unit = {}              # code -> (id, path)
        self.reps = {}              # unit code -> rep ids
        self.manager = {}           # unit code -> manager id
        self.logins = []            # (site, login, role, name, what)
        self.names = set()
        self.user_ids = {}          # (site, login) -> id
        self.field = {}             # unit code -> ids of reps that look after terminals
        self.terminals = []         # Terminal, in the order of their ids
        self.terminal_count = 0

    def id(self, kind):
        self.next[kind] = self.next.get(kind, 0) + 1
        return self.next[kind]

    def make(self):
        self.regions()
        self.units()
        self.people()
        self.warehouses()
        self.ourselves()
        parties.chains(self)
        parties.distributors(self)
        parties.terminals(self)

    # -- where ---------------------------------------------------------------

    def regions(self):
        self.region = {}
        for r in rows("regions"):
            code = r["code"]
            short = code[:2] if code[2:] == "0000" else code[:4] if code[4:] == "00" else code
            self.region[short] = r["name"]
            self.out.row("region", short, short[:-2] or None, r["name"], len(short) // 2)
        self.cities = [c for c in self.region if len(c) == 4
                       and self.region[c] not in ("市辖区", "县", "省直辖县级行政区划",
                                                  "自治区直辖县级行政区划")]
        self.cities += ["1101", "1201", "3101", "5001"]
        self.areas = {}
        for c in self.region:
            if len(c) == 6 and self.region[c] != "市辖区":
                self.areas.setdefault(c[:4], []).append(c)

    def city_name(self, city):
        name = self.region[city]
        return self.region[city[:2]] if name in ("市辖区", "县") else name

    def place(self, city, rnd):
        """A county of the city, and an invented address in it."""
        area = rnd.choice(self.areas.get(city) or [city])
        name = self.city_name(city)
        county = self.region[area] if area != city else ""
        return area, name + county + words.street(rnd)

    def whole(self, area, text):
        """An address with province and city in front, as far as it does not say them itself."""
        province = self.region[area[:2]]
        for name in dict.fromkeys((self.city_name(area[:4]), province)):      # a municipality is both
            if not text.startswith((name, province)):
                text = name + text.removeprefix(name[:-1])
        return text

    def county_in(self, city, text):
        """The county of a city that a name or address speaks of, or None."""
        for area in self.areas.get(city, ()):
            name = self.region[area]
            if name in text or (len(name) > 2 and name[:-1] in text):
                return area
        return None

    def phone(self, city, number):
        code = words.AREA_CODES.get(self.city_name(city)[:2])
        return "%s-8%07d" % (code, number) if code else "199000%05d" % (number % 100000)

    # -- staff -----------------------------------------------------------------

    def units(self):
        for r in rows("org_units"):
            number = len(self.unit) + 1
            parent, path = self.unit.get(r["parent"], (None, "/"))
            path += r["code"] + "/"
            self.unit[r["code"]] = (number, path)
            self.out.row("org_unit", number, parent, r["code"], r["name"], r["kind"], path,
                         ",".join(parties.UNIT_PROVINCES.get(r["code"], "").split()),
                         self.born, self.born)

    def user(self, site, login, name, role, unit=None, party=None, branch=None):
        number = self.user_ids[site, login] = self.id("user")
        self.out.row("app_user", number, site, party, branch, unit, login, name, None,
                     words.mobile(self.rnd), PASSWORD, self.born, self.born, self.born)
        self.out.row("user_role", number, self.roles[site, role], 1, self.born)
        return number

    def people(self):
        for r in rows("staff"):
            unit = self.unit[r["unit"]][0]
            number = self.user("office", r["login"], r["name"], r["role"], unit)
            self.staff.setdefault(r["role"], []).append(number)
            self.logins.append(("office", r["login"], r["role"], r["name"], r["title"]))
            if r["role"] == "sales_manager":
                self.manager[r["unit"]] = number
            if r["title"] == "终端代表":
                self.field.setdefault(r["unit"], []).append(number)
            elif r["role"] == "sales_rep":
                self.reps.setdefault(r["unit"], []).append(number)
        extra = self.args.distributors // 15 - 8
        for i in range(max(0, extra)):
            unit = self.rnd.choice(sorted(parties.UNIT_PROVINCES))
            number = self.user("office", "rep%04d" % (i + 1), words.person(self.rnd), "sales_rep",
                               self.unit[unit][0])
            self.reps[unit].append(number)

    def warehouses(self):
        self.out.row("warehouse", 1, "WH01", "武汉中心仓", "normal", "420112",
                     "湖北省武汉市东西湖区物流大道188号", 1)
        self.out.row("warehouse", 2, "WH02", "苏州华东分仓", "normal", "320506",
                     "江苏省苏州市吴中区工业园二路66号", 1)
        self.out.row("warehouse", 3, "WH09", "退货隔离仓", "quarantine", "420112",
                     "湖北省武汉市东西湖区物流大道188号3号库", 1)

    # -- parties -----------------------------------------------------------------

    def party(self, code, name, short, prefix, city, roles, parent=None, level=None,
              kind="company", address=None, area=None):
        number = self.id("party")
        rnd = self.rnd
        if area is None:
            area, street = self.place(city, rnd)
            address = address or street
        bank = "%s%s支行" % (rnd.choice(words.BANKS), self.city_name(city))
        account = "".join(rnd.choices("0123456789", k=15)) + "%04d" % (number % 10000)
        region6 = area if len(area) == 6 else area + "00"
        uscc = codes.uscc(prefix, region6, self.id("uscc"))
        self.out.row("party", number, code, name, short, initials(short or name), kind, uscc, area,
                     area[:2], parent, self.phone(area[:4], number), None,
                     self.whole(area, address), bank,
                     account, None, level, self.born, self.born)
        for role in roles:
            self.out.row("party_role", number, role, self.born.date())
        return number, area, address, uscc, account

    def terminal(self, number, code, name, area, role, address, uscc):
        t = Terminal()
        t.id, t.code, t.name, t.area, t.role, t.address, t.uscc = number, code, name, area, role, address, uscc
        t.weight = {"hospital": 6, "chain": 9, "clinic": 2, "pharmacy": 1}[role]
        t.owners = ()
        self.terminals.append(t)

    def spare(self):
        """Terminals still to be made."""
        return self.args.terminals - self.terminal_count

    def ourselves(self):
        self.party("OWN", COMPANY, "汉珩制药", "91", "4201", ("company", "manufacturer"),
                   address="武汉市东西湖区物流大道188号", area="420112")
        for i, (name, short, city) in enumerate((
                ("湖北楚达医药物流有限公司", "楚达物流", "4201"),
                ("上海恒运冷链物流有限公司", "恒运冷链", "3101"),
                ("广东捷盈供应链有限公司", "捷盈供应链", "4401"))):
            self.party("W%02d" % (i + 1), name, short, "91", city, ("carrier",))
        for code, (number, name) in GROUPS.items():
            self.out.row("customer_group", number, code, name)

    def address(self, party, branch, name, area, text, default):
        number = self.id("address")
        contact, phone = words.person(self.rnd), words.mobile(self.rnd)
        text = self.whole(area, text)
        self.out.row("party_address", number, party, branch, "ship", name, contact, phone, area,
                     text, default, self.born, self.born)
        return (number, branch, name, contact, phone, text)

    def customer(self, party, code, name, role, area, group, terms, limit, pay, weight, account, uscc):
        rnd, c = self.rnd, Customer()
        c.id, c.code, c.name, c.role, c.region, c.province = party, code, name, role, area, area[:2]
        c.group, c.terms, c.pay, c.weight = GROUPS[group][0], terms, pay, weight
        c.limit = int(limit * self.args.scale) // 10000000 * 10000000 if self.args.scale > 1 else limit
        c.bank, c.uscc, c.addresses, c.users, c.buyers, c.blocked_from = account, uscc, [], {}, [], None
        unit = parties.UNIT_OF[c.province]
        c.unit, c.city = self.unit[unit][0], area[:4]
        reps = self.reps[unit]
        c.rep = reps[self.id("turn " + unit) % len(reps)]
        c.warehouse = 2 if unit == "S-HD" else 1
        c.auto = 1 if rnd.random() < 0.3 else 0
        kind, days, cut, day, months = terms_of(terms)
        hold = 1 if pay == "hold" else 0
        temp = (200000, self.args.today - timedelta(days=20), self.args.today + timedelta(days=25)) \
            if pay == "slow" and rnd.random() < 0.4 else (0, None, None)
        self.out.row("customer", party, role, c.group, c.rep, c.unit, c.warehouse, c.limit // 100, *temp,
                     {"good": 15, "slow": 20}.get(pay, 7), hold, kind,
                     "order" if kind == "prepaid" else "invoice", days, cut, day, months,
                     6 if weight >= 5 else 3, int(weight >= 7), c.auto, self.born, self.born)
        start = self.born.date()
        if rnd.random() < 0.15 and len(reps) > 1:
            change = self.args.today - timedelta(days=rnd.randrange(60, 400))
            before = [r for r in reps if r != c.rep][0]
            self.out.row("customer_rep", self.id("rep"), party, before, start,
                         change - timedelta(days=1))
            start = change
        self.out.row("customer_rep", self.id("rep"), party, c.rep, start, None)
        self.customers.append(c)
        return c

    def licences(self, party, role, expire_in, scopes):
        """Papers of the first-operation file; expire_in: days the trading licence has left."""
        today, rnd = self.args.today, self.rnd
        quality = self.staff["quality"]
        for kind, days in LICENCES[role]:
            trade = kind in ("drug_wholesale", "drug_retail", "institution")
            left = expire_in if trade else rnd.randrange(40, min(days or 330, 330))
            if kind == "business":
                expires, issued = None, today - timedelta(days=rnd.randrange(900, 5000))
            else:
                expires = today + timedelta(days=left)
                issued = expires - timedelta(days=days)
            number = self.id("licence")
            day = max(self.born.date(), issued)
            at = datetime.combine(day, datetime.min.time()) + timedelta(hours=3)
            self.out.row("party_licence", number, party, kind, licence_no(kind, party, issued),
                         None, issued, expires, "approved", quality[0], at, quality[1], at, at)
            if trade:
                for scope in scopes:
                    self.out.row("party_licence_scope", number, scope)


LICENCES = {
    "distributor": (("business", 0), ("drug_wholesale", 1826), ("authorization", 365), ("quality", 1096)),
    "hospital": (("institution", 5479),),
    "chain": (("business", 0), ("drug_retail", 1826), ("authorization", 365), ("quality", 1096)),
}


def licence_no(kind, party, issued):
    """A number of the usual look; the real ones count otherwise."""
    form = {"business": "注册号4201%08d", "drug_wholesale": "药批证字%d第9%05d号", "drug_retail": "药零证字%d第9%05d号",
            "institution": "PDY9%05d", "authorization": "WT%d-%05d", "quality": "ZL%d-%05d"}[kind]
    return form % (party if form.count("%") == 1 else (issued.year, party))
