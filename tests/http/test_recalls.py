"""A recall from the trace to its end: the lot out of sale, who holds it, notices, answers, what came back."""
from decimal import Decimal

import pytest

from flowrows import FlowRows
from lists import export, walk
from xiaoao import unique


@pytest.fixture
def road(instance):
    """A lot of which 300 went to one distributor; he sold 120 to a hospital and 30 to a name unknown."""
    made = FlowRows(instance)
    made.item = made.product(stock=1000)
    made.goods = instance.value('SELECT id FROM product WHERE code = %s', made.item)
    made.lot = instance.value('SELECT id FROM lot WHERE product_id = %s', made.goods)
    made.lot_no = instance.value('SELECT lot_no FROM lot WHERE id = %s', made.lot)
    made.arrived([(made.item, 300)])
    made.hospital = made.terminal()
    made.report([(made.hospital, made.goods, made.lot_no, 120, 10), (None, made.goods, made.lot_no, 30, 10)])
    made.hold(made.goods, made.lot_no, 150)
    made.quality = instance.office('quality')
    return made


def opened(road, **fields):
    return road.good(road.quality.submit(f'/recalls/new?lot={road.lot}', 'recall', **{
        'class': 'I', 'reason': '溶出度不合格', 'measures': '立即停止销售并退回', **fields}))


def act(road, recall, rel):
    return road.quality.act(road.quality.get('/recalls/view', id=recall), rel)


def notified(road):
    recall = opened(road)
    road.good(act(road, recall, 'recall.notify'))
    return recall


def notice(road, client=None):
    row, = (client or road.buyer).get('/recalls/').rows('my-recalls')
    return row['@href']


def holders(road, recall):
    return {r['tier']: r for r in road.quality.get('/recalls/view', id=recall).rows('recall-holders')}


def trace(road, way, **query):
    return road.quality.get(f'/trace/{way}', lot=road.lot, **query)


def sums(page):
    return {f.get('name').removeprefix('trace_'): Decimal(f[0].text) for f in page('//p:figures[@name="trace"]/p:figure')}


def test_the_trace_of_a_lot(road):
    page = trace(road, 'view')
    assert [Decimal(r['qty']) for r in page.rows('trace-shipped')] == [300]
    assert sorted(Decimal(r['qty']) for r in trace(road, 'sold').rows('trace-sold')) == [30, 120]
    assert [Decimal(r['qty']) for r in trace(road, 'held').rows('trace-held')] == [150]
    assert [Decimal(r['qty']) for r in page.rows('trace-ours')] == [700]
    assert page.may('recall.open')
    assert sums(page) == {'received': 1000, 'ours': 700, 'shipped': 300, 'at_distributors': 0, 'at_terminals': 120,
                          'at_unknown': 30, 'unsure': 0, 'held': 150}
    assert all(v.startswith('/trace/') and f'lot={road.lot}' in v for v in page('//p:view/@href'))


def many(road, n):
    """n sales of one piece each to names that nobody matched."""
    file, last = (road.instance.value(f'SELECT MAX({column}) FROM flow_row WHERE sender_id = %s', road.customer)
                  for column in ('file_id', 'id'))
    road.instance.sql('SET @bulk_load = 1')
    road.instance.sql(
        "INSERT INTO flow_name (sender_id, what, name_key, name, norm, state, first_seen, last_seen)"
        " SELECT %s, 'party', UNHEX(MD5(CONCAT(%s, seq))), CONCAT('药店 ', seq), CONCAT('药店 ', seq), 'queued', CURDATE(), CURDATE()"
        " FROM seq_1_to_" + str(n), road.customer, road.lot_no)
    road.instance.sql(
        'INSERT INTO flow_row (id, book_period, file_id, row_no, kind, sender_id, biz_date, party_name_id, product_name_id,'
        ' product_id, lot_no, raw_qty, qty, flow_level) SELECT r.id + n.seq, r.book_period, r.file_id, r.row_no + n.seq, r.kind,'
        ' r.sender_id, r.biz_date, n.id, r.product_name_id, r.product_id, r.lot_no, 1, 1, 1 FROM flow_row r JOIN'
        " (SELECT id, CAST(SUBSTR(name, 4) AS INT) AS seq FROM flow_name WHERE sender_id = %s AND name LIKE '药店 %%') n"
        ' WHERE r.sender_id = %s AND r.id = %s AND r.file_id = %s', road.customer, road.customer, last, file)
    road.instance.sql('SET @bulk_load = NULL')


