"""Who looks after which terminal: told from a day on, transferred in one go, within one's departments; months that are locked stay
(DOMAIN 2.6, F032)."""
import datetime

import pytest

from flowrows import FlowRows, month, period
from xiaoao import unique

DAY = datetime.timedelta(days=1)


@pytest.fixture
def field(instance):
    """Two departments of their own; two reps and a manager in the first, one rep in the second; a hospital of the first rep."""
    return Field(instance)


class Field(FlowRows):
    def __init__(self, instance):
        super().__init__(instance)
        root = instance.value('SELECT id FROM org_unit WHERE parent_id IS NULL LIMIT 1')
        self.east, self.west = (self.insert('org_unit', parent_id=root, code=unique('U')[:20], name=unique('大区'), kind='region')
                                for _ in range(2))
        self.chief = instance.office('sales_manager', org_unit_id=self.east)
        self.old, self.new = self.seller('老王', self.east), self.seller('小李', self.east)
        self.other = self.seller('外区', self.west)
        self.hospital = self.terminal()
        self.give(self.hospital, self.old)
        self.since = max(month(), self.open_from())

    def seller(self, name, unit):
        return self.instance.user('office', 'sales_rep', org_unit_id=unit, name=unique(name))

    def open_from(self):
        last = self.instance.value("SELECT MAX(ends_on) FROM period WHERE status IN ('locked', 'closed')")
        return last + DAY if last else month()

    def give(self, terminal, rep, share='1', since=month(6), until=None, group=None):
        return self.insert('terminal_assignment', party_id=terminal, user_id=rep['id'], share=share, valid_from=since,
                           valid_to=until, product_group_id=group)

    def of(self, terminal):
        return [(r['user_id'], float(r['share']), r['valid_from'], r['valid_to']) for r in self.instance.sql(
            'SELECT * FROM terminal_assignment WHERE party_id = %s ORDER BY valid_from, share DESC, id', terminal)]

    def sums(self, terminal, days):
        return {self.instance.value('SELECT SUM(share) FROM terminal_assignment WHERE party_id = %s AND %s BETWEEN valid_from'
                                    " AND COALESCE(valid_to, '9999-12-31')", terminal, day) for day in days}

    def preview(self, client=None, since=None, new=None, **more):
        return (client or self.chief).submit('/transfers/', 'transfer', **{
            'from': self.old['login'], 'to': (new or self.new)['login'], 'since': (since or self.since).isoformat(), **more})

    def confirm(self, preview, client=None, without=()):
        assert preview.status == 200, preview.errors
        return (client or self.chief).submit(preview.page, 'transfer-confirm', **{f'pick.{t}': [] for t in without})


def test_a_terminal_is_assigned_from_a_day_on_and_its_history_stays(instance, field):
    path = f'/assignments/assign?id={field.hospital}'
    page = field.chief.get('/assignments/view', id=field.hospital)
    assert page.may('assign') and [r['rep'] for r in page.rows('assignment-history')] == [
        instance.value('SELECT name FROM app_user WHERE id = %s', field.old['id'])]
    done = field.chief.submit(path, 'assign', since=field.since.isoformat(), **{
        'rep.1': field.old['login'], 'share.1': '60', 'rep.2': field.new['login'], 'share.2': '40'})
    assert done.status == 303, done.errors
    before = field.since - DAY
    assert field.of(field.hospital) == [
        (field.old['id'], 1.0, month(6), before), (field.old['id'], 0.6, field.since, None), (field.new['id'], 0.4, field.since, None)]
    # again, from a later day on, to nobody: the pool
    later = field.since + 9 * DAY
    empty = {f'{f}.{n}': '' for f in ('rep', 'share') for n in range(1, 5)}
    assert field.chief.submit(path, 'assign', since=later.isoformat(), **empty).status == 303
    assert field.sums(field.hospital, [later]) == {None} and field.sums(field.hospital, [before, later - DAY]) == {1}
    assert instance.value("SELECT COUNT(*) FROM audit_log WHERE entity = 'terminal_assignment' AND entity_id IN"
                          ' (SELECT id FROM terminal_assignment WHERE party_id = %s)', field.hospital) >= 5


