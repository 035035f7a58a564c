"""Walks through a list page by page, and reads what it exports."""
import csv
import datetime
import decimal
import io

import openpyxl

XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'


def ids(page, name):
    return page('//p:list[@name="%s"]/p:row/@id' % name)


def walk(client, path, name, **query):
    """The ids of all pages, forward to the end; going back must show the same pages."""
    page = client.get(path, **query)
    pages = [ids(page, name)]
    while page('//p:pager/@next'):
        page = client.get(page('//p:pager/@next')[0])
        pages.append(ids(page, name))
    back = [pages[-1]]
    while page('//p:pager/@prev'):
        page = client.get(page('//p:pager/@prev')[0])
        back.insert(0, ids(page, name))
    forward = [i for p in pages for i in p]
    assert len(set(forward)) == len(forward), f'{path} {query}: a row twice'
    assert [i for p in back for i in p] == forward, f'{path} {query}: other rows going back'
    return forward


def export(client, path, fmt, **query):
    """Rows of a CSV or XLSX export as texts, headings first."""
    r = client.raw('GET', path, params={**query, 'format': fmt})
    assert r.status_code == 200, (path, r.status_code)
    assert r.headers['Content-Disposition'].startswith('attachment')
    if fmt == 'csv':
        assert r.headers['Content-Type'].startswith('text/csv')
        return list(csv.reader(io.StringIO(r.content.decode('utf-8-sig'))))
    assert r.headers['Content-Type'] == XLSX
    sheet = openpyxl.load_workbook(io.BytesIO(r.content)).active
    return [[text(c.value) for c in row] for row in sheet.iter_rows()]


def text(value):
    if value is None:
        return ''
    if isinstance(value, datetime.datetime):
        return value.strftime('%Y-%m-%d' if value.time() == datetime.time() else '%Y-%m-%d %H:%M:%S')
    return str(value)


def same(shown, exported):
    """Whether a cell of a page and one of a file say the same: 100.00 is 100."""
    if shown == exported:
        return True
    try:
        return decimal.Decimal(shown) == decimal.Decimal(exported)
    except decimal.InvalidOperation:
        return False


def check_export(page, name, exported, columns):
    """These columns (codes, dates, numbers) of a list's rows are those of a file, in order."""
    node = page.one('//p:list[@name="%s"]' % name)
    head = [c.get('name') for c in node.findall('{*}column')]
    rows = page.rows(name)
    assert len(exported) == len(rows) + 1, (name, len(exported), len(rows))
    for shown, row in zip(rows, exported[1:]):
        values = {k: v for k, v in shown.items() if k in columns}
        assert len(values) == len(columns)
        for column, value in values.items():
            # a second line of a cell may be a column of its own
            assert any(same(value, cell) for cell in row), (column, value, row, head)


def check_statement(page, exported):
    """A file of a statement: the balance it begins with, the lines, what they add up to, and whose it is."""
    sums = {c.get('name'): c.text for c in page.one('//p:record[@name="statement"]')}
    opening, *lines, closing = exported[1:]
    check_export(page, 'statement', [exported[0], *lines], ['biz_date', 'doc_no', 'debit', 'credit', 'balance'])
    assert opening[0] == sums['date_from'] and same(sums['opening'], opening[5]) and opening[6] == sums['customer']
    assert closing[0] == sums['date_to'] and closing[6] == sums['supplier']
    assert all(same(sums[k], v) for k, v in zip(('debit', 'credit', 'closing'), closing[3:6], strict=True))
