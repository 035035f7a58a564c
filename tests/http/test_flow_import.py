"""Flow files through the importer: read, checked, loaded, seen, replaced, taken back (DOMAIN 2, X05)."""
import concurrent.futures
import datetime
import json
from decimal import Decimal

import pytest

import flowrig
from flowrig import HEADS, as_csv, as_xlsx, as_xml, wait_until
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


def test_every_bad_row_comes_back_however_many_have_warnings(rig):
    """Rows with warnings are listed up to 100,000; bad ones behind them are all there, in constant memory."""
    first = month(25)
    odd = ','.join(sale(first, 1, 金额='300'))
    lines = [','.join(HEADS['sale'])] + [odd.replace('D1', 'W%d' % n) for n in range(100001)]
    lines += [','.join(sale(first, 2, 数量='x'))] * 3
    file = rig.check('\n'.join(lines).encode(), month=first)
    assert (file['rows_total'], file['rows_bad'], file['rows_warned']) == (100004, 3, 100001)
    kept = rig.root.query('SELECT severity, COUNT(*) AS n FROM flow_reject WHERE file_id = %s GROUP BY severity', file['id'])
    assert {r['severity']: r['n'] for r in kept} == {'error': 3, 'warning': 100000}
    counts = {(r['severity'], r['code']): (r['row_count'], r['first_row']) for r in rig.root.query(
        'SELECT * FROM flow_issue WHERE file_id = %s', file['id'])}
    assert counts['error', 'flow.v05'] == (3, 100003) and counts['warning', 'flow.v07'] == (100001, 2)


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


def test_a_file_of_some_of_the_days_takes_no_other_day_away(rig):
    """A day over a month: neither side of the month may vanish, whoever sends it."""
    first = month(23)
    middle = (first.replace(day=15), first.replace(day=15))
    whole = rig.load(as_csv('sale', [sale(first, 1, 数量='100'), sale(first, 2, 数量='100')]), month=first)['id']
    for origin in ('api', 'portal'):
        part = rig.check(as_csv('sale', [sale(first, 3, 数量='7', 单据号=origin)]), month=first, days=middle, origin=origin)
        assert part['status'] == 'checked'
        with pytest.raises(Refused) as caught:
            rig.t.office(rig.t.admin).call('flow_file_do', part['id'], part['version'], 'go', 0, 'strict')
        assert caught.value.code == 'flow.overlap'
        rig.go(part['id'])
        ended = rig.reach(part['id'], 'failed', 'imported')
        assert ended['status'] == 'failed' and ended['error'].startswith('flow.overlap||name=f|first=%s' % first)
    assert rig.month(period(first)) == {'sale': (Decimal(200), 2)}
    assert rig.root.value("SELECT COUNT(*) FROM notification WHERE kind = 'flow.waiting' AND user_id = %s", rig.t.admin) >= 1
    rig.undo(whole)
    rig.load(as_csv('sale', [sale(first, 3, 数量='7')]), month=first, days=middle)
    rig.load(as_csv('sale', [sale(first, 1), sale(first, 2), sale(first, 3)]), month=first)
    assert rig.month(period(first)) == {'sale': (Decimal(30), 3)} and rig.verify(period(first)) == []


def test_days_that_grow_replace_each_other(rig):
    """A machine tells from the first of the month to today, each day anew; one step back brings the step before."""
    first, made = month(24), []
    for n in (1, 2, 3):
        made.append(rig.send(as_xml('sale', [sale(first, k) for k in range(n)]), month=first, origin='api', fmt='xml',
                             days=(first, first.replace(day=n))))
        rig.reach(made[-1], 'imported', 'failed')
        assert rig.month(period(first)) == {'sale': (Decimal(10 * n), n)}
    rig.undo(made[2])
    assert [rig.file(f)['status'] for f in made] == ['superseded', 'imported', 'undone']
    assert rig.month(period(first)) == {'sale': (Decimal(20), 2)} and rig.verify(period(first)) == []


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


def test_undoing_a_file_takes_what_was_added_to_it_back_with_it(rig):
    """Corrected rows stand and fall with their file; and none come in for a file that is gone."""
    first = month(27)
    base = rig.load(as_csv('sale', [sale(first, 1)]), month=first)['id']
    more, late = (rig.check(as_csv('sale', [sale(first, n)]), month=first)['id'] for n in (2, 3))
    for file in (more, late):
        rig.root.query('UPDATE flow_file SET adds_to = %s WHERE id = %s', base, file)
    rig.go(more)
    rig.reach(more, 'imported')
    rig.undo(base)
    assert {rig.file(f)['status'] for f in (base, more)} == {'undone'}
    assert rig.month(period(first)) == {} and rig.verify(period(first)) == []
    rig.go(late)
    assert rig.reach(late, 'failed', 'imported')['error'] == 'flow.base_gone' and rig.month(period(first)) == {}


