"""Importers over a database of their own: files are put where pages put them, people do what they do."""
import csv
import hashlib
import io
import os
import pathlib
import signal
import subprocess
import time
import zipfile
from xml.sax.saxutils import escape

from sqltrade import day, trade

TOP = pathlib.Path(__file__).resolve().parents[2]
HEADS = {
    'sale': ['销售日期', '客户名称', '客户编码', '商品编码', '商品名称', '规格', '单位', '批号', '数量', '单价', '金额', '单据号'],
    'purchase': ['入库日期', '供应商名称', '供应商编码', '商品编码', '商品名称', '规格', '单位', '批号', '数量', '单价', '金额', '单据号'],
    'stock': ['库存日期', '商品编码', '商品名称', '规格', '单位', '批号', '有效期至', '库存数量'],
}
FIELDS = {
    'sale': ['biz_date', 'counterparty_name', 'counterparty_code', 'product_code', 'product_name', 'spec', 'unit', 'batch_no',
             'qty', 'unit_price', 'amount', 'doc_no'],
    'stock': ['biz_date', 'product_code', 'product_name', 'spec', 'unit', 'batch_no', 'expiry_date', 'qty'],
}
FIELDS['purchase'] = FIELDS['sale']


def as_csv(kind, rows, heads=None, encoding='utf-8', delimiter=','):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([heads or HEADS[kind], *rows])
    return out.getvalue().encode(encoding)