def test_no_trace_and_no_recall_is_cut(road):
    """5,100 buyers: the sums are of all, the pages go through all, the files have all."""
    many(road, 5100)
    page = trace(road, 'sold', size=200)
    assert sums(page)['at_unknown'] == 5130 and len(page.rows('trace-sold')) == 200 and page('//p:pager/@next')
    assert len(walk(road.quality, '/trace/sold', 'trace-sold', lot=road.lot, q='药店 5', size=200)) == 212
    rows = export(road.quality, '/trace/sold', 'csv', lot=road.lot)[1:]
    assert len(rows) == 5102 and len({tuple(r) for r in rows}) == 5102
    recall = opened(road)
    assert len(road.quality.get('/recalls/view', id=recall).rows('recall-holders')) == 50
    assert len(walk(road.quality, '/recalls/view', 'recall-holders', id=recall, tier='unknown', size=200, q='药店 5')) == 212
    assert len(export(road.quality, '/recalls/view', 'csv', id=recall)) == 1 + 5103


def test_opening_takes_the_lot_out_of_sale_and_lists_who_holds_it(road):
    recall = opened(road)
    assert road.status_of('lot', road.lot) == 'recalled'
    found = holders(road, recall)
    assert set(found) == {'distributor', 'terminal', 'unknown'}
    assert (Decimal(found['distributor']['shipped']), Decimal(found['distributor']['sold']),
            Decimal(found['distributor']['stock'])) == (300, 150, 150)
    assert Decimal(found['terminal']['bought']) == 120 and Decimal(found['unknown']['bought']) == 30
    assert road.buyer.get('/recalls/').rows('my-recalls') == []


def test_rows_of_an_unknown_product_are_unsure_and_asked_of_the_seller(road):
    """Nobody misses a hospital because the product's name was not matched yet."""
    clinic, stranger = road.terminal(), road.instance.value('SELECT id FROM party WHERE id = %s', road.new_customer())
    road.report([(clinic, None, road.lot_no, 5), (None, None, road.lot_no, 2), (road.hospital, None, road.lot_no, 1)], back=2)
    road.report([(clinic, None, road.lot_no, 3)], back=2, sender=stranger)
    sold = [r for r in trace(road, 'sold').rows('trace-sold') if r['reach'] == 'unsure']
    assert sorted(Decimal(r['qty']) for r in sold) == [1, 2, 3, 5] and all(r['raw_product'] for r in sold)
    recall = opened(road)
    page = road.quality.get('/recalls/view', id=recall)
    assert 'notice.recall.unsure' in page.notices
    listed = {(r['tier'], Decimal(r['unsure'] or 0)) for r in page.rows('recall-holders')}
    assert listed == {('distributor', 8), ('distributor', 3), ('terminal', 1), ('unknown', 0), ('unsure', 8), ('unsure', 2)}
    road.good(act(road, recall, 'recall.notify'))
    told = {(r['tier'], r['status']) for r in road.quality.get('/recalls/view', id=recall).rows('recall-holders')}
    assert told == {('distributor', 'notified'), ('terminal', 'notified'), ('unknown', 'listed'), ('unsure', 'listed')}
    assert 'notice.recall.untold' not in road.quality.get('/recalls/view', id=recall).notices
    page = road.buyer.get(notice(road))
    assert 'notice.recall.check' in page.notices and '⟦' not in road.buyer.html(notice(road)).text_content()
    for path in (f'/recalls/view?id={recall}', f'/trace/view?lot={road.lot}', f'/trace/sold?lot={road.lot}'):
        assert '⟦' not in road.quality.html(path).text_content(), path
    assert sorted(Decimal(r['qty']) for r in page.rows('recall-unsure')) == [1, 2, 5]
    # somebody says what it was: the product, and the clinic is told by the next notices; or another maker's
    road.instance.sql('SET @bulk_load = 1')      # the month may be locked
    road.instance.sql('UPDATE flow_row SET product_id = %s WHERE sender_id = %s AND product_id IS NULL AND lot_no = %s',
                      road.goods, stranger, road.lot_no)
    road.instance.sql('SET @bulk_load = NULL')
    road.instance.sql("UPDATE flow_name n JOIN flow_row r ON r.product_name_id = n.id SET n.state = 'foreign'"
                      " WHERE r.sender_id = %s AND r.product_id IS NULL AND r.lot_no = %s", road.customer, road.lot_no)
    road.good(act(road, recall, 'recall.refresh'))
    found = {(r['tier'], Decimal(r['bought']), Decimal(r['unsure'] or 0)) for r in
             road.quality.get('/recalls/view', id=recall).rows('recall-holders')}
    assert found == {('distributor', 0, 0), ('terminal', 120, 0), ('terminal', 3, 0), ('unknown', 30, 0)}
    assert road.buyer.get(notice(road)).rows('recall-unsure') == []