@pytest.mark.parametrize('people, error', [
    ([('old', '60'), ('new', '30')], ('share.1', 'assignment.sum')),
    ([('old', '50'), ('old', '50')], ('rep.1', 'assignment.twice')),
    ([('old', '')], ('share.1', 'required')),
    ([('old', '101')], ('share.1', 'max')),
    ([('other', '100')], ('rep.1', 'assignment.rep')),
    ([(None, '100')], ('rep.1', 'assignment.rep')),
])
def test_shares_and_people_that_do_not_do_are_refused_beside_the_field(instance, field, people, error):
    fields = {f'{f}.{n}': '' for f in ('rep', 'share') for n in range(1, 5)}
    for n, (who, share) in enumerate(people, 1):
        fields[f'rep.{n}'] = getattr(field, who)['login'] if who else 'nobody'
        fields[f'share.{n}'] = share
    had = field.of(field.hospital)
    done = field.chief.submit(f'/assignments/assign?id={field.hospital}', 'assign', since=field.since.isoformat(), **fields)
    assert (done.status, done.errors) == (422, [error])
    assert field.of(field.hospital) == had


def test_a_day_of_a_locked_month_is_refused(instance, field):
    locked = instance.value("SELECT MAX(ends_on) FROM period WHERE status IN ('locked', 'closed')")
    done = field.chief.submit(f'/assignments/assign?id={field.hospital}', 'assign', since=locked.isoformat())
    assert (done.status, done.errors) == (422, [('since', 'assignment.locked')])
    done = field.confirm(field.preview(since=locked))
    assert (done.status, [code for _, code in done.errors]) == (422, ['assignment.locked'])


def test_a_stale_page_does_not_overwrite(instance, field):
    page = field.chief.get('/assignments/assign', id=field.hospital)
    field.give(field.terminal(), field.old)
    instance.sql('UPDATE terminal_assignment SET version = version + 1 WHERE party_id = %s', field.hospital)
    assert field.chief.submit(page, 'assign', since=field.since.isoformat()).status == 409


def test_a_whole_list_changes_hands_and_rows_of_open_months_follow(instance, field):
    second, shared, kept = (field.terminal() for _ in range(3))
    field.give(second, field.old)
    field.give(shared, field.old, '0.6')
    field.give(shared, field.new, '0.4')
    field.give(kept, field.old)
    product = instance.value('SELECT id FROM product WHERE code = %s', field.product())
    field.report([(field.hospital, product, 'B1', 30, 10), (shared, product, 'B1', 20, 10)], back=0)
    instance.sql('INSERT IGNORE INTO flow_dirty (period, party_id) VALUES (%s, %s)', period(), field.customer)
    work(instance, period(), field.customer)
    reps = 'SELECT party_id, rep_id FROM flow_row WHERE sender_id = %s ORDER BY party_id'
    assert {r['rep_id'] for r in instance.sql(reps, field.customer)} == {field.old['id']}

    shown = field.preview()
    assert shown.status == 200, shown.errors
    grid = '//p:grid[@name="transfer-terminals"]/p:row'
    assert len(shown.page(grid)) == 4 and sum(map(int, shown.page.texts(grid + '/p:int[@name="row_count"]'))) == 2
    done = field.confirm(shown, without=[kept])
    assert done.status == 303, done.errors
    for terminal in (field.hospital, second):
        assert field.of(terminal) == [(field.old['id'], 1.0, month(6), field.since - DAY), (field.new['id'], 1.0, field.since, None)]
    assert field.of(shared) == [(field.old['id'], 0.6, month(6), field.since - DAY), (field.new['id'], 0.4, month(6), field.since - DAY),
                                (field.new['id'], 1.0, field.since, None)]
    assert field.of(kept) == [(field.old['id'], 1.0, month(6), None)]
    assert field.sums(shared, [field.since - DAY, field.since, field.since + 99 * DAY]) == {1}
    work(instance, period(), field.customer)
    assert {r['rep_id'] for r in instance.sql(reps, field.customer)} == {field.new['id']}
    assert instance.value('SELECT SUM(qty) FROM flow_month WHERE sender_id = %s AND rep_id = %s', field.customer, field.new['id']) == 50
    assert [r for r in instance.sql('SELECT * FROM flow_dirty WHERE party_id = %s', field.customer)] == []


