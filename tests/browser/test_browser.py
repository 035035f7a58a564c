"""What only a browser can tell: keyboard, focus, widths, print, axe-core, the console."""
import fcntl
import secrets
import shutil
import subprocess

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from road import Road
from xiaoao import TOP, unique


@pytest.fixture(scope='module')
def road(instance):
    made = Road(instance)
    made.code_ = made.product(price='10.00')
    made.shipment = made.shipped([(made.code_, 40)])
    made.order_ = made.order_of(made.shipment)
    made.invoice = made.issued(made.order_)
    made.receipt = made.posted('100.00')
    made.waiting = made.order([(made.code_, 10)])
    made.staff = instance.office('sales_manager', 'finance', 'logistics', 'product_manager', 'admin',
                                 org_unit_id=made.unit)
    return made


@pytest.fixture(scope='module')
def axe(instance):
    """axe-core's script, installed once beside the build from the committed lock."""
    folder = instance.build / 'npm-tests'
    script = folder / 'node_modules/axe-core/axe.min.js'
    folder.mkdir(exist_ok=True)
    with open(folder / 'lock', 'w', encoding='ascii') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)    # tests run in several processes
        if not script.exists():
            for name in ('package.json', 'package-lock.json', '.npmrc'):
                shutil.copy(TOP / 'xslt/assets' / name, folder)
            done = subprocess.run(['npm', 'ci', '--ignore-scripts', '--loglevel=error'], cwd=folder,
                                  capture_output=True, text=True, timeout=180, check=False)
            if done.returncode != 0:
                pytest.skip(f'no axe-core: {done.stderr[-300:]}')
        return script.read_text()


# ---- signing in

@pytest.mark.parametrize('site', ['office', 'portal'])
def test_sign_in_and_out_by_keyboard(browser, instance, road, site):
    user = instance.user('office', 'sales_rep') if site == 'office' else \
        instance.user('portal', 'buyer', party=road.customer)
    browser.go('/login/', site)
    field = browser.one('input[name=login]')
    field.send_keys(user['login'], Keys.TAB)
    browser.driver.switch_to.active_element.send_keys(user['password'], Keys.ENTER)
    browser.until(lambda: browser.path() == '/home/')
    assert browser.one('h1') or browser.one('main')


def test_a_wrong_password_says_so_and_keeps_the_name(browser, instance):
    user = instance.user('office', 'sales_rep')
    browser.go('/login/', 'office')
    browser.one('input[name=login]').send_keys(user['login'])
    browser.one('input[name=password]').send_keys('nicht-richtig-1', Keys.ENTER)
    assert browser.one('[role=status] .tone-bad').text
    assert browser.one('input[name=login]').get_attribute('value') == user['login']
    assert browser.one('input[name=password]').get_attribute('value') == ''


# ---- the quick order

def test_quick_order_by_keyboard(browser, road):
    browser.become(road.buyer)
    browser.go('/entry/')
    browser.one('[name="code.1"]').send_keys(road.code_, Keys.TAB)
    browser.one('[name="qty.1"]').send_keys('40', Keys.TAB)
    # the server says what the row is, costs and sums up to
    browser.until(lambda: '400.00' in browser.one('main').text)
    browser.one('[name="code.2"]').send_keys('NO-SUCH', Keys.TAB)
    browser.one('[name="qty.2"]').send_keys('1', Keys.TAB)
    browser.until(lambda: browser.all('[aria-invalid=true]'))
    assert browser.one('[name="qty.1"]').get_attribute('value') == '40', 'what was typed stays'


# ---- lists and forms

def test_a_filter_changes_the_list_and_the_address(browser, road):
    browser.become(road.rep)
    browser.go('/orders/')
    assert len(browser.all('main table tbody tr')) == 2
    browser.run('window.marked = true')
    box = browser.one('main input[type=search], main [name=q]')
    number = road.instance.value('SELECT order_no FROM sales_order WHERE id = %s', road.waiting)
    box.send_keys(number, Keys.ENTER)
    browser.until(lambda: len(browser.all('main table tbody tr')) == 1)
    browser.until(lambda: f'q={number}' in browser.path())
    assert browser.run('return window.marked') is True, 'the page was not loaded again'
    # What was typed slowly may have been asked in parts, each a step of the history.
    for _ in number:
        if 'q=' in browser.path():
            browser.driver.back()
    browser.until(lambda: 'q=' not in browser.path())


