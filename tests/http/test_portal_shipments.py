"""Shipments in the portal: what is on its way, arrival lot by lot, proof of it."""
import pytest

from lists import check_export, export, walk
from market import day
from road import Road, page_id
from xiaoao import PNG


@pytest.fixture(scope='module')
def shared(instance):
    made = Road(instance)
    code = made.product(price='10.00')
    made.hidden = made.picked([(code, 40)])
    made.all = [made.shipped([(code, 40)]), made.arrived([(code, 40)]), made.shipped([(code, 30)])]
    made.pids = [str(made.pid('shipment', s)) for s in made.all]
    return made


def test_seen_once_it_has_left(shared):
    rows = shared.buyer.get('/shipments/').rows('shipments')
    assert [r['@id'] for r in rows] == shared.pids[::-1]
    assert shared.buyer.fetch('/shipments/view', id=shared.pid('shipment', shared.hidden)).status == 404


def test_known_by_a_random_number_only(shared):
    assert shared.buyer.fetch('/shipments/view', id=shared.all[0]).status == 404


@pytest.mark.parametrize('query, n', [
    ({'status': 'delivered'}, 1), ({'status': 'shipped'}, 2), ({'from': str(day(0))}, 3),
    ({'to': str(day(-1))}, 0), ({'q': '没有'}, 0)])
def test_filters(shared, query, n):
    page = shared.buyer.get('/shipments/', **query)
    assert len(page.rows('shipments')) == n and page.one('//p:list/@total') == str(n)


@pytest.mark.parametrize('sort', ['created_at', '-created_at', 'shipment_no', '-shipment_no',
                                  'status', '-status', 'expected_on', '-expected_on'])
def test_paging_forward_and_back_visits_every_row_once(shared, sort):
    assert sorted(walk(shared.buyer, '/shipments/', 'shipments', size=1, sort=sort)) \
        == sorted(shared.pids)


@pytest.mark.parametrize('fmt', ['csv', 'xlsx'])
def test_export_is_the_list(shared, fmt):
    check_export(shared.buyer.get('/shipments/', status='shipped'), 'shipments',
                 export(shared.buyer, '/shipments/', fmt, status='shipped'),
                 ['shipment_no', 'shipped_on', 'cases'])


# ---- arrival

def test_received_refused_and_broken(road):
    shipment = road.shipped([(road.product(), 40), (road.product(), 10)])
    reply = road.arrive(shipment, road.buyer, files={'photo': ('签收 1.png', PNG, 'image/png')}, **{
        'received.1': '30', 'refused.1': '10', 'received.2': '9', 'damaged.2': '1'})
    assert reply.status == 303, reply.errors
    rows = reply.page.rows('shipment-lines')
    assert [(r['received_qty'], r['refused_qty'], r['damaged_qty']) for r in rows] == [
        ('30', '10', '0'), ('9', '0', '1')]
    cell = reply.page.one('//p:record[@name="arrival"]/p:text[@name="photo_name"]')
    r = road.buyer.raw('GET', cell.get('href'))
    assert r.content == PNG and r.headers['X-Content-Type-Options'] == 'nosniff'
    assert r.headers['Content-Disposition'].startswith('attachment')
    # our side sees the same, by whom and where
    page = road.picker.get('/shipments/view', id=shipment)
    assert page.value('entered_on') == 'portal'
    assert [r['refused_qty'] for r in page.rows('shipment-lines')] == ['10', '0']


def test_a_photo_is_nobody_elses(road, instance):
    shipment = road.shipped([(road.product(), 40)])
    page = road.arrive(shipment, road.buyer, files={'photo': ('a.png', PNG, 'image/png')}).page
    href = page.one('//p:record[@name="arrival"]/p:text[@name="photo_name"]').get('href')
    assert Road(instance).buyer.fetch(href).status == 404


def test_more_than_was_sent_is_refused_and_the_input_kept(road):
    shipment = road.shipped([(road.product(), 40)])
    less = road.arrive(shipment, road.buyer, note='少一盒', **{'received.1': '39'})
    assert less.status == 422 and less.errors == [('received.1', 'qty.less_than_sent')]
    reply = road.arrive(shipment, road.buyer, note='清点', **{'received.1': '40', 'damaged.1': '1'})
    assert reply.status == 422 and reply.errors == [('received.1', 'qty.more_than_sent')]
    kept = {f.get('name'): f.findtext('{*}value') for f in reply.page.form('arrive').iter('{*}field')}
    assert (kept['received.1'], kept['damaged.1'], kept['note']) == ('40', '1', '清点')
    assert road.status_of('shipment', shipment) == 'shipped'


