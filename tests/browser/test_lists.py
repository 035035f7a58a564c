"""What a tab or filter puts into the page is what its address shows when it is loaded: title, figures, tabs, filters, rows; and
the back button leads to what was there before."""
import pytest
from selenium.webdriver.common.by import By

from flowrows import FlowRows, month


@pytest.fixture(scope='module')
def people(instance):
    """A department with orders in several states, flows of two months and terminals, seen by its manager; and its customer's staff."""
    made = FlowRows(instance)
    code = made.product(price='10.00')
    product = instance.value('SELECT id FROM product WHERE code = %s', code)
    made.shipped([(code, 40)])
    made.order([(code, 10)])
    rep = instance.user('office', 'sales_rep', org_unit_id=made.unit)
    hospital = made.terminal(region_code='610102')
    made.terminal(region_code='610102')
    made.insert('terminal_assignment', party_id=hospital, user_id=rep['id'], share='1', valid_from=month(6))
    made.report([(hospital, product, 'B1', 30, 10)], back=1)
    made.report([(hospital, product, 'B1', 50, 10)], back=2)
    instance.sql("UPDATE org_unit SET provinces = '61' WHERE id = %s", made.unit)
    return {'office': instance.office('sales_manager', org_unit_id=made.unit),
            'portal': instance.portal(made.customer, 'company_admin')}


# What a person sees of a page, but what the time and others change (the choice of people grows beside us); nothing while it comes.
SEEN = '''
  if (document.readyState !== 'complete' || !document.querySelector('#language')) return null;
  const main = document.querySelector('#main').cloneNode(true);
  main.querySelectorAll('time, script, option').forEach((e) => e.remove());
  return [location.pathname + location.search, document.title, document.querySelector('#language').href,
    main.querySelector('h1').textContent, main.textContent.replace(/\\s+/g, ' ').trim(),
    [...document.querySelectorAll('.views a')].map((a) => [a.getAttribute('href'), a.getAttribute('aria-current')].join()).join(' '),
    [...document.querySelectorAll('.filter [name]')].map((i) => [i.name, i.type === 'checkbox' ? i.checked : i.value].join('=')).join('&')];
'''


def shown(browser):
    return browser.run(SEEN)


def tab(browser, href):
    return next(a for a in browser.all('.views a') if a.get_attribute('href') == href)


def agrees(browser, what):
    """The page as it is now is the page that its address gives."""
    swapped = shown(browser)
    browser.driver.refresh()
    assert browser.until(lambda: shown(browser)) == swapped, what


@pytest.mark.parametrize('site, path', [
    ('office', '/orders/'), ('office', '/flows/'), ('office', '/assignments/'), ('office', '/shipments/'), ('office', '/flowfiles/'),
    ('portal', '/orders/'), ('portal', '/flows/'), ('portal', '/shipments/')])
def test_tabs_and_filters_show_what_their_address_shows(browser, people, site, path):
    browser.become(people[site])
    browser.go(path)
    first = browser.until(lambda: shown(browser))
    hrefs = [a.get_attribute('href') for a in browser.all('.views a') if a.get_attribute('aria-current') is None]
    assert hrefs, 'a page with tabs'
    for href in hrefs[:2] + hrefs[-1:]:
        browser.go(path)
        browser.run('window.marked = true')
        tab(browser, href).click()
        browser.until(lambda: browser.driver.current_url == href)
        browser.until(lambda: [a.get_attribute('href') for a in browser.all('.views a[aria-current]')] != first[5])
        browser.until(lambda: browser.run('return document.querySelector(".htmx-request") === null'))
        assert browser.run('return window.marked') is True, f'{href} was swapped in'
        agrees(browser, href)
        browser.driver.back()
        browser.until(lambda: shown(browser) == first)
    choice = next((s for s in browser.all('.filter select') if len(s.find_elements(By.TAG_NAME, 'option')) > 1), None)
    month_from = browser.all('.filter [name=from]')
    field = (month_from or [choice])[0]
    browser.run('''
      const field = arguments[0];
      field.value = field.tagName === 'SELECT' ? field.options[field.options.length - 1].value
        : field.type === 'month' ? arguments[1].slice(0, 7) : arguments[1];
      field.dispatchEvent(new Event('change', { bubbles: true }));''', field, month(1).isoformat())
    browser.until(lambda: browser.path() != first[0])
    browser.until(lambda: browser.run('return document.querySelector(".htmx-request") === null'))
    agrees(browser, 'filter')
    browser.driver.back()
    browser.until(lambda: shown(browser) == first)