def test_the_lot_cannot_be_recalled_twice_at_once(road):
    opened(road)
    reply = road.quality.submit(f'/recalls/new?lot={road.lot}', 'recall', **{
        'class': 'II', 'reason': '再次', 'measures': '停'})
    assert reply.status == 422 and road.instance.value('SELECT COUNT(*) FROM recall WHERE lot_id = %s', road.lot) == 1


@pytest.mark.parametrize('kind, hours', [('I', 24), ('II', 48), ('III', 72)])
def test_the_class_sets_the_deadline(road, kind, hours):
    recall = opened(road, **{'class': kind})
    assert road.instance.value('SELECT TIMESTAMPDIFF(HOUR, opened_at, notify_by) FROM recall WHERE id = %s', recall) == hours


def test_what_is_wanted_is_said_beside_its_field(road):
    reply = road.quality.submit(f'/recalls/new?lot={road.lot}', 'recall', **{'class': 'I', 'reason': '', 'measures': ''})
    assert reply.status == 422 and road.status_of('lot', road.lot) == 'released'


def test_the_whole_road(road):
    recall = notified(road)
    told = road.instance.sql("SELECT u.id FROM notification n JOIN app_user u ON u.id = n.user_id"
                             " WHERE n.kind = 'recall.notice' AND u.party_id = %s", road.customer)
    assert [u['id'] for u in told] == [road.buyer.user['id']]
    assert holders(road, recall)['distributor']['notified_by'] == 'portal'
    assert holders(road, recall)['terminal']['notified_by'] == 'letter'
    assert len(road.buyer.get(road.buyer.owes('recalls')).rows('my-recalls')) == 1
    assert road.buyer.submit(notice(road), 'recall-reply', on_hand='150', returned='0',
                             resold_to='某医院 120').status == 303
    assert road.buyer.owes('recalls') is None
    road.good(act(road, recall, 'recall.remind'))
    assert road.buyer.submit(notice(road), 'recall-reply', on_hand='0', returned='150').status == 303
    terminal = holders(road, recall)['terminal']
    assert road.quality.submit(terminal['@href'], 'recall-answer', on_hand='20', returned='100').status == 303
    row, = (r for r in road.quality.get('/recalls/', q=road.lot_no).rows('recalls'))
    assert (Decimal(row['shipped']), Decimal(row['returned']), row['recovery']) == (300, 150, '0.5000')
    reply = road.quality.submit(f'/recalls/end?id={recall}', 'recall-end', conclusion='已收回全部库存')
    assert reply.status == 303 and road.status_of('recall', recall) == 'closed'
    page = road.quality.get('/recalls/report', id=recall)
    assert page.root.get('paper') == 'landscape' and len(page.rows('recall-holders')) == 3
    for fmt in ('csv', 'xlsx'):
        assert len(export(road.quality, f'/recalls/report?id={recall}', fmt)) == 4
    kinds = [e['kind'] for e in road.instance.sql('SELECT kind FROM recall_event WHERE recall_id = %s ORDER BY id', recall)]
    assert kinds == ['opened', 'listed', 'notified', 'answered', 'reminded', 'answered', 'answered', 'closed']


def test_a_reminder_goes_to_who_has_not_answered(road):
    recall = notified(road)
    road.good(act(road, recall, 'recall.remind'))
    assert {t: r['reminders'] for t, r in holders(road, recall).items()} == {
        'distributor': '1', 'terminal': '1', 'unknown': ''}