def test_two_files_of_the_same_days_at_once_do_not_both_count(rig):
    """Whichever comes second sees the first, as if it had waited: two workers, a file each."""
    first = month(28)
    made = [rig.check(as_csv('sale', [sale(first, n)]), month=first)['id'] for n in (1, 2)]
    for file in made:
        rig.root.query("UPDATE flow_file SET status = 'importing', worker = 'w', worker_seen = UTC_TIMESTAMP(6) WHERE id = %s", file)
    one, two = (rig.bed.session('jobs') for _ in made)
    one.query('START TRANSACTION')
    one.query('CALL flow_job_done(%s, %s, 1, %s)', made[0], 'w', b'0' * 32)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        second = pool.submit(two.call, 'flow_job_done', made[1], 'w', 1, b'0' * 32)
        wait_until(lambda: second.done() or two.waits())
        assert not second.done()
        one.query('COMMIT')
        second.result(30)
    assert [rig.file(f)['status'] for f in made] == ['superseded', 'imported']


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
    rig.root.query('UPDATE party SET distributor_level = 6 WHERE id = %s', rig.sender)       # no class: not six steps away
    file = rig.load(as_csv('sale', [sale(month(16))]), month=month(16))
    row = rig.rows(file['id'])[0]
    assert (row['party_id'], row['product_id'], row['is_pure_sale'], row['flow_level']) == (rig.hospital, rig.product, 1, 1)
    assert (row['rep_id'], row['lot_id'], row['qty']) == (rig.t.rep, rig.lot, Decimal(10))
    assert file['rows_matched'] == 1
    file = rig.check(as_csv('sale', [sale(month(17), 1, 批号='L240302'), sale(month(17), 2, 单价='90', 金额='900')]), month=month(17))
    issues = rig.issues(file['id'])
    assert 'flow.v09:batch_no' in issues[2][1] and 'flow.v12:unit_price' in issues[3][1]


def test_a_sender_who_buys_of_a_level_1_is_level_2(rig):
    """By product, as soon as the file is in; other products of the same file stay at the sender's own level."""
    seller, first = rig.t.customer('上游商业'), month(26)
    rig.root.query("UPDATE flow_name SET state = 'matched', target_id = %s, method = 'manual' WHERE sender_id = %s AND what = 'product'"
                   " AND unit = '盒' AND code = 'A100'", rig.product, rig.sender)
    rig.root.query('CALL period_ensure(%s)', period(first))
    rig.root.query("INSERT INTO flow_month (book_period, kind, sender_id, product_id, party_id, flow_level, is_pure_sale, flow_class, qty,"
                   " amount, row_count) VALUES (%s, 'sale', %s, %s, %s, 1, 0, 1, 90, 0, 1)", period(first), seller, rig.product, rig.sender)
    file = rig.load(as_csv('sale', [sale(first, 1), sale(first, 2, 商品名称='无人认识', 商品编码='Z9')]), month=first)
    assert [(r['product_id'], r['flow_level']) for r in rig.rows(file['id'])] == [(rig.product, 2), (None, 1)]


def test_the_name_and_code_of_a_merged_terminal_lead_to_the_other(rig):
    old, new = (rig.t.insert('party', code='MG%d' % n, name=name, region_code='4201') for n, name in
                enumerate(('武汉市紫阳湖中医医院', '武汉市武昌紫阳骨伤专科医院')))
    for party in (old, new):
        rig.t.insert('party_role', party_id=party, role='hospital')
    rig.root.query("UPDATE party SET uscc = '12420100441355126R' WHERE id = %s", old)
    assert rig.t.office(rig.t.manager).call('party_merge', old, 1, new) == [{'id': new}]
    file = rig.load(as_csv('sale', [sale(month(18), 1, 客户名称='武汉市紫阳湖中医医院', 客户编码=''),
                                    sale(month(18), 2, 客户名称='不相干的写法', 客户编码='12420100441355126R')]), month=month(18))
    assert [r['party_id'] for r in rig.rows(file['id'])] == [new, new]


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


