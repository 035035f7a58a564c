"""A distributor's month through the wizard: odd columns, errors with reasons, import, correction, undo."""
import csv
import io

import pytest
from selenium.common.exceptions import ElementClickInterceptedException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from flowbed import MONTH, FlowBed, day, put, sale
from xiaoao import wait_for

# What this distributor calls its columns, and what each of them is.
ODD = {'开单时间': 'biz_date', '哪家医院': 'counterparty_name', '药': 'product_name', '包装': 'spec', '批': 'batch_no',
       '计量': 'unit', '卖了多少': 'qty', '随便写写': None}
GOOD = [day(), '武汉市第九医院', '阿莫西林胶囊', '0.25g*24粒', 'B1', '盒', '10', '']


@pytest.fixture
def bed(instance):
    return FlowBed(instance)


def as_file(path, rows, heads=tuple(ODD)):
    out = io.StringIO()
    csv.writer(out).writerows([heads, *rows])
    path.write_bytes(out.getvalue().encode('gb18030'))
    return path


def press(browser, selector):
    """As a person does: brings it into view, waits for what lies over it to go, and clicks."""
    def clicked():
        button = browser.one(selector)
        browser.run('arguments[0].scrollIntoView({block: "center"})', button)
        try:
            button.click()
        except (ElementClickInterceptedException, StaleElementReferenceException):
            return False
        return True
    browser.until(clicked)


def send(browser, path):
    browser.one('#f-file').send_keys(str(path))
    press(browser, '#flow-take .btn-primary')
    browser.until(lambda: '/uploads/view' in browser.path(), 60)


def text(browser, selector):
    """Read at once: the page may exchange itself under the reader."""
    return browser.run('return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join("\\n")', selector)


def state(browser, *words):
    """The page looks again by itself; nobody loads it anew."""
    browser.until(lambda: text(browser, 'h1 .state') in words, 60)


def map_columns(browser, columns):
    for i, head in enumerate(columns):
        name = ODD.get(head)
        if name:
            Select(browser.one(f'#flow-map [name="{name}"]')).select_by_value(str(i))
    press(browser, '#flow-map .btn-primary')


def downloaded(browser, selector, folder):
    browser.driver.execute_cdp_cmd('Browser.setDownloadBehavior',
                                   {'behavior': 'allow', 'downloadPath': str(folder)})
    press(browser, selector)
    path = wait_for(lambda: next(folder.glob('*.csv'), None), 30, 'the file')
    return list(csv.reader(io.StringIO(path.read_text('utf-8-sig'))))


def test_a_report_is_mapped_judged_imported_corrected_and_taken_back(browser, bed, tmp_path):
    report = as_file(tmp_path / '十月份的.csv', [
        GOOD, [*GOOD[:6], '0', '退了'], ['上个月', *GOOD[1:]], [GOOD[0], '武汉市第八医院', *GOOD[2:6], '20', '']])
    browser.become(bed.client)
    browser.go('/uploads/')
    press(browser, 'a[href="/uploads/new"]')
    browser.one('#flow-take [name=kind][value=sale]').click()
    Select(browser.one('#f-month')).select_by_value(f'{MONTH:%Y-%m}')
    send(browser, report)

    state(browser, '待对应列')
    assert '卖了多少' in text(browser, '#flow-lines'), 'the file is shown as it came'
    map_columns(browser, list(ODD))
    state(browser, '待确认')
    reasons = text(browser, '#flow-issues')
    assert '数量为零或不是数字' in reasons and '日期或数字无法识别' in reasons and '上个月' in reasons
    assert '武汉市第九医院' in text(browser, '#flow-preview')

    browser.one('#flow-go [name=mode][value=skip]').click()
    press(browser, '#flow-go .btn-primary')
    browser.until(lambda: '可以离开此页' in text(browser, '#notices'))
    browser.go('/home/')
    browser.go('/uploads/')
    browser.driver.find_element(By.LINK_TEXT, report.name).click()
    state(browser, '已导入')
    first = browser.path()

    errors = downloaded(browser, 'a[rel="flow.errors-csv"]', tmp_path / 'down')
    head, bad = errors[0], errors[1:]
    at, when = head.index('卖了多少'), head.index('开单时间')
    assert [row[at] for row in bad] == ['0', '10'] and any('数量' in cell for cell in bad[0])
    bad[0][at], bad[1][when] = '4', day(6)
    press(browser, 'a[href*="adds_to="]')
    send(browser, as_file(tmp_path / '改正.csv', bad, head))
    state(browser, '待对应列', '待确认')
    if text(browser, 'h1 .state') == '待对应列':
        map_columns(browser, head)
        state(browser, '待确认')
    press(browser, '#flow-go .btn-primary')
    state(browser, '已导入')
    assert bed.instance.value('SELECT COUNT(*) FROM flow_row r JOIN flow_file f ON f.id = r.file_id'
                              " WHERE f.party_id = %s AND f.status = 'imported'", bed.party) == 4

    press(browser, '[formaction*="/uploads/undo"]')
    browser.driver.switch_to.alert.accept()
    state(browser, '已撤销')
    browser.go(first + '&lang=en')
    state(browser, 'Imported')
    shown = text(browser, 'main')
    assert '⟦' not in shown and 'Quantity' in shown, shown


def test_the_progress_of_a_file_moves_while_one_looks(browser, bed):
    file = put(bed, 'importing', [sale(n) for n in range(8)], rows_done=2, worker='elsewhere:1', worker_seen='2099-01-01')
    browser.become(bed.client)
    browser.go(f'/uploads/view?id={file}')
    assert '2 / 8' in text(browser, '.gauge')
    browser.run('window.marked = true')
    bed.instance.sql('UPDATE flow_file SET rows_done = 6 WHERE pid = %s', file)
    browser.until(lambda: '6 / 8' in text(browser, '.gauge'), 30)
    bed.instance.sql("UPDATE flow_file SET status = 'discarded', worker = NULL WHERE pid = %s", file)
    state(browser, '已作废')
    assert browser.run('return window.marked') is True, 'the page was not loaded again'