def test_no_more_comes_back_than_was_received(road):
    notified(road)
    reply = road.buyer.submit(notice(road), 'recall-reply', on_hand='0', returned='301')
    assert reply.status == 422 and [e for e in reply.errors if 'recall.returned' in e]
    assert road.buyer.submit(notice(road), 'recall-reply', on_hand='0', returned='300').status == 303
    assert road.instance.value("SELECT e.note FROM recall_event e JOIN recall r ON r.id = e.recall_id"
                               " WHERE r.lot_id = %s AND e.kind = 'answered'", road.lot) == '0 / 300'


def test_who_is_found_later_is_told_then(road):
    recall = notified(road)
    late = road.new_customer()
    road.report([(late, road.goods, road.lot_no, 10, 10)])
    road.good(act(road, recall, 'recall.refresh'))
    page = road.quality.get('/recalls/view', id=recall)
    assert [Decimal(r['bought']) for r in page.rows('recall-holders') if r['status'] == 'listed' and r['tier'] != 'unknown'] == [10]
    road.good(act(road, recall, 'recall.notify'))
    assert road.instance.value('SELECT status FROM recall_party WHERE recall_id = %s AND party_id = %s', recall, late) == 'notified'


def test_a_chain_answers_for_its_branch(road, instance):
    chain = road.terminal(role='chain')
    instance.sql('UPDATE party SET parent_id = %s WHERE id = %s', chain, road.hospital)
    viewer = instance.portal(chain, 'chain_viewer')
    notified(road)
    assert viewer.submit(notice(road, viewer), 'recall-reply', on_hand='0', returned='60').status == 303


def test_foreign_notices_are_unknown(road, instance):
    notified(road)
    href = notice(road)
    other = instance.portal(road.new_customer(), 'company_admin')
    assert other.get('/recalls/').rows('my-recalls') == []
    assert other.fetch(href).status == 404
    reply = other.post('/recalls/reply', {'id': href.rsplit('=', 1)[1], 'on_hand': '0', 'returned': '1'})
    assert reply.status == 404
    assert road.instance.value("SELECT SUM(returned) FROM recall_party h JOIN recall r ON r.id = h.recall_id"
                               ' WHERE r.lot_id = %s', road.lot) == 0


def test_a_recall_without_notice_is_cancelled_and_the_lot_stays_out(road):
    recall = opened(road)
    assert road.quality.submit(f'/recalls/end?id={recall}', 'recall-end', conclusion='误报').status == 303
    assert road.status_of('recall', recall) == 'cancelled' and road.status_of('lot', road.lot) == 'recalled'
    stale = road.quality.post('/recalls/end', {'id': recall, '_version': 1, 'status': 'closed', 'conclusion': 'x'})
    assert stale.status in (409, 422)


def test_only_quality_recalls(road, instance):
    for role in ('sales_manager', 'finance', 'logistics'):
        assert instance.office(role).fetch('/recalls/').status == 403
    assert instance.portal(road.customer, 'reporter').fetch('/recalls/').status == 403


def test_an_audit_row_for_each_step(road):
    recall = notified(road)
    assert road.instance.value("SELECT COUNT(*) FROM audit_log WHERE entity = 'recall' AND entity_id = %s", str(recall)) >= 2


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(road, instance, lang):
    recall = notified(road)
    quality = instance.office('quality', lang=lang)
    holder = holders(road, recall)['terminal']['@href']
    for path in ('/recalls/', f'/recalls/view?id={recall}', f'/recalls/report?id={recall}', f'/recalls/end?id={recall}',
                 holder, f'/recalls/new?lot={road.lot}', '/trace/', f'/trace/view?lot={road.lot}', '/recalls/?q=nothing'):
        assert '⟦' not in quality.html(path).text_content(), path
    buyer = instance.portal(road.customer, 'company_admin', lang=lang)
    for path in ('/recalls/', notice(road), '/messages/'):
        assert '⟦' not in buyer.html(path).text_content(), path


def test_a_lot_nobody_got_is_recalled_too(road):
    code = road.product(stock=10)
    lot = road.instance.value('SELECT l.id FROM lot l JOIN product p ON p.id = l.product_id WHERE p.code = %s', code)
    recall = road.good(road.quality.submit(f'/recalls/new?lot={lot}', 'recall', **{
        'class': 'III', 'reason': '标签错误', 'measures': '停售'}))
    page = road.quality.get('/recalls/view', id=recall)
    assert page.rows('recall-holders') == [] and road.status_of('lot', lot) == 'recalled'
