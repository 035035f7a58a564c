"""Flow files for tests: senders, tables in every format, and waiting for the importer."""
import csv
import datetime
import io
import json
import zipfile
from xml.sax.saxutils import escape

from market import Market
from today import TODAY
from xiaoao import unique, wait_for

SALE = ['销售日期', '客户名称', '商品编码', '商品名称', '规格', '批号', '单位', '数量', '含税单价', '金额', '单据号']
MAPPING = {'biz_date': 0, 'counterparty_name': 1, 'product_code': 2, 'product_name': 3, 'spec': 4, 'batch_no': 5,
           'unit': 6, 'qty': 7, 'unit_price': 8, 'amount': 9, 'doc_no': 10}
MONTH = (TODAY.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)
XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'


def day(n=5):
    return MONTH.replace(day=n).isoformat()


def sale(n=1, **more):
    """A row of a sales report that is right."""
    row = {'销售日期': day(), '客户名称': f'武汉市第{n}医院', '商品编码': 'P1', '商品名称': '阿莫西林胶囊',
           '规格': '0.25g*24粒', '批号': 'B1', '单位': '盒', '数量': '10', '含税单价': '12.50',
           '金额': '125.00', '单据号': f'D{n}'}
    return [{**row, **more}[head] for head in SALE]


def as_csv(rows, heads=SALE, encoding='utf-8-sig'):
    out = io.StringIO()
    csv.writer(out).writerows([heads, *rows])
    return out.getvalue().encode(encoding)


def column(i):
    return chr(ord('A') + i)


def as_xlsx(rows, heads=SALE):
    """The smallest workbook that Excel opens."""
    lines = ''.join(f'<row r="{n}">' + ''.join(
        f'<c r="{column(i)}{n}" t="inlineStr"><is><t>{escape(v)}</t></is></c>'
        for i, v in enumerate(row)) + '</row>' for n, row in enumerate([heads, *rows], 1))
    main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
    rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
    package = 'http://schemas.openxmlformats.org/package/2006'
    parts = {
        '[Content_Types].xml':
            f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{XLSX}.main+xml"/>'
            '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        '_rels/.rels': f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
                       f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        'xl/workbook.xml': f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="1" sheetId="1" '
                           'r:id="r1"/></sheets></workbook>',
        'xl/_rels/workbook.xml.rels': f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
                                      f'Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        'xl/worksheets/sheet1.xml': f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>'}
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, text in parts.items():
            z.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return out.getvalue()


class FlowBed:
    """A distributor that reports, with people of every role it needs."""

    def __init__(self, instance, site='portal'):
        self.instance, self.site = instance, site
        self.party = Market(instance).new_customer()
        self.code = instance.value('SELECT code FROM party WHERE id = %s', self.party)
        self.path, self.key = ('/uploads', 'pid') if site == 'portal' else ('/flowfiles', 'id')
        self.client = instance.portal(self.party, 'reporter') if site == 'portal' else \
            instance.office('flow_clerk')

    def take(self, content, name=None, client=None, **fields):
        """Sends a file by the form; the reply, whose page is the file's."""
        fields = {'kind': 'sale', 'month': f'{MONTH:%Y-%m}', **fields}
        if self.site == 'office':
            fields.setdefault('sender', self.code)
        return (client or self.client).submit(
            f'{self.path}/new', 'flow-take', files={'file': (name or unique('流向') + '.csv', content)}, **fields)

    def id(self, reply):
        assert reply.status == 303, (reply, reply.errors, reply.response.text[:300])
        return int(reply.location.split('id=')[1].split('&')[0])

    def row(self, file):
        return self.instance.sql(f'SELECT * FROM flow_file WHERE {self.key} = %s', file)[0]

    def status(self, file):
        return self.row(file)['status']

    def reach(self, file, *states):
        """Waits until the importer has brought the file there; the page."""
        wait_for(lambda: self.status(file) in states, 60, f'{states}, is {self.status(file)}')
        return self.page(file)

    def page(self, file):
        return self.client.get(f'{self.path}/view', id=file)

    def taken(self, content, *states, **more):
        file = self.id(self.take(content, **more))
        self.reach(file, *(states or ('checked',)))
        return file


def put(bed, status, rows, bad=(), warned=(), mapping=MAPPING, **more):
    """A file as the importer leaves it; bad, warned: {index of the row: issues}.  Its key on the site."""
    def add(table, **columns):
        return bed.instance.sql(f'INSERT INTO {table} ({", ".join(columns)}) VALUES'
                                f' ({", ".join(["%s"] * len(columns))})', *columns.values())

    bad, warned = dict(bad if status != 'mapping' else ()), dict(warned)
    file = add('flow_file', party_id=bed.party, kind='sale', origin=bed.site, name=unique('流向') + '.csv', format='csv',
               size=1, sha256=unique('s').encode().ljust(32, b' ')[-32:], book_period=int(f'{MONTH:%Y%m}'), date_from=MONTH,
               date_to=MONTH.replace(day=28), header_row=1, mapping=json.dumps(mapping), status=status,
               rows_total=0 if status == 'mapping' else len(rows), rows_bad=len(bad), rows_warned=len(warned),
               qty_total=100, qty_matched=93, created_by=bed.client.user['id'], **more)
    for n, cells in enumerate([SALE, *rows][:30], 1):
        add('flow_head', file_id=file, row_no=n, cells=json.dumps(cells, ensure_ascii=False))
    for i, issues in [*bad.items(), *warned.items()]:
        add('flow_reject', file_id=file, row_no=i + 2, severity='error' if i in bad else 'warning', issues=issues,
            cells=json.dumps(rows[i], ensure_ascii=False))
    found = {}
    for i, issues in sorted([*bad.items(), *warned.items()]):
        for code in {issue.split(':')[0] for issue in issues.split()}:
            found.setdefault(('error' if i in bad else 'warning', code), []).append(i + 2)
    for (severity, code), lines in found.items():
        add('flow_issue', file_id=file, severity=severity, code=code, row_count=len(lines), first_row=lines[0])
    return bed.instance.value(f'SELECT {bed.key} FROM flow_file WHERE id = %s', file)
