"""How senders write: heads and order of columns, dates, and names that are not quite ours."""

import hashlib
import json
import unicodedata

# canonical field -> heads in use (DOMAIN 2.2); the first list is of purchases, sales, stock alike
HEADS = {
    "biz_date": {"purchase": ("入库日期", "采购日期", "进货日期", "日期"), "sale": ("销售日期", "出库日期", "开票日期", "日期"),
                 "stock": ("库存日期", "盘存日期", "统计日期", "日期")},
    "doc_no": {"purchase": ("入库单号", "采购单号", "单据编号"), "sale": ("销售单号", "出库单号", "单据号")},
    "counterparty_code": {"purchase": ("供应商编码", "供应商编号"), "sale": ("客户编码", "客户编号", "客户内码")},
    "counterparty_name": {"purchase": ("供应商名称", "供货单位", "供应商"), "sale": ("客户名称", "购货单位", "往来单位", "客户")},
    "counterparty_address": {"sale": ("客户地址", "收货地址")},
    "counterparty_uscc": {"sale": ("统一社会信用代码", "税号")},
    "product_code": {"": ("商品编码", "货号", "药品编码", "商品内码")},
    "product_name": {"": ("商品名称", "品名", "通用名称", "药品名称")},
    "spec": {"": ("规格", "商品规格", "包装规格", "规格型号")},
    "manufacturer": {"": ("生产厂家", "生产企业", "厂家", "上市许可持有人")},
    "batch_no": {"": ("批号", "产品批号", "生产批号")},
    "expiry_date": {"stock": ("有效期至", "有效期", "失效期")},
    "unit": {"": ("单位", "基本单位", "计量单位")},
    "qty": {"purchase": ("入库数量", "数量", "采购数量"), "sale": ("销售数量", "数量", "出库数量"),
            "stock": ("库存数量", "结存数量", "数量")},
    "unit_price": {"purchase": ("含税进价", "单价", "采购单价"), "sale": ("含税单价", "销售价", "单价")},
    "amount": {"purchase": ("含税金额", "金额", "采购金额"), "sale": ("含税金额", "销售金额", "价税合计")},
    "salesman": {"sale": ("业务员", "客户经理")},
    "warehouse": {"stock": ("仓库", "库房")},
}
ORDERS = {
    "purchase": ("biz_date doc_no counterparty_name product_code product_name spec manufacturer batch_no unit qty"
                 " unit_price amount",
                 "doc_no biz_date counterparty_code counterparty_name product_name spec unit batch_no qty unit_price"
                 " amount manufacturer",
                 "product_name spec unit counterparty_name batch_no qty unit_price amount biz_date"),
    "sale": ("biz_date doc_no counterparty_code counterparty_name product_code product_name spec manufacturer batch_no"
             " unit qty unit_price amount salesman",
             "doc_no biz_date counterparty_name counterparty_address product_name spec unit batch_no qty unit_price"
             " amount manufacturer",
             "counterparty_name counterparty_uscc product_name spec unit batch_no qty unit_price amount biz_date"),
    "stock": ("biz_date warehouse product_code product_name spec manufacturer batch_no expiry_date unit qty",
              "product_name spec unit batch_no expiry_date qty biz_date manufacturer",
              "product_name spec unit qty batch_no expiry_date biz_date"),
}
DATES = ("%04d-%02d-%02d", "%04d/%d/%d", "%04d%02d%02d", "%04d年%d月%d日")


