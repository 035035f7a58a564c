"""Flow files in the office, and the steps a person takes with one: columns, preview, errors, undo.

The files here are put where the importer leaves them, so that each step is looked at alone; the
importer itself has tests of its own.
"""
import csv
import io
import json
import zipfile

import pytest

from flowbed import MAPPING, MONTH, SALE, FlowBed, as_csv, put, sale
from xiaoao import unique

PERIOD = int(f'{MONTH:%Y%m}')


@pytest.fixture(params=['office', 'portal'])
def bed(instance, request):
    instance.sql('INSERT IGNORE INTO period (period, starts_on, ends_on, collect_by, review_by, lock_by) VALUES'
                 ' (%s, %s, LAST_DAY(%s), LAST_DAY(%s) + INTERVAL 3 DAY, LAST_DAY(%s) + INTERVAL 8 DAY,'
                 ' LAST_DAY(%s) + INTERVAL 11 DAY)', PERIOD, *[MONTH] * 5)
    return FlowBed(instance, request.param)


# ---- columns


def test_the_proposal_is_filled_in_and_what_is_in_doubt_is_open(bed):
    file = put(bed, 'mapping', [sale(1)], mapping={k: v for k, v in MAPPING.items() if k != 'unit'})
    page = bed.page(file)
    form = '//p:form[@name="flow-map"]'
    assert page(f'{form}//p:field[@name="qty"]/p:option[@selected]/@value') == ['7']
    assert page.texts(f'{form}//p:field[@name="qty"]/p:option[@selected]') == ['H · 数量']
    assert not page(f'{form}//p:field[@name="unit"]/p:option[@selected]')
    assert page(f'{form}//p:field[@name="unit"]/@required') == ['true']
    assert page.rows('flow-lines')[0]['c1'] == '客户名称', 'the first lines stand above'
    reply = bed.client.submit(page, 'flow-map')
    assert reply.status == 422 and reply.errors == [('unit', 'required')]
    assert reply.page(f'{form}//p:field[@name="qty"]/p:option[@selected]/@value') == ['7'], 'input stays'
    assert bed.client.submit(page, 'flow-map', unit='6').status == 303
    row = bed.row(file)
    assert json.loads(row['mapping']) == MAPPING and row['status'] != 'mapping'
    assert bed.client.submit(page, 'flow-map', unit='6', _key=unique('k')).status == 409, 'the page is stale now'


@pytest.mark.parametrize('fields, error', [
    ({'unit': '7'}, 'flow.column_twice'), ({'unit': '999'}, 'choice'), ({'unit': '-1'}, 'choice'),
    ({'unit': '6" OR 1'}, 'choice')])
def test_a_column_is_one_field_and_one_that_is_there(bed, fields, error):
    file = put(bed, 'mapping', [sale(1)])
    reply = bed.client.submit(bed.page(file), 'flow-map', **fields)
    assert reply.status == 422 and error in {code for _, code in reply.errors}, reply.errors
    assert bed.status(file) == 'mapping'


# ---- preview


BAD = [sale(1, 数量='12,0x', 销售日期='10/5'), sale(2, 数量='x'), sale(3, 销售日期=f'{MONTH:%Y/%-m/}5'), sale(4)]


def test_the_preview_tells_what_was_understood_and_what_is_wrong(bed):
    file = put(bed, 'checked', BAD, {0: 'flow.v05:qty flow.v03:biz_date', 1: 'flow.v05:qty'}, {3: 'flow.v07:amount'})
    page = bed.page(file)
    assert [page.value(f) for f in ('rows_total', 'rows_good', 'rows_bad', 'rows_warned')] == ['4', '2', '2', '1']
    issues = page.rows('flow-issues')
    assert [(r['row_no'], r['issue'], r['field'], r['received']) for r in issues] == [
        ('2', 'flow.v05', 'qty', '12,0x'), ('2', 'flow.v03', 'biz_date', '10/5'), ('3', 'flow.v05', 'qty', 'x'),
        ('5', 'flow.v07', 'amount', '125.00')]
    counts = {r['code']: r['row_count'] for r in page.rows('flow-codes')}
    assert counts == {'flow.v05': '2', 'flow.v03': '1', 'flow.v07': '1'}
    third = page.one('//p:list[@name="flow-preview"]/p:row[3]/p:text[@name="biz_date"]')
    assert (third.text, third.get('sub')) == (f'{MONTH:%Y-%m}-05', f'{MONTH:%Y/%-m/}5'), 'clean, and as received'


def test_bad_rows_are_left_out_only_when_a_person_says_so(bed):
    file = put(bed, 'checked', BAD, {0: 'flow.v05:qty'})
    page = bed.page(file)
    strict = bed.client.submit(page, 'flow-go', mode='strict')
    assert strict.status == 422 and ('mode', 'flow.bad_rows') in strict.errors
    assert bed.status(file) == 'checked'
    assert bed.client.submit(page, 'flow-go', mode='skip').status == 303
    row = bed.row(file)
    assert row['status'] not in ('checked', 'uploaded') and row['mode'] == 'skip'
    assert row['imported_by'] == bed.client.user['id']
    assert bed.client.submit(page, 'flow-go', mode='skip', _key=unique('k')).status == 409, 'once is enough'