def test_what_is_planned_goes_over_too_day_by_day(instance, field):
    """The old rep has it until the 20th day, then both: afterwards the new one has all of it throughout."""
    planned = field.terminal()
    change = field.since + 20 * DAY
    field.give(planned, field.old, until=change - DAY)
    field.give(planned, field.old, '0.7', change)
    field.give(planned, field.new, '0.3', change)
    assert field.confirm(field.preview()).status == 303
    days = [field.since, change - DAY, change, change + 50 * DAY]
    assert field.sums(planned, days) == {1}
    assert {r[0] for r in field.of(planned) if r[2] >= field.since} == {field.new['id']}


def test_when_the_list_is_another_by_now_nothing_moves(instance, field):
    shown = field.preview()
    instance.sql('UPDATE terminal_assignment SET user_id = %s WHERE party_id = %s', field.new['id'], field.hospital)
    instance.sql('UPDATE terminal_assignment SET user_id = %s WHERE party_id = %s', field.other['id'], field.hospital)
    other = field.terminal()
    field.give(other, field.old)
    assert field.confirm(shown).status in (409, 422)
    assert [r[0] for r in field.of(other)] == [field.old['id']]


def test_a_manager_moves_within_his_departments_only(instance, field):
    outside = field.terminal()
    field.give(outside, field.other)
    assert field.chief.fetch('/assignments/view', id=outside).status == 404
    assert field.chief.fetch('/assignments/assign', id=outside).status == 404
    names = {r['code'] if 'code' in r else r['terminal'] for r in field.chief.get('/assignments/').rows('assignments')}
    assert instance.value('SELECT name FROM party WHERE id = %s', outside) not in names
    refused = field.preview(new=field.other)
    assert (refused.status, refused.errors) == (422, [('to', 'assignment.rep')])
    refused = field.chief.submit('/transfers/', 'transfer', **{
        'from': field.other['login'], 'to': field.new['login'], 'since': field.since.isoformat()})
    assert (refused.status, refused.errors) == (422, [('from', 'assignment.rep')])
    # what the page does not offer is refused when it is posted all the same
    forged = field.chief.post('/transfers/do', {'from': field.other['login'], 'to': field.new['login'],
                                                  'since': field.since.isoformat(), 'shown': '1', f'pick.{outside}': '1'})
    assert forged.status == 422 and [r[0] for r in field.of(outside)] == [field.other['id']]
    field.give(field.terminal(), field.other)
    # a terminal shared with another department is not assigned anew, but the own share changes hands
    shared = field.terminal()
    field.give(shared, field.old, '0.5')
    field.give(shared, field.other, '0.5')
    done = field.chief.submit(f'/assignments/assign?id={shared}', 'assign', since=field.since.isoformat(),
                                **{'rep.1': field.old['login'], 'share.1': '100', 'rep.2': '', 'share.2': ''})
    assert done.errors == [('since', 'assignment.foreign')]
    assert field.confirm(field.preview()).status == 303
    assert [(r[0], r[1]) for r in field.of(shared) if r[3] is None] == [(field.other['id'], 0.5), (field.new['id'], 0.5)]
    clerk = instance.office('flow_clerk')
    assert clerk.get('/assignments/view', id=outside).may('assign')