class Style:
    """One sender's system: the same for all his files."""

    __slots__ = ("format", "encoding", "titles", "total", "date", "fields", "heads", "hash", "mapping", "codes", "makers",
                 "spec", "maker", "brand", "case", "second")

    def __init__(self, rnd, n):
        self.format, self.encoding = (("xlsx", None), ("csv", "gb18030"), ("csv", "utf-8-sig"))[n % 3]
        self.titles = (0, 1, 2, 0, 1)[n % 5]
        self.total = int(n % 4 != 1)
        self.date = DATES[0] if self.format == "xlsx" else DATES[(n // 3) % len(DATES)]
        self.fields, self.heads, self.hash, self.mapping = {}, {}, {}, {}
        order = n // 2 % 3
        for kind, orders in ORDERS.items():
            fields = orders[order].split()
            heads = []
            for f in fields:
                words = HEADS[f].get(kind) or HEADS[f][""]
                heads.append(words[rnd.randrange(len(words))])
            self.fields[kind], self.heads[kind] = fields, heads
            self.hash[kind] = heads_hash(heads)
            self.mapping[kind] = json.dumps({f: i for i, f in enumerate(fields)}, separators=(",", ":"))
        self.codes = "product_code" in self.fields["sale"]
        self.makers = "manufacturer" in self.fields["sale"]
        self.spec = rnd.choice(("*", "×", "x", "X"))
        self.maker = rnd.choice(("汉珩制药股份有限公司", "汉珩制药", "汉珩制药股份", "武汉汉珩制药")) if self.makers else ""
        self.brand = rnd.random() < 0.25        # brand before the generic name
        self.case = rnd.random() < 0.12         # some rows in 件
        self.second = rnd.random()

    def day(self, d):
        return self.date % (d.year, d.month, d.day)


def heads_hash(heads):
    """As flowmap_hash() of the importer: each head and a zero byte."""
    return hashlib.sha256("".join(h + "\0" for h in heads).encode()).hexdigest()


def name_key(what, *texts):
    """As key_of() of the importer: P or C, then name, code, extra, unit, maker, a zero byte behind each."""
    return hashlib.sha256(("P" if what == "product" else "C").encode()
                          + "".join(t + "\0" for t in texts).encode()).hexdigest()[:32]


def norm(text):
    """Compatibility forms, no spaces and punctuation, upper case: for comparison only."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text.upper() if unicodedata.category(c)[0] in "LN")[:200]


def typo(rnd, lot_no):
    """A batch number with one character wrong, or two exchanged."""
    i = rnd.randrange(2, len(lot_no) - 1)
    if rnd.random() < 0.4 and lot_no[i] != lot_no[i - 1]:
        return lot_no[:i - 1] + lot_no[i] + lot_no[i - 1] + lot_no[i + 1:]
    other = rnd.choice([c for c in ("0123456789" if lot_no[i].isdigit() else "ABCDEFGH") if c != lot_no[i]])
    return lot_no[:i] + other + lot_no[i + 1:]


SHORT = (("社区卫生服务中心", "社区"), ("妇幼保健院", "妇幼"), ("第一附属医院", "一附院"), ("第二附属医院", "二附院"), ("附属医院", "附院"),
         ("人民医院", "人医"), ("中心医院", "中心院"), ("大药房连锁有限公司", "大药房"), ("疾病预防控制中心", "疾控中心"),
         ("有限公司", ""), ("股份", ""))
PROVINCES = ("省", "自治区", "市")


def second_name(rnd, t, place):
    """Another way to write a terminal: (text, method, score in 1/10000)."""
    name, x = t.name, rnd.random()
    if x < 0.22:
        return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in name) + " ", "name", 10000
    if x < 0.40 and place not in name:
        return place + name, "similar", 9300 + rnd.randrange(500)
    if x < 0.55:
        return "%s（%s）" % (name, rnd.choice(("新", "药库", "药房"))), "name", 10000
    for long, short in SHORT:
        if long in name and len(name) > len(long) + 2:
            return name.replace(long, short), "manual", None
    if name.startswith(place) and len(name) > len(place) + 4:
        return name[len(place):], "manual", None
    return name + "*", "name", 10000


def hard_name(rnd, t, place):
    """A way to write it that wants a person."""
    name = t.name
    if name.startswith(place):
        name = name[len(place):]
    for long, short in SHORT:
        if long in name and len(name) > len(long) + 1:
            name = name.replace(long, short)
            break
    else:
        i = rnd.randrange(1, max(2, len(name) - 3))
        name = name[:i] + name[i + 1:]
    return name + rnd.choice(("", "", "药剂科", "(西药库)", "门诊"))


def spec_as(pack_spec, sign):
    return pack_spec.replace("*", sign)


FOREIGN = (("葡萄糖注射液", "250ml:12.5g", "瓶", "江城制药有限公司"), ("氯化钠注射液", "250ml:2.25g", "瓶", "江城制药有限公司"),
           ("硝苯地平控释片", "30mg*7片/盒", "盒", "楚天药业股份有限公司"), ("阿莫西林胶囊", "0.25g*50粒/盒", "盒", "楚天药业股份有限公司"),
           ("复方甘草片", "100片/瓶", "瓶", "北岭药业有限公司"), ("维生素C片", "0.1g*100片/瓶", "瓶", "北岭药业有限公司"),
           ("布洛芬缓释胶囊", "0.3g*20粒/盒", "盒", "海陵制药有限公司"), ("头孢克洛胶囊", "0.25g*6粒/盒", "盒", "海陵制药有限公司"))