def test_a_file_without_a_good_row_cannot_be_imported(bed):
    file = put(bed, 'checked', BAD[:1], {0: 'flow.v05:qty'})
    page = bed.page(file)
    assert not page('//p:form[@name="flow-go"]') and 'notice.flow.no_row' in page.notices
    assert bed.client.post(f'{bed.path}/go', {'id': file, 'version': 1, 'mode': 'skip'}).status == 422


def test_what_will_be_replaced_is_said_before(bed):
    old = put(bed, 'imported', [sale(1)])
    page = bed.page(put(bed, 'checked', [sale(2)]))
    assert 'notice.flow.replaces' in page.notices
    assert [r['@href'] for r in page.rows('flow-replaced')] == [f'{bed.path}/view?id={old}']


def test_a_file_is_discarded(bed):
    file = put(bed, 'checked', [sale(1)])
    assert bed.client.act(bed.page(file), 'flow.discard').status == 303
    assert bed.status(file) == 'discarded' and not bed.page(file).may('flow.discard')


# ---- the error file


EVIL = '=HYPERLINK("http://evil.example/","x")'


def test_bad_rows_come_back_as_received_with_the_reason(bed):
    rows = [sale(n, 客户名称=EVIL if n == 1 else '医院', 数量='x') for n in range(1, 1300)]
    file = put(bed, 'imported', [*rows, sale(2000)], {i: 'flow.v05:qty' for i in range(len(rows))})
    text = bed.client.raw('GET', f'{bed.path}/errors?id={file}&format=csv').content.decode('utf-8-sig')
    got = list(csv.reader(io.StringIO(text)))
    assert got[0][:-1] == SALE and len(got) == len(rows) + 1
    assert got[1][1] == "'" + EVIL and got[2][:-1] == rows[1]
    assert '数量' in got[1][-1] and got[1][-1] != '数量'
    book = bed.client.raw('GET', f'{bed.path}/errors?id={file}&format=xlsx').content
    sheet = zipfile.ZipFile(io.BytesIO(book)).read('xl/worksheets/sheet1.xml').decode()
    assert '<f>' not in sheet and 'evil.example' in sheet
    english = bed.client.raw('GET', f'{bed.path}/errors?id={file}&format=csv&lang=en')
    assert english.status_code == 303, 'the language is a choice of the reader'


def test_all_rows_with_warnings_are_looked_through_by_check_and_exported(bed):
    rows = [sale(n) for n in range(1, 140)]
    file = put(bed, 'checked', rows, {0: 'flow.v05:qty'},
               {**{i: 'flow.v12:unit_price' for i in range(1, 130)}, 130: 'flow.v07:amount flow.v12:unit_price'})
    page = bed.client.get(bed.page(file).link('flow.rows'))
    assert len(page.rows('flow-issue-rows')) == 100
    after = bed.client.get(page('//p:pager/@next')[0])
    assert {r['row_no'] for r in after.rows('flow-issue-rows')} == {str(n) for n in range(102, 133)}
    address = f'{bed.path}/rows'
    found = bed.client.get(address, id=file, code='flow.v07', severity='warning').rows('flow-issue-rows')
    assert [(r['row_no'], r['issue']) for r in found] == [('132', 'flow.v07'), ('132', 'flow.v12')]
    assert [r['row_no'] for r in bed.client.get(address, id=file, severity='error').rows('flow-issue-rows')] == ['2']
    text = bed.client.raw('GET', f'{address}?id={file}&code=flow.v12&format=csv').content.decode('utf-8-sig')
    assert len(list(csv.reader(io.StringIO(text)))) == 131
    assert bed.client.fetch(address, id=file, code='v99').status == 422
    assert bed.client.fetch(address, id=0).status == 404


def test_corrected_rows_are_sent_as_an_addition(bed):
    file = put(bed, 'imported', BAD, {0: 'flow.v05:qty'})
    page = bed.page(file)
    fill = bed.client.get(page.link('flow.add'))
    assert fill.texts('//p:field[@name="adds_to"]/p:value') == [str(file)]
    fields = {'sender': bed.code} if bed.site == 'office' else {}
    reply = bed.client.submit(fill, 'flow-take', files={'file': ('again.csv', as_csv([sale(1)]))}, **fields)
    assert reply.status == 303, reply.errors
    added = bed.row(bed.id(reply))
    assert added['adds_to'] == bed.row(file)['id']
    assert 'notice.flow.replaces' not in bed.page(bed.id(reply)).notices
    base = bed.row(file)
    assert (added['date_from'], added['date_to']) == (base['date_from'], base['date_to']), 'they go where their file goes'
    refused = bed.take(as_csv([sale(2)]), adds_to=file, kind='purchase')
    assert refused.status == 422 and 'flow.addition' in {code for _, code in refused.errors}, refused.errors