def test_the_head_of_a_statement_follows_its_days(browser, road):
    browser.become(road.buyer)
    browser.go('/statements/view')
    before = browser.one('.record').text
    browser.run("const f = document.querySelector('[name=from]'); f.value = '2025-02-03';"
                "f.dispatchEvent(new Event('change', {bubbles: true}))")
    browser.until(lambda: 'from=2025-02-03' in browser.path())
    browser.until(lambda: '2025-02-03' in browser.one('.record').text)
    assert '2025-02-03' not in before


def test_the_print_button_of_a_paper_prints_it(browser, road):
    browser.become(road.buyer)
    browser.go('/statements/view')
    browser.run('window.print = () => { window.printed = true; }')
    browser.one('.page-head-actions [href="#print"]').click()
    assert browser.run('return window.printed') is True and 'view' in browser.path()


def test_a_refused_form_shows_errors_and_keeps_input(browser, road):
    browser.become(road.cashier)
    browser.go('/receipts/new')
    browser.run("document.querySelectorAll('form').forEach(f => f.noValidate = true)")
    browser.one('[name=note]').send_keys('备注')
    browser.one('[name=amount]').send_keys('viel', Keys.ENTER)
    invalid = browser.one('[name=amount][aria-invalid=true]')
    named = invalid.get_attribute('aria-describedby') or invalid.get_attribute('aria-errormessage')
    assert named and any(e.text for i in named.split() for e in browser.all(f'[id="{i}"]'))
    assert browser.one('[name=note]').get_attribute('value') == '备注'
    assert browser.one('[name=amount]').get_attribute('value') == 'viel'
    browser.until(lambda: browser.run(
        "return document.activeElement.closest('[role=alert], .error-summary, form') !== null"))


def test_the_language_is_switched_where_one_is(browser, road):
    browser.become(road.rep)
    browser.go(f'/orders/view?id={road.order_}')
    assert browser.run('return document.documentElement.lang') == 'zh-CN'
    href = browser.run("return document.querySelector('a[href*=\"lang=en\"]').getAttribute('href')")
    browser.go(href)
    assert browser.run('return document.documentElement.lang') == 'en'
    assert browser.path().startswith(f'/orders/view?id={road.order_}')
    browser.go('/orders/')
    assert browser.run('return document.documentElement.lang') == 'en'
    browser.go('/orders/?lang=zh-CN')


# ---- every main page

PAGES = {
    'office': ['/home/', '/orders/', '/orders/view?id={order}', '/entry/', '/approvals/', '/picking/',
               '/shipments/', '/shipments/view?id={shipment}', '/shipments/arrive?id={shipment}',
               '/invoices/', '/invoices/view?id={invoice}', '/receipts/', '/receipts/new',
               '/receipts/allocate?id={receipt}', '/accounts/', '/accounts/view?id={party}',
               '/accounts/statement?id={party}', '/parties/', '/products/', '/prices/', '/stock/',
               '/staff/'],
    'portal': ['/home/', '/catalogue/', '/entry/', '/orders/', '/orders/view?id={order}', '/shipments/',
               '/shipments/view?id={shipment}', '/shipments/arrive?id={shipment}', '/invoices/',
               '/invoices/view?id={invoice}', '/statements/', '/statements/view', '/stock/', '/company/',
               '/company/user', '/lists/', '/login/profile'],
}


def visit(browser, road, site):
    """Every main page, one after the other."""
    browser.become(road.staff if site == 'office' else road.buyer)
    ids = {'order': road.order_, 'shipment': road.shipment, 'invoice': road.invoice}
    if site == 'portal':
        ids = {k: road.pid({'order': 'sales_order'}.get(k, k), v) for k, v in ids.items()}
    for path in PAGES[site]:
        browser.go(path.format(party=road.customer, receipt=road.receipt, **ids))
        yield path


def violations(browser, options):
    return browser.driver.execute_async_script(
        'const done = arguments[0]; axe.run(document, %s)'
        '.then(r => done(r.violations.map(v => [v.id, v.nodes[0].html.slice(0, 200)])))' % options)