def as_xlsx(kind, rows):
    """A workbook as Excel writes it: shared strings, with readings, and a hidden first sheet."""
    strings, lines = [], []
    for n, row in enumerate([HEADS[kind], *rows], 1):
        cells = ''
        for value in row:
            if isinstance(value, (int, float)):
                cells += '<c><v>%s</v></c>' % value
            else:
                cells += '<c t="s"><v>%d</v></c>' % len(strings)
                strings.append('<si><t>%s</t><rPh sb="0" eb="1"><t>du yin</t></rPh></si>' % escape(str(value)))
        lines.append('<row r="%d">%s</row>' % (n, cells))
    kind_of = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    rel = '<Relationship Id="%s" Type="' + kind_of + '%s" Target="%s"/>'
    parts = {
        '_rels/.rels': '<Relationships>' + rel % ('a', 'officeDocument', 'xl/workbook.xml') + '</Relationships>',
        'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="h" state="hidden" r:id="h"/>'
                           '<sheet name="d" r:id="d"/></sheets></workbook>',
        'xl/_rels/workbook.xml.rels': '<Relationships>' + rel % ('d', 'worksheet', 'sheet1.xml')
                                      + rel % ('h', 'worksheet', 'sheet2.xml')
                                      + rel % ('s', 'sharedStrings', 'strings.xml') + '</Relationships>',
        'xl/strings.xml': '<sst>%s</sst>' % ''.join(strings),
        'xl/sheet2.xml': '<worksheet><sheetData/></worksheet>',
        'xl/sheet1.xml': '<worksheet><sheetData>%s</sheetData></worksheet>' % ''.join(lines),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, text in parts.items():
            z.writestr(name, text)
    return out.getvalue()


def as_xml(kind, rows):
    body = ''.join('<row>%s</row>' % ''.join('<%s>%s</%s>' % (f, escape(str(v)), f) for f, v in zip(FIELDS[kind], row) if v != '')
                   for row in rows)
    return ('<?xml version="1.0" encoding="UTF-8"?><flow>%s</flow>' % body).encode()


def wait_until(condition, seconds=60, what='waited for'):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what() if callable(what) else what
        time.sleep(0.02)


class Rig:
    """A trade with a distributor that reports, and importers to start and end."""

    def __init__(self, build, t=None):
        self.t = t or trade()
        self.bed, self.root = self.t.bed, self.t.root
        self.build = pathlib.Path(build)
        self.importers = []
        self.conf = self.bed.home / 'jobs.conf'
        self.conf.write_text(''.join('%s = %s\n' % pair for pair in (
            ('db_socket', self.bed.socket), ('db_user', 'jobs'), ('db_password', self.bed.password('jobs')),
            ('sheet_dir', TOP / 'xslt'), ('log_level', 'info'))))
        self.sender = self.t.customer('江城医药有限公司')
        self.root.query("INSERT INTO party_role (party_id, role) VALUES (%s, 'distributor')", self.sender)

    # -- the importer

    def start(self):
        log = open(self.bed.home / 'importer.log', 'ab')
        self.importers.append(subprocess.Popen([self.build / 'cgi' / 'jobs' / 'importer', '-c', str(self.conf)],
                                               stdout=log, stderr=log))
        return self.importers[-1]

    def kill(self, number=signal.SIGKILL):
        for process in self.importers:
            process.send_signal(number)
        for process in self.importers:
            process.wait(30)
        self.importers = []

    def log(self):
        return (self.bed.home / 'importer.log').read_text()

    # -- what people do

    def send(self, content, kind='sale', month=None, days=None, origin='portal', fmt='csv', name='f', status='uploaded', sender=None,
             piece=1 << 20, mode='strict'):
        """Puts a file where the pages put it; its id."""
        month = month or day(-20).replace(day=1)
        period = month.year * 100 + month.month
        self.root.query('CALL period_ensure(%s)', period)
        last = self.root.value('SELECT ends_on FROM period WHERE period = %s', period)
        first, last = days or (month, last)
        self.root.query('START TRANSACTION')
        made = self.t.insert('flow_file', party_id=sender or self.sender, kind=kind, origin=origin, name=name, format=fmt,
                             size=len(content), sha256=hashlib.sha256(content).digest(), book_period=period, date_from=first,
                             date_to=last, status=status, mode=mode, created_by=self.t.admin)
        for seq, at in enumerate(range(0, len(content), piece)):
            self.root.query('INSERT INTO flow_blob (file_id, seq, content) VALUES (%s, %s, %s)', made, seq, content[at:at + piece])
        self.root.query('COMMIT')
        return made

    def file(self, made):
        return self.root.row('SELECT * FROM flow_file WHERE id = %s', made)

    def reach(self, made, *states, seconds=60):
        wait_until(lambda: self.file(made)['status'] in states, seconds,
                   lambda: '%s, is %s\n%s' % (states, self.file(made), self.log()[-3000:]))
        return self.file(made)

    def map(self, made):
        self.root.query("UPDATE flow_file SET status = 'mapped' WHERE id = %s AND status = 'mapping'", made)

    def go(self, made, mode='strict'):
        self.root.query("UPDATE flow_file SET status = 'queued', mode = %s, rows_done = 0 WHERE id = %s AND status = 'checked'", mode, made)

    def check(self, content, **more):
        """Sends a file and has it checked, its guessed columns taken as they are."""
        made = self.send(content, **more)
        if self.reach(made, 'mapping', 'mapped', 'checked', 'failed')['status'] == 'mapping':
            self.map(made)
        return self.reach(made, 'checked', 'failed')

    def load(self, content, mode='strict', **more):
        made = self.check(content, **more)['id']
        self.go(made, mode)
        file = self.reach(made, 'imported', 'failed')
        assert file['status'] == 'imported', file['error'] + self.log()[-2000:]
        return file

    def undo(self, made):
        self.t.office(self.t.admin).call('flow_file_undo', made)

    # -- what is there

    def issues(self, made):
        return {r['row_no']: (r['severity'], r['issues']) for r in
                self.root.query('SELECT * FROM flow_reject WHERE file_id = %s ORDER BY row_no', made)}

    def rows(self, made):
        return self.root.query('SELECT * FROM flow_row WHERE file_id = %s ORDER BY row_no', made)

    def month(self, period, sender=None):
        """Quantity and rows of the month, by kind."""
        return {r['kind']: (r['qty'], r['n']) for r in self.root.query(
            'SELECT kind, SUM(qty) AS qty, SUM(row_count) AS n FROM flow_month WHERE book_period = %s AND sender_id = %s GROUP BY kind',
            period, sender or self.sender)}

    def verify(self, period):
        return self.root.query('CALL flow_verify(%s)', period)