def test_days_that_overlap_in_part_are_told_and_refused(bed):
    old = put(bed, 'imported', [sale(1), sale(2)])
    page = bed.page(put(bed, 'checked', [sale(3)]))
    assert 'notice.flow.replaces' in page.notices and page('//p:form[@name="flow-go"]')
    assert [r['fate'] for r in page.rows('flow-replaced')] == ['replaced']
    file = put(bed, 'checked', [sale(4)])
    bed.instance.sql(f'UPDATE flow_file SET date_from = date_from + INTERVAL 3 DAY WHERE {bed.key} = %s', file)
    page = bed.page(file)
    assert 'notice.flow.overlap' in page.notices and 'notice.flow.replaces' not in page.notices
    assert [r['fate'] for r in page.rows('flow-replaced')] == ['partly'] and not page('//p:form[@name="flow-go"]')
    reply = bed.client.post(f'{bed.path}/go', {'id': file, '_version': bed.row(file)['version'], 'mode': 'strict'})
    assert reply.status == 422 and 'error.flow.overlap' in reply.page.notices, reply
    assert (bed.status(file), bed.status(old)) == ('checked', 'imported')


# ---- who


def test_a_rep_sees_files_of_his_own_customers_only(instance):
    bed = FlowBed(instance, 'office')
    file = put(bed, 'checked', [sale(1)])
    rep = instance.office('sales_rep')
    assert rep.fetch('/flowfiles/view', id=file).status == 404
    assert rep.fetch('/flowfiles/errors', id=file, format='csv').status == 404
    assert not rep.get('/flowfiles/', sender=bed.code).rows('flowfiles')
    assert rep.fetch('/flowfiles/new').status == 403
    assert len(bed.client.get('/flowfiles/', sender=bed.code).rows('flowfiles')) == 1


def test_the_office_sends_for_a_distributor(instance):
    bed = FlowBed(instance, 'office')
    row = bed.row(bed.id(bed.take(as_csv([sale(1)]))))
    assert (row['party_id'], row['origin'], row['created_by']) == (bed.party, 'office', bed.client.user['id'])
    assert ('sender', 'flow.sender') in bed.take(as_csv([sale(2)]), sender='NOBODY').errors
    assert instance.value("SELECT COUNT(*) FROM audit_log WHERE entity = 'flow_file' AND entity_id = %s AND actor_id = %s",
                          str(row['id']), bed.client.user['id']) >= 1


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
@pytest.mark.parametrize('status', ['mapping', 'checked', 'imported', 'superseded', 'undone', 'failed', 'discarded'])
def test_every_state_has_all_its_words(instance, bed, status, lang):
    issues = ' '.join(f'flow.v{n:02}:qty' for n in range(1, 18))
    file = put(bed, status, BAD, {0: issues}, error='file.broken' if status == 'failed' else None)
    user = bed.client.user
    client = instance.client(bed.site, lang).become(user)
    text = client.html(f'{bed.path}/view?id={file}').text_content()
    assert '⟦' not in text, text[text.index('⟦'):][:80]


def test_a_sale_below_what_it_was_bought_for_is_warned_of(instance, bed):
    code = unique('P')[:20]
    drug = instance.sql("INSERT INTO product (code, generic_name, dosage_form, strength, pack_spec, unit, case_qty, approval_no)"
                        " VALUES (%s, %s, '片剂', '5mg', '24片', '盒', 100, '国药准字H20200001')", code, unique('倒挂药'))
    name = instance.value('SELECT generic_name FROM product WHERE id = %s', drug)
    instance.sql('INSERT INTO flow_month (book_period, kind, sender_id, product_id, flow_level, is_pure_sale, flow_class, qty,'
                 " amount, row_count) VALUES (%s, 'purchase', %s, %s, 0, 0, 1, 10, 300, 1)", PERIOD, bed.party, drug)
    instance.sql('INSERT INTO flow_name (sender_id, what, name_key, name, code, unit, norm, state, target_id, method, decided_by,'
                 " first_seen, last_seen) VALUES (%s, 'product', RANDOM_BYTES(16), %s, %s, '盒', %s, 'matched', %s, 'manual', %s,"
                 ' %s, %s)', bed.party, name, code, name, drug, bed.client.user['id'], MONTH, MONTH)
    rows = [sale(1, 商品编码=code, 商品名称=name, 规格='24片', 单位='盒', 数量='2', 含税单价='29.99', 含税金额='59.98'),
            sale(2, 商品编码=code, 商品名称=name, 规格='24片', 单位='盒', 数量='2', 含税单价='30.00', 含税金额='60.00')]
    file = bed.taken(as_csv(rows), 'checked', 'mapping')
    if bed.status(file) == 'mapping':
        bed.client.submit(bed.page(file), 'flow-map')
        bed.reach(file, 'checked')
    found = bed.client.get(f'{bed.path}/rows', id=file, code='flow.v12').rows('flow-issue-rows')
    assert [r['row_no'] for r in found if r['issue'] == 'flow.v12'] == ['2']