@pytest.mark.parametrize('site', ['office', 'portal'])
def test_every_page_is_for_everybody_and_for_a_phone(browser, road, axe, site):
    """axe-core finds nothing, in the dark neither, where only the colours are others (of the office every second page); and no page is
    wider than a phone."""
    found = []
    for n, path in enumerate(visit(browser, road, site)):
        browser.run(axe + ';')
        found += [(path, *v) for v in violations(browser, '{resultTypes: ["violations"]}')]
        if site == 'portal' or n % 2 == 0:
            browser.run('document.documentElement.dataset.bsTheme = "dark"')
            browser.until(lambda: browser.run(BACKGROUND) == DARK)
            found += [(path, 'dark', *v) for v in violations(browser, '{runOnly: ["color-contrast"], resultTypes: ["violations"]}')]
        browser.width(390, 844)
        over = browser.run('return document.documentElement.scrollWidth - window.innerWidth')
        found += [(path, 'too wide', over)] if over > 0 else []
        browser.width(1280)
    assert found == []


@pytest.mark.parametrize('site', ['office', 'portal'])
def test_it_is_dark_where_the_device_is(browser, road, site):
    browser.become(road.rep if site == 'office' else road.buyer)
    for scheme in ('light', 'dark'):
        browser.media(scheme=scheme)
        browser.go('/home/')
        assert browser.run('return document.documentElement.dataset.bsTheme') == scheme
        assert (browser.run(BACKGROUND) == DARK) is (scheme == 'dark')


BACKGROUND = 'return getComputedStyle(document.body).backgroundColor'
DARK = 'rgb(16, 22, 31)'


@pytest.mark.parametrize('site, path', [
    ('office', '/accounts/statement?id={party}'), ('office', '/shipments/note?id={shipment}'),
    ('portal', '/statements/view'), ('portal', '/shipments/note?id={pid}')])
def test_papers_print_without_the_frame(browser, road, site, path):
    browser.become(road.staff if site == 'office' else road.buyer)
    browser.go(path.format(party=road.customer, shipment=road.shipment,
                           pid=road.pid('shipment', road.shipment)))
    browser.media('print')
    browser.width(700, 990)     # as narrow as a sheet of A4: not a phone
    assert browser.run("return getComputedStyle(document.querySelector('main table tbody tr')).display") == 'table-row'
    shown = browser.run("return [...document.querySelectorAll('nav, aside, form, button, .btn')]"
                        '.filter(e => e.offsetParent !== null || getComputedStyle(e).position === "fixed")'
                        '.filter(e => e.getClientRects().length > 0).map(e => e.outerHTML.slice(0, 120))')
    assert shown == []
    assert browser.all('main table') and browser.one('main h1, h1')
    text = browser.one('main').text
    assert ('425' in text or '300.00' in text or '400.00' in text) if 'note' not in path else \
        road.code_ in text or '测试药' in text
    pdf = browser.driver.execute_cdp_cmd('Page.printToPDF', {'preferCSSPageSize': True})
    assert len(pdf['data']) > 4000


def test_the_queue_of_names_is_worked_by_keys_alone(browser, road, instance):
    mark, clinic = unique('键盘'), road.insert('party', code=unique('K')[:20], name=unique('键盘医院'), kind='institution')
    made = [road.insert('flow_name', sender_id=road.customer, what='party', name_key=secrets.token_bytes(16), name=f'{mark}{n}',
                        norm=f'{mark}{n}', qty=9 - n, first_seen='2024-01-01', last_seen='2024-01-31') for n in range(3)]
    road.insert('flow_candidate', name_id=made[0], target_id=clinic, score='0.9000')

    def press(key):
        ActionChains(browser.driver).send_keys(key).perform()

    def is_open(n):
        return browser.until(lambda: browser.all('.detail h2 a')[0].get_attribute('href').endswith(f'open={made[n]}'))

    def is_now(n, state):
        return browser.until(lambda: instance.value('SELECT state FROM flow_name WHERE id = %s', made[n]) == state)

    browser.become(instance.office('flow_clerk'))
    browser.go(f'/matching/?q={mark}')
    assert browser.one('.queue-keys').is_displayed() and is_open(0)
    press('j')
    assert is_open(1)
    focus = 'const e = document.activeElement; return [e.closest("tr").getAttribute("aria-current"), e.matches(":focus-visible")]'
    assert browser.until(lambda: browser.run(focus) == ['true', True])
    assert f'{mark}1' in browser.run('return document.querySelector("[data-queue-here]").textContent')
    press('k')
    assert is_open(0)
    press('1')
    assert is_now(0, 'matched') and is_open(1)
    press('s')
    assert is_open(2)
    press('f')
    assert is_now(2, 'foreign') and is_open(1)
    press('u')
    assert is_now(2, 'queued') and is_open(2)
