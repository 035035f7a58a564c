"""Names to match: the queue, what a name may be, one click, and again after master data changed."""
import hashlib

import pytest

from xiaoao import unique


@pytest.fixture(scope='module')
def clerk(instance):
    return instance.office('flow_clerk')


@pytest.fixture(scope='module')
def names(instance, market):
    """A distributor's spelling that waits; the id of a new one each time."""
    sender = market.customer

    def make(name, what='party', extra='', unit='', qty=1000000):
        key = hashlib.sha256(f'{name}{extra}{unit}'.encode()).digest()[:16]
        return instance.sql('INSERT INTO flow_name (sender_id, what, name_key, name, extra, unit, norm, qty, first_seen, last_seen)'
                            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '2024-01-01', '2024-01-31')",
                            sender, what, key, name, extra, unit, name, qty)
    return make


def hospital(instance, name):
    party = instance.sql("INSERT INTO party (code, name, kind) VALUES (%s, %s, 'institution')", unique('HM')[:20], name)
    instance.sql("INSERT INTO party_role (party_id, role) VALUES (%s, 'hospital')", party)
    return party


def state(instance, name):
    return instance.sql('SELECT state, target_id, method, version FROM flow_name WHERE id = %s', name)[0]


def open_name(clerk, name):
    return clerk.get('/matching/', open=name)


def test_the_best_candidate_is_taken_by_one_click(instance, clerk, names):
    party, other = hospital(instance, unique('县医院')), hospital(instance, unique('县医院'))
    name = names(unique('县院'))
    for target, score in ((other, '0.8000'), (party, '0.9000')):
        instance.sql('INSERT INTO flow_candidate (name_id, target_id, score) VALUES (%s, %s, %s)', name, target, score)
    page = open_name(clerk, name)
    assert [r['target'] for r in page.rows('name-candidates')] == [
        instance.value('SELECT name FROM party WHERE id = %s', p) for p in (party, other)]
    clerk.submit(page, 'decision', action='match')
    assert state(instance, name)['target_id'] == party
    clerk.submit(clerk.get('/matching/', view='people', open=name), 'decision', action='take-back')
    assert state(instance, name)['state'] == 'queued'


def test_any_party_by_its_code_and_an_unknown_one(instance, clerk, names):
    party, name = hospital(instance, unique('某医院')), names(unique('查找'))
    code = instance.value('SELECT code FROM party WHERE id = %s', party)
    answer = clerk.submit(open_name(clerk, name), 'decision', action='match', party='NO-SUCH')
    assert answer.errors == [('party', 'choice.unknown')]
    clerk.submit(open_name(clerk, name), 'decision', action='match', party=code)
    assert state(instance, name)['target_id'] == party


def test_goods_of_others_alone_and_ticked(instance, clerk, names):
    one, two = names(unique('别家'), 'product'), names(unique('别家'), 'product')
    clerk.submit(open_name(clerk, one), 'decision', action='foreign')
    clerk.act(clerk.get('/matching/'), 'foreign', name=two)
    assert [state(instance, n)['state'] for n in (one, two)] == ['foreign', 'foreign']


def test_after_a_decision_the_next_name_of_the_same_list_is_open_and_the_last_is_undone(instance, clerk, names):
    mark = unique('连续')
    first, second = names(f'{mark}甲', qty=20), names(f'{mark}乙', qty=10)
    reply = clerk.submit(clerk.get('/matching/', q=mark), 'decision', action='foreign')
    assert reply.page('//p:detail/@id') == [str(second)] and len(reply.page.rows('matching')) == 1
    clerk.submit(reply.page, 'undo-name', action='undo-name')
    assert state(instance, first)['state'] == 'queued'


def test_a_stale_page_does_not_decide_again(instance, clerk, names):
    name = names(unique('旧页'))
    page = open_name(clerk, name)
    instance.sql('UPDATE flow_name SET version = version + 1 WHERE id = %s', name)
    assert clerk.submit(page, 'decision', action='foreign').status == 409
    assert state(instance, name)['state'] == 'queued'


def test_again_finds_what_became_known(instance, clerk, names):
    text = unique('康宁') + '骨伤医院'
    name = names(text)
    party = hospital(instance, text)
    sender = instance.value('SELECT sender_id FROM flow_name WHERE id = %s', name)
    clerk.submit(clerk.get('/rematch/', sender=sender, after=name - 1), 'again')
    assert (state(instance, name)['target_id'], state(instance, name)['method']) == (party, 'name')


def test_names_of_a_sender_that_is_no_customer_wait_too(instance, clerk):
    sender = instance.sql("INSERT INTO party (code, name, kind) VALUES (%s, %s, 'company')", unique('T2')[:20], unique('二级商'))
    name = unique('二级商的名称')
    instance.sql('INSERT INTO flow_name (sender_id, what, name_key, name, norm, first_seen, last_seen)'
                 " VALUES (%s, 'party', RANDOM_BYTES(16), %s, %s, '2024-01-01', '2024-01-31')", sender, name, name)
    assert [r['name'] for r in clerk.get('/matching/', q=name).rows('matching')] == [name]
    assert instance.office('sales_rep').get('/matching/', q=name).rows('matching') == []


def test_who_only_looks_has_no_buttons(instance, names):
    names(unique('只看'))
    page = instance.office('auditor').get('/matching/')
    assert page.rows('matching') and page('//p:form[@name="decision"]') == []
