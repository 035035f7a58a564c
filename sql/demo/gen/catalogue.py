"""What is sold: products, price lists, who may see what, and stock by lot."""

import random
from bisect import bisect_right
from datetime import date, timedelta

from .out import fen, rows, table
from .pinyin import initials

table("product_group", "id code name")
table("product", "id code generic_name trade_name pinyin dosage_form strength pack_spec"
      " units_per_pack unit inner_pack_qty case_qty min_qty qty_multiple manufacturer_id approval_no"
      " barcode nhsa_category is_essential is_otc is_prescription is_vbp storage_class storage_note"
      " licence_scope vat_rate shelf_life_months floor_price band_low visible description status"
      " created_at updated_at")
table("product_code", "id product_id kind value")
table("product_group_item", "group_id product_id")
table("lot", "id product_id lot_no produced_on expires_on status status_note created_at updated_at")
table("price_list", "id code name scope party_id group_id province priority valid_from valid_to"
      " status note created_at updated_at")
table("price_tier", "id price_list_id product_id min_qty price floor_price created_at updated_at")
table("product_visibility", "id product_id product_group_id scope party_id group_id province effect"
      " valid_from valid_to created_at updated_at")

STORAGE_NOTE = {"normal": "密封，常温（10～30℃）保存", "cool": "遮光，密封，在阴凉处（不超过20℃）保存",
                "cold": "2～8℃避光保存和运输，不得冷冻"}


class Product:
    __slots__ = ("id", "code", "price", "floor", "inner", "case", "cold", "rate", "vat", "life",
                 "name", "group", "scope", "rule", "storage", "pull")