@pytest.mark.parametrize('field, value', [
    ('arrived_on', str(day(1))), ('arrived_on', str(day(-1))), ('received_by_name', ''),
    ('received.1', '-4'), ('temperature', 'warm')])
def test_arrival_refuses(road, field, value):
    reply = road.arrive(road.shipped([(road.product(), 40)]), road.buyer, **{field: value})
    assert reply.status == 422 and reply.errors[0][0] == field


def test_cold_goods_want_a_temperature(road):
    shipment = road.shipped([(road.product(storage_class='cold'), 40)])
    assert road.arrive(shipment, road.buyer).errors == [('temperature', 'temperature.missing')]
    reply = road.arrive(shipment, road.buyer, temperature='4.5')
    assert reply.status == 303
    assert reply.page.one('//p:record[@name="arrival"]/*[@name="temperature"]').text == '4.50'


@pytest.mark.parametrize('name, body', [
    ('a.png', b'<html><script>alert(1)</script>'), ('a.png', b'%!PS'), ('a.exe', b'MZ\x90\x00' * 50),
    ('a.svg', b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), ('a.png', b'')])
def test_what_is_no_picture_is_refused(road, name, body):
    shipment = road.shipped([(road.product(), 40)])
    reply = road.arrive(shipment, road.buyer, files={'photo': (name, body, 'image/png')})
    if body:
        assert reply.status == 422 and reply.errors[0][0] == 'photo'
        assert road.status_of('shipment', shipment) == 'shipped'
    else:
        assert reply.status in (303, 422)


def test_arrived_twice_is_a_stale_page(road):
    shipment = road.shipped([(road.product(), 40)])
    page = road.buyer.get('/shipments/arrive', id=road.pid('shipment', shipment))
    road.good(road.arrive(shipment, road.buyer))
    late = road.buyer.submit(page, 'arrive', arrived_on=day(0), received_by_name='王五')
    assert late.status == 409


def test_the_delivery_note_is_that_of_the_office(shared):
    """The paper that travels with the goods says the same on both sites."""
    here = shared.buyer.get('/shipments/note', id=shared.pids[0])
    there = shared.manager.get('/shipments/note', id=shared.all[0])
    for list_part in ('//p:record[@name="note"]/p:*', '//p:list[@name="note-lines"]/p:row/p:*',
                      '//p:record[@name="note-seals"]/p:*'):
        ours = [(e.get('name'), e.text) for e in here(list_part)]
        assert ours and set(ours) <= {(e.get('name'), e.text) for e in there(list_part)}
    assert here.value('customer') == shared.instance.value(
        'SELECT name FROM party WHERE id = %s', shared.customer)
    assert here.value('supplier') and here.value('release_seal')


def test_who_may_confirm(shared, instance):
    accountant = instance.portal(shared.customer, 'accountant')
    page = accountant.get('/shipments/view', id=shared.pids[0])
    assert not page.may('arrive')
    assert accountant.fetch('/shipments/arrive', id=shared.pids[0]).status == 403
    assert accountant.post('/shipments/arrive', {'id': shared.pids[0]}).status == 403
    assert not shared.buyer.get('/shipments/view', id=shared.pids[1]).may('arrive')


def test_another_companys_is_unknown(shared, instance):
    other = Road(instance).buyer
    for path in ('view', 'note', 'arrive'):
        assert other.fetch(f'/shipments/{path}', id=shared.pids[0]).status == 404
    reply = other.post('/shipments/arrive', {'id': shared.pids[0], 'arrived_on': str(day(0)),
                                             'received_by_name': 'x'})
    assert reply.status == 404
    assert page_id(f'={shared.pids[0]}') and shared.status_of('shipment', shared.all[0]) == 'shipped'


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(shared, instance, lang):
    client = instance.portal(shared.customer, 'company_admin', lang=lang)
    for path in ['/shipments/', '/shipments/?q=none', f'/shipments/arrive?id={shared.pids[0]}',
                 *(f'/shipments/{p}?id={i}' for p in ('view', 'note') for i in shared.pids)]:
        assert '⟦' not in client.html(path).text_content(), path
