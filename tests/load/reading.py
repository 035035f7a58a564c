"""Every page that is read, timed (X06: a list in under 100 ms at a million orders).

From the routes of --describe that need nothing, each page is followed as it offers: first row,
columns to sort by, views, choices of the filters, a search, the next page.  A page is asked for
once to be warm and twice to be timed, as HTML; the better time counts, through nginx.
"""
import re
import time
import urllib.parse

from lxml import etree

from xiaoao import NS

PASSED_OVER = ('lang', 'format')                 # the same page in other clothes
ONE_OF_ITS_KIND = re.compile(r'\d+')             # an id, a day, a place in the list: one stands for all
WORDS = ('医药', '人民医院', 'gyky', 'SO2')       # many, few, initials, a number


def shape(href):
    """What pages have in common that are timed once; None for what is no page."""
    path, _, query = href.partition('?')
    fields = urllib.parse.parse_qsl(query)
    if path.startswith('/login/') or any(name in PASSED_OVER for name, _ in fields):
        return None
    return path, tuple(sorted((n, '#' if n in ('after', 'before') else ONE_OF_ITS_KIND.sub('#', v)) for n, v in fields))


def offered(page):
    """The addresses a page leads to by reading."""
    def p(path):
        return page.xpath(path, namespaces=NS)
    found = p('//p:view/@href') + p('//p:column/@href') + p('//p:pager/@next')
    found += p('//p:list/p:row[1]/@href | //p:list/p:row[1]/*/@href | //p:record/*/@href | //p:figure/@href')
    found += p('(//p:heading | //p:list)/p:link/@href') + p('(//p:heading | //p:list)/p:action[@method = "get"]/@href')
    for form in p('//p:list/p:filter'):
        for field in form.findall('p:field', NS):
            kind, name = field.get('type'), field.get('name')
            values = [o.get('value') for o in field.findall('p:option', NS) if o.get('value')]
            if kind == 'search':
                values = WORDS
            elif kind == 'date':
                values = [page.get('at')[:7] + '-01']
            bare = form.get('href')
            found += [f'{bare}{"&" if "?" in bare else "?"}{urllib.parse.urlencode({name: v})}' for v in values]
    return found


class Reader:
    """One person reading all he may."""

    def __init__(self, i, site, browser):
        self.browser, self.times, self.sizes, self.refused = browser, {}, {}, []
        self.queue = [path for s, path, fields in routes(i) if s == site and not fields]
        self.seen = {shape(path) for path in self.queue}

    def read_all(self):
        while self.queue:
            self.read(self.queue.pop(0))

    def ask(self, path, kind):
        headers = {**self.browser.headers, 'Accept': kind}
        start = time.perf_counter()
        self.browser.http.request('GET', path, None, headers)
        answer = self.browser.http.getresponse()
        body = answer.read()
        return answer, body, (time.perf_counter() - start) * 1000

    def read(self, path):
        answer, body, _ = self.ask(path, 'application/xml')
        if answer.status != 200:
            self.refused.append((answer.status, path))
            return
        if not answer.getheader('Content-Type', '').startswith('application/xml'):
            return
        self.times[path] = min(self.ask(path, 'text/html')[2] for _ in range(2))
        if len(path.split('&')) < 3:             # two choices at once are enough
            for href in offered(etree.fromstring(body)):
                if href.startswith('/') and shape(href) is not None and shape(href) not in self.seen:
                    self.seen.add(shape(href))
                    self.queue.append(href)


def routes(i):
    """(site, path, names of required fields) of every page."""
    for site, _, program in i.programs():
        for route in program.findall('p:route', NS):
            if route.get('method') == 'GET' and not route.get('path').startswith('/login/'):
                yield site, route.get('path'), [f.get('name') for f in route.findall('p:field', NS) if f.get('required')]


def report(i, readers, limit_ms):
    """Pages above the limit, slowest first, and what no reader came to."""
    for name, reader in readers.items():
        slow = sorted(((ms, path) for path, ms in reader.times.items() if ms > limit_ms), reverse=True)
        print(f'{name}: {len(reader.times)} pages read, {len(slow)} above {limit_ms} ms,'
              f' median {sorted(reader.times.values())[len(reader.times) // 2]:.1f} ms', flush=True)
        for ms, path in slow:
            print(f'  {ms:7.0f} ms  {urllib.parse.unquote(path)}')
        for status, path in reader.refused:
            if status not in (403, 404):
                print(f'  answered {status}: {path}')
    came = {(site, path.partition('?')[0]) for name, r in readers.items() for site in (name.split()[0],) for path in r.times}
    missed = sorted({(s, p) for s, p, _ in routes(i)} - came)
    print('not read by anyone: ' + (', '.join(f'{s} {p}' for s, p in missed) or 'none'))
