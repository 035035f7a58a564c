"""Flow files through the importer: read, checked, loaded, seen, replaced, taken back (DOMAIN 2, X05)."""
import datetime
from decimal import Decimal

import pytest

import flowrig
from flowrig import HEADS, as_csv, as_xlsx, as_xml
from sqlbed import Refused
from sqltrade import day
from xiaoao import build_folder


@pytest.fixture(scope='module')
def rig():
    rig = flowrig.Rig(build_folder())
    t = rig.t
    rig.product = t.product(code='A100', generic_name='阿莫西林胶囊', pack_spec='0.25g*24粒/盒')
    rig.lot = t.lot(rig.product, 0, lot_no='L240301', produced=-200, expires=500)
    rig.hospital = t.insert('party', code='H1', name='武汉市第一医院', region_code='4201')
    t.insert('party_role', party_id=rig.hospital, role='hospital')
    t.insert('terminal_assignment', party_id=rig.hospital, user_id=t.rep, valid_from=day(-400))
    # what the sender's codes mean is known, as after matching by hand
    t.insert('unit_conversion', unit='件', product_id=rig.product, factor=100)
    rig.start()
    yield rig
    rig.kill(15)


def month(n):
    """The first day of a month that no other test uses."""
    first = datetime.date(2025, 1, 1)
    return first.replace(year=2025 + n // 12, month=n % 12 + 1)


def sale(first, n=1, **more):
    row = {'销售日期': first.replace(day=5).isoformat(), '客户名称': '武汉市第一医院', '客户编码': 'H1', '商品编码': 'A100',
           '商品名称': '阿莫西林胶囊', '规格': '0.25g*24粒/盒', '单位': '盒', '批号': 'L240301', '数量': '10', '单价': '12.50',
           '金额': '125.00', '单据号': 'D%d' % n}
    return [str({**row, **more}[h]) for h in HEADS['sale']]


def stock(first, product='A100', qty='40', lot='L240301', **more):
    row = {'库存日期': (first.replace(day=28)).isoformat(), '商品编码': product, '商品名称': '阿莫西林胶囊', '规格': '0.25g*24粒/盒',
           '单位': '盒', '批号': lot, '有效期至': day(500).isoformat(), '库存数量': qty}
    return [str({**row, **more}[h]) for h in HEADS['stock']]


def period(first):
    return first.year * 100 + first.month


def test_a_file_goes_its_way(rig):
    first = month(0)
    made = rig.send(as_csv('sale', [sale(first, 1), sale(first, 2, 数量='-3', 金额='-37.50')]), month=first)
    file = rig.reach(made, 'mapping')
    assert file['header_row'] == 1 and '"qty":8' in file['mapping']
    assert rig.root.value('SELECT COUNT(*) FROM flow_head WHERE file_id = %s', made) == 3
    rig.map(made)
    file = rig.reach(made, 'checked')
    assert (file['rows_total'], file['rows_bad'], file['worker']) == (2, 0, None)
    assert rig.month(period(first)) == {}, 'nothing is seen before it is imported'
    rig.go(made)
    file = rig.reach(made, 'imported')
    assert (file['rows_done'], file['qty_total']) == (2, Decimal(7))
    assert rig.month(period(first)) == {'sale': (Decimal(7), 2)}
    assert rig.verify(period(first)) == []
    rows = rig.rows(made)
    assert [(r['row_no'], r['raw_qty'], r['amount'], r['doc_no']) for r in rows] == [
        (2, Decimal(10), Decimal('125.00'), 'D1'), (3, Decimal(-3), Decimal('-37.50'), 'D2')]
    assert {r['id'] for r in rows} == {made * 10000000 + 2, made * 10000000 + 3}
    told = rig.root.query('SELECT kind, args FROM notification WHERE user_id = %s ORDER BY id DESC LIMIT 1', rig.t.admin)
    assert told[0]['kind'] == 'flow.imported' and 'rows=2' in told[0]['args']


def test_the_second_file_with_the_same_heads_needs_nobody(rig):
    first = month(1)
    made = rig.send(as_csv('sale', [sale(first)]), month=first)
    assert rig.reach(made, 'checked', 'mapping')['status'] == 'checked'


def test_bad_rows_come_back_with_their_reasons(rig):
    first = month(2)
    rows = [sale(first, 1), sale(first, 2, 数量='0'), sale(first, 3, 销售日期='31/12'), sale(first, 4, 批号='9.14403E+17'),
            sale(first, 5, 客户名称=''), sale(first, 6, 金额='300'), sale(first, 7, 销售日期='2020-01-01'), sale(first, 1),
            ['合计'] + [''] * 11]
    file = rig.check(as_csv('sale', rows), month=first)
    issues = rig.issues(file['id'])
    assert (file['rows_total'], file['rows_bad'], file['rows_warned']) == (8, 4, 3)
    assert issues[3] == ('error', 'flow.v05:qty') and issues[4] == ('error', 'flow.v03:biz_date')
    assert issues[5] == ('error', 'flow.v03:batch_no') and issues[6] == ('error', 'flow.v02:counterparty_name')
    assert 'flow.v07:amount' in issues[7][1] and 'flow.v04:biz_date' in issues[8][1] and 'flow.v08' in issues[9][1]
    rig.go(file['id'], 'skip')
    file = rig.reach(file['id'], 'imported')
    assert [r['row_no'] for r in rig.rows(file['id'])] == [2, 7, 8, 9]
    assert rig.rows(file['id'])[3]['warnings'] >> 7 & 1, 'V08 stays with the row'
    assert rig.verify(period(first)) == []


def test_every_format_gives_the_same_rows(rig):
    seen = []
    for n, (content, fmt) in enumerate((
            (as_csv('sale', [sale(month(3))], encoding='gb18030'), 'csv'), (as_csv('sale', [sale(month(4))], delimiter=';'), 'csv'),
            (as_csv('sale', [sale(month(5))], encoding='utf-16', delimiter='\t'), 'csv'),
            (as_xlsx('sale', [sale(month(6))]), 'xlsx'), (as_xml('sale', [sale(month(7))]), 'xml')), 3):
        file = rig.load(content, month=month(n), fmt=fmt, piece=50)
        row = rig.rows(file['id'])[0]
        seen.append((row['party_name_id'], row['product_name_id'], row['qty'], row['price'], row['amount'], row['lot_no']))
    assert len(set(seen)) == 1, seen


def test_a_newer_file_replaces_the_older_and_undo_brings_it_back(rig):
    first = month(8)
    old = rig.load(as_csv('sale', [sale(first, 1), sale(first, 2)]), month=first)['id']
    new = rig.load(as_csv('sale', [sale(first, 1, 数量='4', 金额='50')]), month=first)['id']
    assert (rig.file(old)['status'], rig.file(old)['superseded_by']) == ('superseded', new)
    assert rig.month(period(first)) == {'sale': (Decimal(4), 1)}
    rig.undo(new)
    assert (rig.file(new)['status'], rig.file(old)['status']) == ('undone', 'imported')
    assert rig.month(period(first)) == {'sale': (Decimal(20), 2)} and rig.verify(period(first)) == []
    rig.undo(old)
    assert rig.month(period(first)) == {} and rig.verify(period(first)) == []


def test_other_days_of_the_month_stand_beside_each_other(rig):
    first = month(9)
    for from_day, to_day in ((1, 10), (11, 20)):
        rig.load(as_csv('sale', [sale(first, from_day, 销售日期=first.replace(day=from_day).isoformat())]), month=first,
                 days=(first.replace(day=from_day), first.replace(day=to_day)))
    assert rig.month(period(first)) == {'sale': (Decimal(20), 2)}


def test_additions_go_with_the_file_they_belong_to(rig):
    first = month(10)
    base = rig.load(as_csv('sale', [sale(first, 1)]), month=first)['id']
    more = rig.check(as_csv('sale', [sale(first, 2)]), month=first)['id']
    rig.root.query('UPDATE flow_file SET adds_to = %s WHERE id = %s', base, more)
    rig.go(more)
    rig.reach(more, 'imported')
    assert rig.file(base)['status'] == 'imported' and rig.month(period(first)) == {'sale': (Decimal(20), 2)}
    new = rig.load(as_csv('sale', [sale(first, 3)]), month=first)['id']
    assert {rig.file(f)['status'] for f in (base, more)} == {'superseded'}
    rig.undo(new)
    assert {rig.file(f)['status'] for f in (base, more)} == {'imported'}
    assert rig.month(period(first)) == {'sale': (Decimal(20), 2)} and rig.verify(period(first)) == []


def test_a_locked_month_does_not_change(rig):
    first = month(11)
    made = rig.load(as_csv('sale', [sale(first, 1)]), month=first)['id']
    late = rig.check(as_csv('sale', [sale(first, 2)]), month=first)['id']
    for status in ('review', 'locked'):
        rig.root.query('UPDATE period SET status = %s WHERE period = %s', status, period(first))
    with pytest.raises(Refused) as caught:
        rig.undo(made)
    assert caught.value.code == 'flow.month_closed'
    for change in ('UPDATE flow_row SET qty = 1 WHERE file_id = %s', 'DELETE FROM flow_row WHERE file_id = %s'):
        with pytest.raises(Refused):
            rig.root.query(change, made)
    rig.go(late)
    assert rig.reach(late, 'failed', 'imported')['error'].startswith('flow.month_closed')
    assert rig.month(period(first)) == {'sale': (Decimal(10), 1)}


def test_stock_is_what_the_latest_report_says(rig):
    def held():
        return [(r['lot_no'], r['qty'], r['stock_date'], r['source']) for r in rig.root.query(
            'SELECT * FROM channel_stock WHERE party_id = %s ORDER BY lot_no', rig.sender)]

    rig.load(as_csv('stock', [stock(month(9))]), kind='stock', month=month(9))
    rig.root.query("UPDATE flow_name SET state = 'matched', target_id = %s, method = 'manual' WHERE sender_id = %s"
                   " AND what = 'product' AND code = 'A100'", rig.product, rig.sender)
    old, new = month(12).replace(day=28), month(13).replace(day=28)
    rig.load(as_csv('stock', [stock(month(12)), stock(month(12), lot='GONE')]), kind='stock', month=month(12))
    assert held() == [('GONE', Decimal(40), old, 'feed'), ('L240301', Decimal(40), old, 'feed')]
    file = rig.load(as_csv('stock', [stock(month(13), qty='30'), stock(month(13), qty='5', 规格='0.25g*24粒/盒 ')]), kind='stock',
                    month=month(13))
    assert held() == [('L240301', Decimal(35), new, 'feed')], 'what the report does not name is gone'
    rig.undo(file['id'])
    assert held() == [('GONE', Decimal(40), old, 'feed'), ('L240301', Decimal(40), old, 'feed')]


def test_names_are_written_once_and_counted(rig):
    first = month(14)
    rows = [sale(first, n, 客户名称='新诊所%d' % (n % 3), 客户编码='') for n in range(9)]
    file = rig.load(as_csv('sale', rows), month=first)
    names = rig.root.query("SELECT name, state, row_count, qty FROM flow_name WHERE sender_id = %s AND name LIKE '新诊所%%' ORDER BY name",
                           rig.sender)
    assert [(n['name'], n['row_count'], n['qty']) for n in names] == [('新诊所%d' % i, 3, Decimal(30)) for i in range(3)]
    rig.undo(file['id'])
    assert rig.root.value("SELECT SUM(row_count) FROM flow_name WHERE sender_id = %s AND name LIKE '新诊所%%'", rig.sender) == 0


def test_a_decided_name_decides(rig):
    """What a person taught is taken for all later files: party, rep, sell-out and units."""
    first = month(15)
    rig.load(as_csv('sale', [sale(first)]), month=first)
    rig.root.query("UPDATE flow_name SET state = 'matched', target_id = %s, method = 'manual' WHERE sender_id = %s AND what = 'party'"
                   " AND name = '武汉市第一医院'", rig.hospital, rig.sender)
    rig.root.query("UPDATE flow_name SET state = 'matched', target_id = %s, factor = 100, method = 'manual' WHERE sender_id = %s"
                   " AND what = 'product' AND unit = '件'", rig.product, rig.sender)
    rig.root.query("UPDATE flow_name SET state = 'matched', target_id = %s, method = 'manual' WHERE sender_id = %s"
                   " AND what = 'product' AND unit = '盒' AND code = 'A100'", rig.product, rig.sender)
    file = rig.load(as_csv('sale', [sale(month(16))]), month=month(16))
    row = rig.rows(file['id'])[0]
    assert (row['party_id'], row['product_id'], row['is_pure_sale'], row['flow_level']) == (rig.hospital, rig.product, 1, 1)
    assert (row['rep_id'], row['lot_id'], row['qty']) == (rig.t.rep, rig.lot, Decimal(10))
    assert file['rows_matched'] == 1
    file = rig.check(as_csv('sale', [sale(month(17), 1, 批号='L240302'), sale(month(17), 2, 单价='90', 金额='900')]), month=month(17))
    issues = rig.issues(file['id'])
    assert 'flow.v09:batch_no' in issues[2][1] and 'flow.v12:unit_price' in issues[3][1]


def test_what_is_no_table_fails_with_a_reason(rig):
    for n, (content, error) in enumerate(((b'%PDF-1.7 nothing', 'file.not_table'), (b'PK\x03\x04 broken', 'file.broken'),
                                          (b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + b'x' * 600, 'file.old_excel'),
                                          (b'<a><row><nonsense>1</nonsense></row></a>', 'file.element'))):
        made = rig.send(content, month=month(18), name='bad%d' % n)
        assert rig.reach(made, 'failed', 'mapping')['error'] == error


def test_a_machine_needs_no_person(rig):
    first = month(19)
    made = rig.send(as_xml('sale', [sale(first)]), month=first, origin='api', fmt='xml')
    assert rig.reach(made, 'imported', 'failed', 'checked')['status'] == 'imported'
    bad = rig.send(as_xml('sale', [sale(month(20), 数量='0')]), month=month(20), origin='api', fmt='xml')
    assert rig.reach(bad, 'checked', 'imported')['rows_bad'] == 1


def test_titles_above_the_heads_and_an_ambiguous_column(rig):
    first = month(21)
    heads = ['销售日期', '客户名称', '商品名称', '规格', '销售单位', '销售数量']
    lines = [['江城医药有限公司销售流向'], ['2026年'], heads,
             [first.isoformat(), '某诊所', '阿莫西林胶囊', '0.25g*24粒/盒', '盒', '1,200']]
    content = '\n'.join(','.join('"%s"' % v for v in line) for line in lines).encode()
    file = rig.check(content, month=first)
    assert (file['header_row'], file['status']) == (3, 'checked') and '"unit":4' in file['mapping']
    rig.go(file['id'])
    assert rig.reach(file['id'], 'imported')['qty_total'] == Decimal(1200)


def test_several_importers_share_the_work(rig):
    for _ in range(2):
        rig.start()
    first = month(22)
    made = [rig.send(as_csv('sale', [sale(first, n, 销售日期=first.replace(day=n).isoformat())]), month=first, name='n%d' % n,
                     days=(first.replace(day=n), first.replace(day=n))) for n in range(1, 25)]
    for f in made:
        rig.reach(f, 'checked')
        rig.go(f)
    for f in made:
        rig.reach(f, 'imported')
    assert rig.month(period(first)) == {'sale': (Decimal(240), 24)} and rig.verify(period(first)) == []