def test_who_may_only_look_changes_nothing(instance, field):
    auditor = instance.office('auditor')
    page = auditor.get('/assignments/view', id=field.hospital)
    assert not page.may('assign') and not page.may('assignment.transfer')
    assert auditor.fetch('/transfers/').status == 403
    assert auditor.fetch('/assignments/assign', id=field.hospital).status == 403
    rep = instance.office('sales_rep')
    assert rep.get('/assignments/').rows('assignments') == []


def test_the_list_finds_by_rep_day_and_name_and_exports(instance, field):
    clerk = instance.office('flow_clerk')
    name = instance.value('SELECT name FROM party WHERE id = %s', field.hospital)
    found = clerk.get('/assignments/', rep=field.old['id']).rows('assignments')
    assert [r['terminal'] for r in found] == [name]
    assert clerk.get('/assignments/', rep=field.old['id'], day=month(7).isoformat()).rows('assignments') == []
    assert [r['state'] for r in clerk.get('/assignments/', q=name).rows('assignments')] == ['current']
    csv = clerk.raw('GET', '/assignments/', params={'format': 'csv', 'rep': field.old['id']})
    assert csv.status_code == 200 and name in csv.content.decode('utf-8-sig')
    free = field.terminal()
    pool = clerk.get('/assignments/pool', q=instance.value('SELECT name FROM party WHERE id = %s', free)).rows('assignment-pool')
    assert len(pool) == 1


def test_terminals_nobody_has_are_given_by_heads_of_their_province(instance, field):
    free, elsewhere = (field.terminal(region_code=code) for code in ('610102', '420102'))
    assign = {'since': field.since.isoformat(), 'rep.1': field.new['login'], 'share.1': '100'}

    def pool(client, terminal):
        name = instance.value('SELECT name FROM party WHERE id = %s', terminal)
        return [int(r['@id']) for r in client.get('/assignments/pool', q=name).rows('assignment-pool')]

    # a department without provinces has none of the pool, and its head no tab for it
    assert not field.chief.get('/assignments/')('//p:view[@name="pool"]') and pool(field.chief, free) == []
    assert field.chief.fetch('/assignments/assign', id=free).status == 404
    admin = instance.office('admin')
    saved = admin.submit(f'/units/edit?id={field.east}', 'unit', provinces=['61', '62'])
    assert saved.status == 303, saved.errors
    ticked = admin.get('/units/edit', id=field.east)('//p:field[@name="provinces"]/p:option[@selected]/@value')
    assert ticked == ['61', '62']
    assert field.chief.get('/assignments/')('//p:view[@name="pool"]')
    assert pool(field.chief, free) == [free] and pool(field.chief, elsewhere) == []
    assert pool(instance.office('sales_manager', org_unit_id=field.west), free) == []
    rep = instance.office('sales_rep', org_unit_id=field.east)
    assert pool(rep, free) == [] and rep.fetch('/assignments/view', id=free).status == 404
    assert field.chief.fetch('/assignments/assign', id=elsewhere).status == 404
    # he gives it to one of his people, and it is out of the pool
    done = field.chief.submit(f'/assignments/assign?id={free}', 'assign', **assign)
    assert done.status == 303, done.errors
    assert [r[0] for r in field.of(free)] == [field.new['id']] and pool(field.chief, free) == []
    assert field.chief.fetch('/assignments/view', id=free).status == 200
    # another department's terminal of that province is no part of the pool
    taken = field.terminal(region_code='610102')
    field.give(taken, field.other)
    assert pool(field.chief, taken) == [] and field.chief.fetch('/assignments/assign', id=taken).status == 404


def work(instance, month, party):
    """One sender's month, as the event does it; the event may have come first."""
    connection = instance.connect()
    with connection.cursor() as cursor:
        cursor.execute('CALL flow_piece(%s, %s)', (month, party))
    connection.commit()
