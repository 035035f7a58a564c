"""Flow files in the portal: taken in, the same one twice, hostile ones, who may what."""
import http.client
import io
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from flowbed import MONTH, FlowBed, as_csv, put, sale
from xiaoao import wait_for

MIB = 1 << 20


@pytest.fixture(scope='module')
def bed(instance):
    return FlowBed(instance)


@pytest.fixture
def fresh(instance):
    """A distributor of the test's own, where it counts files."""
    return FlowBed(instance)


def files(bed):
    return bed.instance.sql('SELECT * FROM flow_file WHERE party_id = %s ORDER BY id', bed.party)


# ---- taking in


def test_a_file_is_kept_byte_for_byte_in_pieces(fresh):
    content = as_csv([sale(n) for n in range(60000)])
    assert len(content) > 5 * MIB
    file = fresh.row(fresh.id(fresh.take(content)))
    assert (file['size'], file['kind'], file['format'], file['origin']) == (len(content), 'sale', 'csv', 'portal')
    pieces = fresh.instance.sql('SELECT content FROM flow_blob WHERE file_id = %s ORDER BY seq', file['id'])
    assert b''.join(p['content'] for p in pieces) == content
    assert [len(p['content']) for p in pieces[:-1]] == [MIB] * (len(pieces) - 1)
    sha = fresh.instance.value('SELECT SHA2(%s, 256)', content)
    assert file['sha256'].hex() == sha


