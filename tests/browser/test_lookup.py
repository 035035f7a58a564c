"""Fields that offer what the server finds: by name, initials or code, by keyboard and by pointing."""
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from market import Market
from xiaoao import unique


@pytest.fixture(scope='module')
def shop(instance):
    made = Market(instance)
    made.buyer = instance.portal(made.customer, 'buyer')
    made.word = unique('q').lower()
    made.first = made.product(price='10.00', generic_name=made.word + '甲片', pinyin=made.word + 'jp')
    made.second = made.product(price='20.00', generic_name=made.word + '乙片', pinyin=made.word + 'yp')
    made.hidden = made.product(price=None, generic_name=made.word + '丙片', pinyin=made.word + 'bp', visible=0)
    return made


@pytest.fixture
def grid(browser, shop):
    browser.become(shop.buyer)
    browser.go('/entry/')
    return browser


def offered(browser):
    return browser.run("return [...document.querySelectorAll('#offers:not([hidden]) [data-value]')].map(e => e.dataset.value)")


def ask(browser, text, *expected, name='code.1'):
    browser.one(f'[name="{name}"]').send_keys(text)
    browser.until(lambda: sorted(offered(browser)) == sorted(expected))


def focused(browser):
    return browser.run('return document.activeElement.name')


def test_initials_arrow_and_enter_make_a_checked_row(grid, shop):
    ask(grid, shop.word + 'YP', shop.second)
    field = grid.one('[name="code.1"]')
    assert field.get_attribute('aria-expanded') == 'true' and not grid.all('#offers [aria-selected=true]')
    field.send_keys(Keys.ARROW_DOWN)
    here = field.get_attribute('aria-activedescendant')
    assert grid.one(f'[id="{here}"][aria-selected=true]').get_attribute('data-value') == shop.second
    field.send_keys(Keys.ENTER)
    assert field.get_attribute('value') == shop.second and focused(grid) == 'qty.1'
    grid.until(lambda: shop.word + '乙片' in grid.one('#quick tbody tr').text)
    row = grid.one('#quick tbody tr').text
    assert '5mg*24片/盒' in row and '20.00' in row
    assert not grid.all('#offers:not([hidden])') and not grid.all('#quick [aria-invalid=true]')


def test_a_name_offers_only_what_may_be_bought(grid, shop):
    ask(grid, shop.word, shop.first, shop.second)
    item = grid.one(f'#offers [data-value="{shop.first}"]')
    assert shop.word + '甲片' in item.text and '5mg*24片/盒' in item.text
    ActionChains(grid.driver).click(item).perform()
    assert grid.one('[name="code.1"]').get_attribute('value') == shop.first
    assert focused(grid) == 'qty.1'
    grid.until(lambda: shop.word + '甲片' in grid.one('#quick tbody tr').text)


def test_without_a_pick_nothing_is_guessed(grid, shop):
    ask(grid, shop.word + 'jp', shop.first)
    grid.one('[name="code.1"]').send_keys(Keys.ENTER)
    grid.until(lambda: grid.all('[name="code.1"][aria-invalid=true]'))
    assert grid.one('[name="code.1"]').get_attribute('value') == shop.word + 'jp'
    assert not grid.all('#offers:not([hidden])')


def test_escape_closes_the_offer_and_arrow_opens_it(grid, shop):
    ask(grid, shop.word, shop.first, shop.second)
    field = grid.one('[name="code.1"]')
    field.send_keys(Keys.ESCAPE)
    assert not grid.all('#offers:not([hidden])') and field.get_attribute('value') == shop.word
    field.send_keys(Keys.ARROW_UP)
    assert grid.one('#offers [aria-selected=true]').get_attribute('data-value') == max(shop.first, shop.second)


def test_the_offer_is_of_the_last_text(grid, shop):
    field = grid.one('[name="code.1"]')
    field.send_keys(shop.word + 'j')
    field.send_keys(Keys.BACKSPACE)
    field.send_keys('y')
    grid.until(lambda: offered(grid) == [shop.second])


def test_what_is_not_found_is_said(grid):
    grid.one('[name="code.1"]').send_keys('没有这种药')
    grid.until(lambda: grid.all('#offers:not([hidden]) .none'))
    grid.one('[name="code.1"]').send_keys(Keys.ARROW_DOWN, Keys.TAB)
    assert focused(grid) == 'qty.1'


def test_the_office_finds_by_initials_too(browser, shop):
    browser.become(shop.rep)
    browser.go('/entry/')
    ask(browser, shop.word + 'yp', shop.second)
    browser.one('[name="code.1"]').send_keys(Keys.ARROW_DOWN, Keys.TAB)
    assert browser.one('[name="code.1"]').get_attribute('value') == shop.second
