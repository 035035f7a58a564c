"""What is refused leaves no trace: the whole database before and after every 4xx answer (TRUST G11)."""
import pytest

from routes import OPEN, routes
from xiaoao import unique, wait_for

ROLES = {
    'office': ['admin', 'sales_rep', 'sales_manager', 'finance', 'finance_manager', 'logistics',
               'warehouse_check', 'quality', 'product_manager', 'flow_clerk', 'auditor'],
    'portal': ['company_admin', 'buyer', 'accountant', 'receiver', 'reporter', 'chain_viewer'],
}
# Who came, and when he was last there: that is kept whatever he was answered.
LOOSE = ('session', 'login_event')


class Ledger:
    """What stands in every table, as a number."""

    def __init__(self, instance):
        self.instance = instance
        columns = {}
        for r in instance.sql(
                "SELECT c.TABLE_NAME AS t, c.COLUMN_NAME AS c, c.EXTRA LIKE '%GENERATED%' AS made"
                ' FROM information_schema.COLUMNS c JOIN information_schema.TABLES t'
                ' ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME'
                " WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE'"):
            if r['t'] not in LOOSE:
                columns.setdefault(r['t'], []).append(r)
        assert len(columns) > 50
        # CHECKSUM TABLE takes in what is left in memory where a generated column is NULL
        made = {t: cs for t, cs in columns.items() if any(c['made'] for c in cs)}
        self.tables = ', '.join(f'`{t}`' for t in columns if t not in made)
        self.rows = ' UNION ALL '.join(
            f"SELECT '{t}' AS t, COUNT(*) AS n, SUM(CRC32(CONCAT_WS(',', {quoted(cs)}))) AS s FROM `{t}`"
            for t, cs in made.items())

    def now(self):
        found = {r['Table'].split('.')[1]: r['Checksum'] for r in self.instance.sql(f'CHECKSUM TABLE {self.tables}')}
        found.update({r['t']: (r['n'], r['s']) for r in self.instance.sql(self.rows)})
        return found

    def left_by(self, ask, routes):
        """Asks all; their answers, and (path, tables) of each that left a trace."""
        before = self.now()
        answers = [ask(*r) for r in routes]
        left = differ(before, self.now())
        if not left:
            return answers, []
        # which of them?
        traces, before = [('some of them', set(left))], self.now()
        for route in routes:
            ask(*route)
            after = self.now()
            if differ(before, after):
                traces.append((route[2], set(differ(before, after))))
            before = after
        return answers, traces


def quoted(columns):
    return ', '.join(f"QUOTE(`{c['c']}`)" for c in columns)


def differ(before, after):
    return sorted(t for t in after if after[t] != before[t])


@pytest.fixture(scope='module')
def ledger(own_instance):
    """Once the importer has taken up what the demo company left for it, and nothing is done by the clock."""
    own_instance.sql('SET GLOBAL event_scheduler = OFF')
    wait_for(lambda: not own_instance.value(
        "SELECT COUNT(*) FROM flow_file WHERE status IN ('uploaded', 'mapped', 'queued', 'importing')"), 60, 'the importer')
    return Ledger(own_instance)


@pytest.fixture(scope='module')
def party(own_instance):
    return own_instance.value("SELECT party_id FROM customer WHERE buyer_role = 'distributor' ORDER BY party_id LIMIT 1")


@pytest.fixture(scope='module')
def people(own_instance, party):
    """(site, role): a browser with its CSRF token; the role None has every role, '' has no session."""
    found = {}
    for site, roles in ROLES.items():
        make = own_instance.office if site == 'office' else lambda *r: own_instance.portal(party, *r)
        found.update({(site, role): make(role) for role in roles})
        found[site, None] = make(*roles)
        found[site, ''] = own_instance.client(site)
    for (_, role), client in found.items():
        client.token = '0' * 32 if role == '' else client.csrf()
    return found


def ask(client, method, path, fields, value='1'):
    data = {f: value for f, kind in fields.items() if kind != 'file'}
    if method == 'GET':
        return client.raw('GET', path, params=data).status_code
    return client.raw('POST', path, data={**data, '_csrf': client.token}).status_code


def guarded(instance):
    """Routes that are not for everybody."""
    return [r for r in routes(instance) if r[3] not in OPEN and r[2] != '/login/out']


def test_who_may_not_changes_nothing(own_instance, ledger, people):
    held = {(r['site'], r['code']): set(r['held'].split()) for r in own_instance.sql(
        "SELECT r.site, r.code, GROUP_CONCAT(p.permission SEPARATOR ' ') AS held FROM role r"
        ' JOIN role_permission p ON p.role_id = r.id WHERE r.party_id IS NULL GROUP BY r.site, r.code')}

    def refuse(site, method, path, permission, fields):
        roles = [''] + [r for r in ROLES[site] if permission not in {'signed-in', *held[site, r]}]
        for role in roles:
            status = ask(people[site, role], method, path, fields)
            # 429: nginx counts posts of sign-in
            allowed = (303, 401, 403, 429) if role == '' else (403,)
            assert status in allowed, (site, method, path, role, status)
        return len(roles)

    tried, traces = ledger.left_by(refuse, guarded(own_instance))
    assert traces == [] and sum(tried) > 800


def test_without_the_forms_token_nothing_changes(own_instance, ledger, people):
    before = ledger.now()
    tried = 0
    for site, method, path, _, fields in guarded(own_instance):
        # nginx counts posts of sign-in: tests/lib/signin.py asks them
        if method == 'POST' and not path.startswith('/login/'):
            client = people[site, None]
            data = {f: '1' for f, kind in fields.items() if kind != 'file'}
            for token in ({}, {'_csrf': '0' * 32}, {'_csrf': people[site, ROLES[site][0]].token}):
                assert client.raw('POST', path, data={**data, **token}).status_code in (400, 403), path
                tried += 1
    assert tried > 250
    assert differ(before, ledger.now()) == []


@pytest.mark.parametrize('value', ['', '9007199254740990', '-1', 'x'])
def test_what_is_wrong_or_not_there_changes_nothing(own_instance, ledger, people, value):
    """With every right, and fields that cannot be meant: 404, 409, 422."""
    def send(site, method, path, _, fields):
        return ask(people[site, None], method, path, fields, value)

    posts = [r for r in guarded(own_instance) if r[1] == 'POST']
    refused = [r for r in posts if send(*r) >= 400]
    login = [r for r in refused if r[2].startswith('/login/')]
    statuses, traces = ledger.left_by(send, [r for r in refused if r not in login])
    assert traces == [] and len(refused) > 60 and min(statuses) >= 400, (traces, statuses)
    # a wrong password counts towards the lock of the account
    before = ledger.now()
    assert min(send(*r) for r in login) >= 400 and differ(before, ledger.now()) in ([], ['app_user'])


def test_the_ledger_notices_one_row(own_instance, ledger, people):
    """Negative control."""
    before = ledger.now()
    own_instance.sql("INSERT INTO org_unit (code, name) VALUES (%s, '痕迹')", unique('U')[:20])
    assert 'org_unit' in differ(before, ledger.now())