@pytest.mark.parametrize('size', [MIB - 1, MIB, MIB + 1, 65536 - 400, 65536, 256 * 1024, 256 * 1024 + 1])
def test_no_byte_is_lost_where_pieces_meet(bed, size):
    content = b'a,b\r\n' + b'\r\n-' * ((size - 5) // 3)
    content += b'x' * (size - len(content))
    file = bed.row(bed.id(bed.take(content)))
    assert file['size'] == size
    pieces = bed.instance.sql('SELECT content FROM flow_blob WHERE file_id = %s ORDER BY seq', file['id'])
    assert b''.join(p['content'] for p in pieces) == content


def test_the_same_bytes_again_make_nothing_and_lead_to_the_file(fresh):
    content = as_csv([sale(1)])
    first = fresh.id(fresh.take(content))
    again = fresh.take(content, name='another name.csv')
    assert fresh.id(again) == first and 'notice.flow.again' in again.page.notices
    assert len(files(fresh)) == 1
    assert fresh.instance.value('SELECT COUNT(*) FROM flow_blob b JOIN flow_file f ON f.id = b.file_id'
                                ' WHERE f.party_id = %s', fresh.party) == 1
    other = fresh.take(content, kind='purchase')
    assert fresh.id(other) != first, 'another kind is another report'


def test_kind_and_month_are_read_off_the_name(bed):
    name = f'PM_{bed.code}_某商业_{MONTH:%Y%m}28.csv'
    file = bed.row(bed.id(bed.take(as_csv([sale(2)]), name=name, kind='', month='')))
    assert (file['kind'], file['book_period']) == ('purchase', int(f'{MONTH:%Y%m}'))
    assert (file['date_from'], file['date_to'].month) == (MONTH, MONTH.month)


@pytest.mark.parametrize('name, fields, error', [
    ('data.csv', {'kind': ''}, ('kind', 'flow.kind')),
    ('data.csv', {'month': ''}, ('month', 'flow.month')),
    ('SM_{code}_x_20260131.csv', {'kind': 'stock'}, ('kind', 'flow.kind_name')),
    ('SM_NOT-HIS_x_20260131.csv', {'month': '2026-01'}, ('file', 'flow.name_code')),
    ('SM_{code}_x_20250131.csv', {'month': '2026-01'}, ('month', 'flow.name_month')),
    ('data.csv', {'from': '2020-01-01'}, ('from', 'flow.days')),
    ('data.csv', {'to': '2099-01-01'}, ('to', 'flow.days')),
    ('data.csv', {'month': '2099-01'}, ('month', 'flow.future')),
])
def test_what_does_not_go_together_is_said_beside_the_field_and_input_stays(bed, name, fields, error):
    reply = bed.take(as_csv([sale(3)]), name=name.format(code=bed.code), **fields)
    assert reply.status == 422 and error in reply.errors, reply.errors
    for key, value in fields.items():
        if value and key != 'kind':
            shown = reply.page.texts(f'//p:field[@name="{key}"]/p:value') + \
                reply.page(f'//p:field[@name="{key}"]/p:option[@selected]/@value')
            assert value in shown or key == 'month', (key, shown)


def test_a_locked_month_takes_no_file(bed):
    bed.instance.sql("INSERT IGNORE INTO period (period, starts_on, ends_on, status, collect_by, review_by, lock_by)"
                     " VALUES (202401, '2024-01-01', '2024-01-31', 'locked', '2024-02-03', '2024-02-08', '2024-02-11')")
    reply = bed.take(as_csv([sale(4)]), month='2024-01')
    assert reply.status == 422 and ('month', 'flow.month_closed') in reply.errors


# ---- hostile


@pytest.mark.parametrize('content, code', [
    (b'%PDF-1.7 x', 'file.not_table'), (b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + b'x' * 600, 'file.old_excel'),
    (b'<html><body>a,b</body></html>', 'file.not_table'), (b'\x7fELF\x02\x01\x01\x00', 'file.not_table'),
    (b'#!/bin/sh\na,b\n', 'file.not_table'), (b'\x89PNG\r\n\x1a\n\x00\x00', 'file.not_table'),
    (b'<!DOCTYPE r [<!ENTITY a "b">]><flow-report kind="sale"/>', 'file.dtd'), (b'', 'required'),
    (b'<flow-report kind="' + b'x' * 70000 + b'"/>', 'file.not_table'),
], ids=['pdf', 'xls', 'html', 'program', 'script', 'picture', 'dtd', 'empty', 'endless tag'])
def test_what_is_no_report_is_refused_beside_the_file(fresh, content, code):
    reply = fresh.take(content)
    assert reply.status == 422 and ('file', code) in reply.errors, reply.errors
    assert not files(fresh)


def test_a_file_above_the_limit_is_refused_and_leaves_nothing(fresh):
    """A report of a million rows is taken (256 MiB); a workbook, which is read as a whole, up to 48 MiB."""
    reply = fresh.take(b'PK\x03\x04' + bytes(48 * MIB))
    assert reply.status == 422 and ('file', 'flow.too_big') in reply.errors
    assert reply.page.texts('//p:field[@name="file"]/p:error/p:text[@name="mib"]') == ['48']
    assert not files(fresh)
    content = b'a,b\n' + b'1,2\n' * (17 * MIB)
    assert fresh.row(fresh.id(fresh.take(content)))['size'] == len(content)
    connection = http.client.HTTPConnection(*fresh.client.base.split('//')[1].split(':'), timeout=30)
    connection.putrequest('POST', '/uploads/')
    connection.putheader('Content-Length', str(265 * MIB))
    connection.endheaders()
    assert connection.getresponse().status == 413, 'by its announced length'
    connection.close()


@pytest.mark.parametrize('body', [
    b'--b\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n{csrf}\r\n--b\r\nContent-Disposition: form-data;'
    b' name="file"; filename="a.csv"\r\n\r\na,b\r\n1,2\r\n',
    b'--b\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n{csrf}\r\n--b\r\nContent-Disposition: form-data;'
    b' name="file"; filename="a.csv"\r\n\r\na,b\r\n--b\r\nContent-Disposition: form-data; name="kind"\r\n\r\nsale\r\n--b--\r\n',
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\r\n--b--\r\n',
    b'nothing of the kind', b''],
    ids=['cut off', 'field behind', 'no token', 'no parts', 'nothing'])
def test_a_truncated_or_crooked_body_makes_no_file(fresh, body):
    body = body.replace(b'{csrf}', fresh.client.csrf().encode())
    r = fresh.client.raw('POST', f'/uploads/?kind=sale&month={MONTH:%Y-%m}', data=body,
                         headers={'Content-Type': 'multipart/form-data; boundary=b'})
    assert r.status_code in (400, 403, 422), r.status_code
    assert not files(fresh)


def test_a_name_is_cleaned_and_never_a_path(bed):
    file = bed.row(bed.id(bed.take(as_csv([sale(5)]), name='../../etc/<b>报表\u202e.exe')))
    assert file['name'] == 'b报表.csv', file['name']


# ---- who may


def test_another_companys_file_is_an_unknown_one(instance, bed, fresh):
    file = bed.id(bed.take(as_csv([sale(6)])))
    for method, path in (('GET', '/uploads/view'), ('GET', '/uploads/errors'), ('POST', '/uploads/go'),
                         ('POST', '/uploads/discard'), ('POST', '/uploads/undo')):
        if method == 'GET':
            assert fresh.client.fetch(path, id=file, format='csv' if 'errors' in path else 'xml').status == 404
        else:
            assert fresh.client.post(path, {'id': file, 'version': 1}).status == 404, path
    assert fresh.client.post('/uploads/map', {'id': file, '_version': 1, 'header_row': 1}).status == 404
    assert bed.status(file) != 'discarded'
    assert fresh.take(as_csv([sale(7)]), adds_to=file).status == 404


def test_who_only_looks_cannot_send(instance, bed):
    buyer = instance.portal(bed.party, 'buyer')
    assert buyer.fetch('/uploads/').status == 200
    assert buyer.fetch('/uploads/new').status == 403
    assert buyer.post('/uploads/', {'kind': 'sale'}).status == 403
    assert instance.portal(bed.party, 'receiver').fetch('/uploads/').status == 403


# ---- lists


def test_the_list_is_searched_filtered_sorted_and_exported(fresh):
    names = {}
    for kind in ('sale', 'purchase', 'stock'):
        names[kind] = fresh.row(fresh.id(fresh.take(as_csv([sale(8)]), kind=kind)))['name']
    page = fresh.client.get('/uploads/')
    assert [r['name'] for r in page.rows('uploads')] == list(names.values())[::-1], 'newest first'
    for kind, name in names.items():
        assert [r['name'] for r in fresh.client.get('/uploads/', kind=kind).rows('uploads')] == [name]
        assert [r['name'] for r in fresh.client.get('/uploads/', q=name[3:]).rows('uploads')] == [name]
    assert not fresh.client.get('/uploads/', month='2020-01').rows('uploads')
    by_name = [r['name'] for r in fresh.client.get('/uploads/', sort='name').rows('uploads')]
    assert by_name == sorted(by_name)
    export = fresh.client.raw('GET', '/uploads/?format=csv&kind=stock', headers={'Accept': '*/*'}).content.decode()
    assert names['stock'] in export and names['sale'] not in export


def test_templates_have_the_heads_and_no_row(bed):
    for kind, head in (('purchase', '业务日期'), ('sale', '含税单价'), ('stock', '有效期至')):
        text = bed.client.raw('GET', f'/uploads/template?kind={kind}&format=csv').content.decode('utf-8-sig')
        assert head in text.split('\r\n')[0].split(',') and text.strip().count('\n') == 0
        book = bed.client.raw('GET', f'/uploads/template?kind={kind}&format=xlsx').content
        assert head in zipfile.ZipFile(io.BytesIO(book)).read('xl/worksheets/sheet1.xml').decode()
    assert bed.client.raw('GET', '/uploads/template').status_code == 404


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_pages_have_all_their_words(instance, bed, lang):
    file = bed.id(bed.take(as_csv([sale(9)])))
    client = instance.portal(bed.party, 'reporter', lang=lang)
    for path in ('/uploads/', '/uploads/new', f'/uploads/view?id={file}&again=1'):
        text = client.html(path).text_content()
        assert '⟦' not in text, path


def test_a_page_asks_again_only_while_something_runs(bed):
    """A worker of another machine has the file: the one here leaves it alone."""
    bed.id(bed.take(as_csv([sale(10)])))
    file = put(bed, 'importing', [sale(n) for n in range(8)], rows_done=2, worker='elsewhere:1', worker_seen='2099-01-01')
    page = bed.page(file)
    assert page.root.get('refresh') == '2'
    assert page.one('//p:meter[@name="rows_done"]').get('value') == '2'
    bed.instance.sql("UPDATE flow_file SET status = 'discarded', worker = NULL WHERE pid = %s", file)
    assert bed.page(file).root.get('refresh') is None


# ---- the database goes away


def test_a_file_lost_with_the_database_is_asked_for_again(fresh):
    """What had come of it is gone, and the page that offers another try says so."""
    content = as_csv([sale(11)])
    waiting = ('SELECT t.trx_mysql_thread_id FROM information_schema.innodb_lock_waits w'
               ' JOIN information_schema.innodb_trx t ON t.trx_id = w.requesting_trx_id'
               ' JOIN information_schema.innodb_trx h ON h.trx_id = w.blocking_trx_id'
               ' WHERE h.trx_mysql_thread_id = %s')
    with fresh.instance.connect() as holder, ThreadPoolExecutor(1) as pool:
        cursor = holder.cursor()
        cursor.execute('START TRANSACTION')
        cursor.execute('SELECT id FROM party WHERE id = %s FOR UPDATE', (fresh.party,))
        sent = pool.submit(fresh.take, content, name='十月销售.csv')
        # These tables are renewed only when nobody has read them for a tenth of a second.
        thread = wait_for(lambda: fresh.instance.sql('DO SLEEP(0.2)') or
                          fresh.instance.value(waiting, holder.thread_id()), 60, 'the upload at the lock')
        fresh.instance.sql(f'KILL CONNECTION {thread}')
        reply = sent.result(60)
    assert reply.status == 503 and not files(fresh)
    assert 'notice.retry.file' in [n.get('key') for n in reply.page('//p:form[@name="retry"]/p:notice')]
    assert reply.page.texts('//p:form[@name="retry"]/p:notice/p:text[@name="name"]') == ['十月销售.csv']
    field = reply.page.one('//p:form[@name="retry"]/p:field[@type="file"]')
    assert (field.get('name'), field.get('required')) == ('file', 'true')
    again = fresh.client.submit(reply.page, 'retry', files={'file': ('十月销售.csv', content)})
    assert fresh.row(fresh.id(again))['kind'] == 'sale', 'what else was typed is sent again'
