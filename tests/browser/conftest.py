"""A Chromium of the tests of a module, signed in as whoever a test says."""
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

OPTIONS = ('--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync',
           '--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage',
           '--disable-extensions', '--disable-default-apps',
           '--disable-features=Translate,OptimizationHints,MediaRouter,BackForwardCache,SpareRendererForSitePerProcess')
# Resizing an element that is watched for its size may say this; nothing is wrong.
HARMLESS = ('ResizeObserver loop',)


class Browser:
    def __init__(self, instance):
        options = webdriver.ChromeOptions()
        for option in OPTIONS:
            options.add_argument(option)
        options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
        self.driver = webdriver.Chrome(options=options, service=Service('/usr/bin/chromedriver'))
        self.driver.set_page_load_timeout(30)
        self.instance = instance
        self.site = None

    def width(self, width, height=900):
        self.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
            'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': width < 600})

    def media(self, media='', scheme='light'):
        self.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {
            'media': media, 'features': [{'name': 'prefers-color-scheme', 'value': scheme},
                                         {'name': 'prefers-reduced-motion', 'value': 'reduce'}]})

    def forget(self):
        self.driver.execute_cdp_cmd('Network.clearBrowserCookies', {})
        self.width(1280)
        self.media()

    def become(self, client):
        """Goes on with the session of a client of the tests."""
        self.forget()
        self.site = client.site
        self.go('/login/')
        self.driver.add_cookie({'name': client.cookie, 'path': '/', 'httpOnly': True,
                                'value': client.http.cookies.get(client.cookie)})

    def go(self, path, site=None):
        self.site = site or self.site
        self.driver.get(self.instance.base(self.site) + path)

    def until(self, condition, seconds=15):
        return WebDriverWait(self.driver, seconds, poll_frequency=0.05).until(lambda _: condition())

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.until(lambda: next((e for e in self.all(selector) if e.is_displayed()), None))

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def path(self):
        return self.run('return location.pathname + location.search')

    def complaints(self):
        """Errors of the console since the last look; those of the network are asked for on purpose."""
        return [e['message'] for e in self.driver.get_log('browser') if e['level'] == 'SEVERE'
                and e['source'] != 'network' and not any(h in e['message'] for h in HARMLESS)]


@pytest.fixture(scope='module')
def chromium(instance):
    browser = Browser(instance)
    yield browser
    browser.driver.quit()


@pytest.fixture
def browser(chromium):
    chromium.forget()
    yield chromium
    assert chromium.complaints() == []