def test_checks_over_all_reports_of_a_month(rig):
    """V13, V15, V16 need more than one row, and other files: they are told when the month is worked out, and untold."""
    first, before, t = month(27), month(26), rig.t
    last = before.replace(day=28)
    us = rig.root.value("SELECT party_id FROM party_role WHERE role = 'company'") or t.insert('party', code='OWN', name='我们公司')
    rig.root.query("INSERT IGNORE INTO party_role (party_id, role) VALUES (%s, 'company')", us)
    other = t.product(code='B200', generic_name='头孢克肟片', pack_spec='0.1g*6片/盒')
    t.lot(rig.product, 0, lot_no='LNEVER')
    t.lot(rig.product, 100, lot_no='LSHIP')
    t.ship(t.approved(rig.sender, [(rig.product, 100)]))

    def bought(lot, day, qty):
        return sale(first, 销售日期=first.replace(day=int(day)).isoformat(), 客户名称='药厂', 客户编码='', 批号=lot, 数量=qty, 单价='',
                    金额='')

    def sold(lot, day, qty, product='A100'):
        return sale(first, 销售日期=first.replace(day=day).isoformat(), 批号=lot, 数量=qty, 单价='', 金额='',
                    商品编码=product, 商品名称={'A100': '阿莫西林胶囊', 'B200': '头孢克肟片'}[product])

    def told(made, code):
        return [no for no, (_, issues) in rig.issues(made).items() if 'flow.%s:' % code in issues]

    # what the names mean is known
    rig.load(as_csv('purchase', [bought('LOLD', '1', '1')]), kind='purchase', month=before)
    rig.load(as_csv('sale', [sold('LOLD', 1, '1'), sold('LOLD', 2, '1', 'B200')]), month=before)
    for what, column, name, target in (('party', 'name', '药厂', us), ('product', 'code', 'A100', rig.product),
                                       ('product', 'code', 'B200', other)):
        rig.root.query("UPDATE flow_name SET state = 'matched', target_id = %%s, method = 'manual' WHERE sender_id = %%s"
                       " AND what = %%s AND %s = %%s" % column, target, rig.sender, what, name)
    purchases = [bought('LSHIP', '10', '50'), bought('LNEVER', '11', '5')]
    sales = [sold('LSHIP', 5, '10'), sold('LSHIP', 12, '10'), sold('LSHIP', 20, '60')]
    sales += [sold('', n, '1', 'B200') for n in range(1, 11)] + [sold('', n, '1') for n in (1, 2, 3, 4, 8, 9, 10)]
    bought_file = rig.load(as_csv('purchase', purchases), kind='purchase', month=first)['id']
    sold_file = rig.load(as_csv('sale', sales), month=first)['id']

    def works(period):
        rig.root.query('INSERT IGNORE INTO flow_dirty (period, party_id) VALUES (%s, %s)', period, rig.sender)
        rig.root.call('flow_piece', period, rig.sender)

    works(period(first))
    assert told(bought_file, 'v16') == [3], 'a lot that never left for him'
    assert told(sold_file, 'v15') == [2], 'sold before it was bought; what he had before is not known'
    assert told(sold_file, 'v13') == [19], 'back after three days on which the other product was sold'
    row = rig.root.row('SELECT * FROM flow_reject WHERE file_id = %s AND row_no = 3', bought_file)
    cells = json.loads(row['cells'])
    assert row['issues'] == 'flow.v16:batch_no' and cells == [c if h not in ('单价', '金额') else '' for h, c in zip(
        HEADS['purchase'], purchases[1])], cells
    counts = {r['code']: (r['row_count'], r['first_row']) for r in rig.root.query(
        "SELECT * FROM flow_issue WHERE file_id = %s AND severity = 'warning'", sold_file)}
    assert (counts['flow.v13'], counts['flow.v15']) == ((1, 19), (1, 2))
    assert rig.file(bought_file)['rows_warned'] == len(rig.issues(bought_file))
    # with the stock of the month before, more is known; and without the purchases nothing is
    rig.load(as_csv('stock', [stock(before, lot='LSHIP', qty='15')], ), kind='stock', month=before,
             days=(before, last.replace(day=31)))
    rig.root.query('UPDATE stock_report SET stock_date = %s WHERE sender_id = %s AND book_period = %s', last.replace(day=31),
                   rig.sender, period(before))
    for p in (before, first):
        works(period(p))
    assert told(sold_file, 'v15') == [4], '15 + 50 - 80 on the 20th'
    rig.undo(bought_file)
    works(period(first))
    assert told(sold_file, 'v15') == [] and told(sold_file, 'v13') == [19]
    assert rig.verify(period(first)) == []


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
