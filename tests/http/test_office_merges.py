"""A terminal recorded twice: what a merge moves is shown first, then done once, by who keeps the master data (E19)."""
import pytest

from flowrows import FlowRows, month, period
from xiaoao import unique


class Field(FlowRows):
    def __init__(self, instance):
        super().__init__(instance)
        self.clerk = instance.office('sales_manager')
        self.old, self.new = self.terminal(unique('重复医院')), self.terminal(unique('保留医院'))

    def party(self, party):
        return self.instance.sql('SELECT * FROM party WHERE id = %s', party)[0]

    def preview(self, into=None, client=None):
        return (client or self.clerk).submit(f'/merges/?id={self.old}', 'merge', into=into or self.party(self.new)['code'])

    def confirm(self, preview, **more):
        assert preview.status == 200, preview.errors
        return self.clerk.submit(preview.page, 'merge-confirm', **{'sure': '1', **more})


@pytest.fixture
def field(instance):
    return Field(instance)


def test_what_moves_is_shown_and_then_moved(instance, field):
    product = instance.value('SELECT id FROM product WHERE code = %s', field.product())
    field.report([(field.old, product, 'B1', 30, 10), (field.old, product, 'B2', 12, 10), (field.new, product, 'B1', 1, 10)], back=0)
    field.insert('terminal_assignment', party_id=field.old, user_id=field.clerk.user['id'], valid_from=month(6))
    page = field.clerk.get('/parties/view', id=field.old)
    assert page.may('party.same')
    shown = field.preview()
    assert shown.status == 200, shown.errors
    assert {'warning', 'info'} <= {n.get('level') for n in shown.page('//p:notice')}
    assert [(r['part'], r['name']) for r in shown.page.rows('merge-pair')] == [
        ('goes', field.party(field.old)['name']), ('stays', field.party(field.new)['name'])]
    moved = {n: shown.page.one(f'//p:record[@name="merge-moved"]/*[@name="{n}"]').text for n in
             ('rows_open', 'spellings', 'assignments')}
    assert moved == {'rows_open': '2', 'spellings': '1', 'assignments': '1'}
    done = field.confirm(shown)
    assert done.status == 303 and f'id={field.new}' in done.location, done.errors
    rows = instance.sql('SELECT party_id, SUM(qty) AS qty FROM flow_month WHERE sender_id = %s AND book_period = %s GROUP BY party_id',
                        field.customer, period())
    assert {r['party_id']: int(r['qty']) for r in rows} == {field.new: 43}
    assert instance.value('SELECT user_id FROM terminal_assignment WHERE party_id = %s', field.new) == field.clerk.user['id']
    gone = field.clerk.get('/parties/view', id=field.old)
    assert not gone.may('party.same') and gone.one('//p:record/*[@name="merged_into"]').text == field.party(field.new)['name']
    stays = field.clerk.get('/parties/view', id=field.new)
    assert [r['name'] for r in stays.rows('party-merged')] == [field.party(field.old)['name']]
    # it is not opened again, and a new record of its name is known for the other
    again = field.clerk.submit(f'/parties/edit?id={field.old}', 'party', status='active', region='420102')
    assert (again.status, again.errors) == (422, [('status', 'ck_party_status')])
    typed = field.clerk.submit('/parties/edit', 'party', code=unique('Y')[:20], name=field.party(field.old)['name'], region='420102',
                               hospital='1')
    assert typed.errors == [('name', 'party.similar')] and field.party(field.new)['name'] in [r['name'] for r in typed.page.rows('alike')]


@pytest.mark.parametrize('into, error', [('nobody', 'choice'), (None, 'required'), ('itself', 'merge.same'), ('customer', 'merge.into_role')])
def test_what_it_cannot_be_merged_into_is_said_beside_the_field(field, into, error):
    code = {'itself': field.old, 'customer': field.customer}.get(into)
    typed = field.party(code)['code'] if code else into or ''
    refused = field.clerk.submit(f'/merges/?id={field.old}', 'merge', into=typed)
    assert (refused.status, refused.errors) == (422, [('into', error)])
    assert refused.page('//p:form[@name="merge"]//p:field[@name="into"]/p:value/text()') in ([typed], [])


def test_nothing_happens_unless_it_is_confirmed_of_the_page_that_was_shown(field):
    shown = field.preview()
    assert field.confirm(shown, sure=[]).errors == [('sure', 'required')]
    field.instance.sql('UPDATE party SET version = version + 1 WHERE id = %s', field.old)
    assert field.confirm(shown).status == 409
    assert field.party(field.old)['merged_into'] is None
    assert field.confirm(field.preview()).status == 303
    assert field.preview().errors == [('into', 'merge.gone')]


def test_only_who_keeps_master_data_merges(instance, field):
    rep = instance.office('finance')
    assert not rep.get('/parties/view', id=field.old).may('party.same')
    assert rep.raw('GET', f'/merges/?id={field.old}').status_code == 403