class Catalogue:
    """Products and prices; prices are in fen, so that all sums are whole numbers."""

    def __init__(self, out, args, world):
        self.out, self.args, self.world = out, args, world
        self.rnd = random.Random("%d/catalogue" % args.seed)
        self.products = []
        self.tiers = {}             # (list id, product id) -> [(min_qty, fen)] highest first
        self.lists = []             # (id, scope, key, from, to)
        self.found = {}
        self.next_tier = 0
        self.groups = {}

    def make(self):
        born = self.world.born
        for r in rows("product_groups"):
            self.groups[r["code"]] = len(self.groups) + 1
            self.out.row("product_group", len(self.groups), r["code"], r["name"])
        codes = 0
        for r in rows("products")[:self.args.products]:
            p = self.product(r, born)
            self.products.append(p)
            self.out.row("product_group_item", self.groups[r["group"]], p.id)
            for kind, value in (("approval", r["approval_no"]), ("gtin", r["gtin"]),
                                ("standard14", r["standard14"])):
                codes += 1
                self.out.row("product_code", codes, p.id, kind, value)
        self.visibility(born)
        self.price_lists(born)

    def product(self, r, born):
        p = Product()
        p.id, p.code, p.name = len(self.products) + 1, r["code"], r["generic_name"]
        p.price = price_of(r["price"])
        p.floor = (p.price * 88 + 50) // 100
        p.inner, p.case, p.cold = int(r["inner_pack_qty"]), int(r["case_qty"]), r["storage"] == "cold"
        p.storage = r["storage"]
        p.rate, p.vat = int(round(float(r["vat_rate"]) * 100)), r["vat_rate"]
        p.life = 24 if p.cold or r["approval_no"][4] == "S" else 36 if p.id % 3 else 24
        p.group, p.scope, p.rule = r["group"], r["scope"], None
        p.pull = self.rnd.paretovariate(1.2)
        hidden = p.id in (15, 64, 66, 71)
        otc = int(r["rx_otc"] == "OTC")
        self.out.row("product", p.id, p.code, p.name, r["trade_name"] or None,
                     initials(p.name + r["trade_name"]), r["dosage_form"], r["strength"],
                     r["pack_spec"], r["units_per_pack"], r["unit"], p.inner, p.case, p.inner, p.inner,
                     1, r["approval_no"], r["gtin"], r["nhsa"] if r["nhsa"] != "N" else "none",
                     int(r["nhsa"] == "A"), otc, 1 - otc, int(p.id % 7 == 1), p.storage,
                     STORAGE_NOTE[p.storage], p.scope, p.vat, p.life, fen(p.floor), p.case * 2,
                     0 if hidden else 1, describe(r), "active", born, born)
        return p

    # -- who may see what (E12) ----------------------------------------------

    def visibility(self, born):
        rules, today = [], self.args.today
        for product, provinces in ((15, "42 41 43 36 31 32 33"), (64, "11 31 44 42 51 37"),
                                   (66, "11 31 44 42"), (71, "44 45 46 35")):
            for province in provinces.split():
                rules.append((product, None, "province", None, None, province, "allow"))
        rules.append((38, None, "province", None, None, "65", "deny"))
        rules.append((49, None, "group", None, 3, None, "deny"))
        rules.append((None, self.groups["ON"], "group", None, 5, None, "deny"))
        rules.append((15, None, "customer", self.world.customers[0].id, None, None, "allow"))
        count = 0
        for product, group, scope, party, cgroup, province, effect in rules:
            if product is not None and product > len(self.products):
                continue
            count += 1
            self.out.row("product_visibility", count, product, group, scope, party, cgroup,
                         province, effect, today - timedelta(days=600), None, born, born)
            for p in self.products:
                if p.id == product or (group and p.group == "ON"):
                    p.rule = (p.rule or []) + [(scope, party or cgroup or province, effect)]

    def sees(self, c, p):
        """The narrowest rule decides; at one width deny beats allow; else product.visible."""
        if p.rule is None:
            return True
        for scope, key in (("customer", c.id), ("group", c.group), ("province", c.province)):
            effects = [e for s, k, e in p.rule if s == scope and k == key]
            if effects:
                return "deny" not in effects
        return p.id not in (15, 64, 66, 71)

    # -- prices (E11) ----------------------------------------------------------

    def price_lists(self, born):
        today = self.args.today
        year = date(today.year, 1, 1)
        old = self.args.start - timedelta(days=120)
        before = year - timedelta(days=1)
        every = self.products
        self.price_list("ALL-%d" % (today.year - 1), "全国供货价（%d年）" % (today.year - 1), "all", None, old,
                        before, "active", born, every, lambda p: [(1, 102), (p.case, 100), (p.case * 5, 98)])
        self.price_list("ALL-%d" % today.year, "全国供货价（%d年）" % today.year, "all", None, year, None,
                        "active", born, every, lambda p: [(1, 100), (p.case, 98), (p.case * 5, 96)])
        for province, step in (("42", 3), ("31", 4), ("44", 4), ("11", 5), ("51", 6), ("37", 7)):
            name = self.world.region[province]
            self.price_list("PROV-" + province, name + "挂网价", "province", province, old, None, "active",
                            born, [p for p in every if p.id % step == 1],
                            lambda p: [(1, 96), (p.case * 2, 94)])
        self.price_list("KA-%d" % today.year, "战略客户协议价", "group", 1, year, None, "active", born,
                        [p for p in every if p.id % 2 == 0], lambda p: [(1, 95), (p.case, 93), (p.case * 5, 91)])
        self.price_list("HOSP", "医院集团直供价", "group", 4, old, None, "active", born,
                        [p for p in every if p.id % 3 != 2], lambda p: [(1, 97)])
        first = self.world.customers[min(8, len(self.world.customers) - 1)]
        self.special = first.id
        self.price_list("C-" + first.code, first.name + "专项协议", "customer", first.id,
                        today - timedelta(days=200), today + timedelta(days=23), "active", born,
                        every[:12], lambda p: [(1, 92), (p.case, 90)])
        self.price_list("PROMO-%d" % (today.year - 1), "秋季促销价", "all", None, date(today.year - 1, 9, 1),
                        date(today.year - 1, 10, 31), "closed", born, every[20:30],
                        lambda p: [(1, 95)])
        self.edges = sorted({d for _, _, _, start, end in self.lists
                             for d in (start, end and end + timedelta(days=1)) if d})
        self.price_list("ALL-%d" % (today.year + 1), "全国供货价（%d年，拟）" % (today.year + 1), "all", None,
                        date(today.year + 1, 1, 1), None, "draft", born, every,
                        lambda p: [(1, 99), (p.case, 97), (p.case * 5, 95)])

    def price_list(self, code, name, scope, key, start, end, status, born, products, steps):
        number = len(self.lists) + 1
        self.lists.append((number, scope, key, start, end))
        self.out.row("price_list", number, code, name, scope, key if scope == "customer" else None,
                     key if scope == "group" else None, key if scope == "province" else None, 0,
                     start, end, status, None, born, born)
        for p in products:
            tiers = []
            for least, percent in steps(p):
                price = (p.price * percent + 50) // 100
                if tiers and tiers[-1][0] == least:
                    continue
                tiers.append((least, price))
                self.next_tier += 1
                self.out.row("price_tier", self.next_tier, number, p.id, least, fen(price), None, born, born)
            if status == "active":
                self.tiers[number, p.id] = tiers[::-1]

    def price(self, c, p, day, qty):
        """(fen, list id) for a customer on a day, or None where nothing is quoted."""
        key = (c.id if c.id == self.special else 0, c.group, c.province, p.id, self.era(day))
        lists = self.found.get(key)
        if lists is None:
            lists = self.found[key] = self.lists_for(c, p, day)
        for number in lists:
            for least, price in self.tiers[number, p.id]:
                if qty >= least:
                    return price, number
        return None

    def era(self, day):
        """Number of the stretch of days in which the same lists are in force."""
        return bisect_right(self.edges, day)

    def lists_for(self, c, p, day):
        found = []
        for scope, key in (("customer", c.id), ("group", c.group), ("province", c.province), ("all", None)):
            for number, s, k, start, end in self.lists:
                if s == scope and k == key and start <= day and (end is None or day <= end) \
                        and (number, p.id) in self.tiers:
                    found.append(number)
        return found


def describe(r):
    sold = "非处方药" if r["rx_otc"] == "OTC" else "处方药，凭医师处方使用"
    return "%s，%s，规格%s，包装%s。%s。" % (r["generic_name"], r["dosage_form"], r["strength"],
                                      r["pack_spec"], sold)


def price_of(text):
    """A price of the data in fen."""
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])
