"""Signing in, the same at both sites: test_office_login and test_portal_login run these cases."""
import base64
import hashlib
import hmac
import secrets
import struct
import time

import pytest

from xiaoao import PASSWORD, unique

NEW_PASSWORD = 'another-good-one-7'


def totp(secret, at=None, step=0):
    """The code of an authenticator app; step counts 30 seconds from now."""
    counter = int((time.time() if at is None else at) // 30) + step
    digest = hmac.new(base64.b32decode(secret), struct.pack('>Q', counter), hashlib.sha1).digest()
    at = digest[-1] & 15
    return '%06d' % ((struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000)


class Signin:
    """Cases; a subclass names the site."""
    site = None

    @pytest.fixture
    def person(self, instance):
        """Makes a user of the site with these columns."""
        def make(*roles, **columns):
            if self.site == 'office':
                return instance.user('office', *(roles or ('sales_rep',)), **columns)
            party = instance.sql("INSERT INTO party (code, name) VALUES (%s, '测试企业')",
                                 unique('P')[:20])
            return instance.user('portal', *(roles or ('buyer',)), party=party, **columns)
        return make

    @pytest.fixture
    def browser(self, instance):
        return lambda: instance.client(self.site)

    def enter(self, browser, user, password=PASSWORD):
        return browser.sign_in(user['login'], password)

    def signed_in(self, browser):
        """Whether this browser sees its own settings."""
        return browser.fetch('/login/profile').status == 200

    def with_factor(self, browser, user):
        """Signs in and turns the second factor on: (secret, recovery codes)."""
        self.enter(browser, user)
        browser.submit('/login/factor', 'factor_begin')
        page = browser.get('/login/factor')
        secret = page.value('secret').replace(' ', '')
        done = browser.submit(page, 'factor_confirm', code=totp(secret))
        assert done.status == 200, done
        return secret, [r['recovery_code'] for r in done.page.rows('recovery_codes')]

    # ---- name and password

    def test_right_password_opens_a_session(self, person, browser):
        user, b = person(), browser()
        reply = self.enter(b, user)
        assert (reply.status, reply.location) == (303, '/home/')
        assert b.get('/login/profile').one('//p:session').get('user') == user['name']

    def test_unknown_and_wrong_are_the_same_bytes(self, person, browser):
        user = person()
        answers = []
        for login, password in ((user['login'], 'wrong-password-1'), (unique('u'), PASSWORD),
                                (person(status='disabled')['login'], PASSWORD)):
            b = browser()
            form = b.get('/login/').form('login')
            csrf = form.get('csrf')
            r = b.raw('POST', '/login/', headers={'Accept': 'text/html'},
                      data={'login': login, 'password': password, '_csrf': csrf})
            text = r.text.replace(login, 'LOGIN').replace(csrf, 'CSRF')
            key = text.split('name="_key" value="')[1].split('"')[0]
            answers.append((r.status_code, text.replace(key, 'KEY')))
        assert answers[0][0] == 422
        assert answers[1:] == answers[:1] * 2

    def test_an_answer_never_holds_the_password(self, person, browser):
        b = browser()
        reply = b.submit('/login/', 'login', login=person()['login'], password='my-wrong-secret')
        assert reply.status == 422 and 'my-wrong-secret' not in reply.response.text

    def test_a_planted_cookie_is_not_adopted(self, instance, person, browser):
        user, b = person(), browser()
        planted = secrets.token_hex(32)
        b.http.cookies.set(b.cookie, planted, domain='127.0.0.1')
        self.enter(b, user)
        assert b.http.cookies.get(b.cookie) != planted
        assert not instance.sql('SELECT 1 FROM session WHERE token_hash = %s',
                                hashlib.sha256(planted.encode()).digest())

    def test_signing_in_again_ends_the_old_session(self, person, browser, instance):
        user, b = person(), browser()
        self.enter(b, user)
        old = b.http.cookies.get(b.cookie)
        form = {'login': user['login'], 'password': PASSWORD,
                '_csrf': b.get('/login/profile').csrf}
        assert b.raw('POST', '/login/', data=form).status_code == 303
        assert b.http.cookies.get(b.cookie) != old
        other = browser()
        other.http.cookies.set(b.cookie, old)
        assert not self.signed_in(other)

    def test_the_database_keeps_no_token(self, instance, person, browser):
        user, b = person(), browser()
        self.enter(b, user)
        token = b.http.cookies.get(b.cookie)
        kept = instance.value('SELECT token_hash FROM session WHERE user_id = %s', user['id'])
        assert kept == hashlib.sha256(token.encode()).digest()

    def test_cookies_are_for_this_site_only(self, person, browser):
        user, b = person(), browser()
        form = b.get('/login/').form('login')
        r = b.raw('POST', '/login/', data={'login': user['login'], 'password': PASSWORD,
                                           '_csrf': form.get('csrf')})
        lines = [h for h in r.raw.headers.getlist('Set-Cookie')
                 if h.startswith(f'xo_{self.site}')]
        assert len(lines) == 2
        for line in lines:
            assert 'HttpOnly' in line and 'SameSite=Strict' in line and 'Path=/' in line
            assert 'Domain' not in line

    def test_two_session_cookies_are_refused(self, person, browser):
        user, b = person(), browser()
        self.enter(b, user)
        mine = b.http.cookies.get(b.cookie)
        b.http.cookies.clear()
        for header in (f'{b.cookie}={mine}; {b.cookie}={"0" * 64}', f'{b.cookie}="{mine}"'):
            assert b.raw('GET', '/login/profile', headers={'Cookie': header}).status_code == 400

    @pytest.mark.parametrize('next_page, goes_to', [
        ('/orders/?status=draft', '/orders/?status=draft'), ('//evil.example/', '/home/'),
        ('https://evil.example/', '/home/'), ('/\\evil.example', '/home/'),
        ('/login/out', '/home/'), ('javascript:alert(1)', '/home/'), ('/a b', '/home/')])
    def test_next_is_a_page_of_this_site(self, person, browser, next_page, goes_to):
        user, b = person(), browser()
        page = b.get('/login/', next=next_page)
        reply = b.submit(page, 'login', login=user['login'], password=PASSWORD)
        assert (reply.status, reply.location) == (303, goes_to)

    def test_a_page_asked_for_comes_after_signing_in(self, browser):
        b = browser()
        r = b.raw('GET', '/login/profile?format=html', headers={'Accept': 'text/html'})
        assert r.status_code == 303
        assert r.headers['Location'] == '/login/?next=%2Flogin%2Fprofile%3Fformat%3Dhtml'
        assert b.fetch('/login/profile').status == 401

    # ---- forged requests

    def test_a_post_without_our_token_is_refused(self, person, browser):
        user, b = person(), browser()
        data = {'login': user['login'], 'password': PASSWORD}
        b.get('/login/')
        assert b.raw('POST', '/login/', data=data).status_code == 403
        assert b.raw('POST', '/login/', data={**data, '_csrf': '0' * 32}).status_code == 403
        self.enter(b, user)
        assert b.raw('POST', '/login/out', data={'_csrf': ''}).status_code == 403
        assert self.signed_in(b)

    def test_the_token_of_another_session_is_refused(self, person, browser):
        mine, theirs = browser(), browser()
        self.enter(mine, person())
        self.enter(theirs, person())
        csrf = theirs.get('/login/profile').csrf
        assert mine.post('/login/revoke', {'session': '0', '_csrf': csrf}).status == 403

    def test_a_post_from_another_site_is_refused(self, person, browser):
        b = browser()
        self.enter(b, person())
        csrf = b.get('/login/profile').csrf
        for header in ({'Origin': 'http://evil.example'}, {'Origin': 'null'},
                       {'Sec-Fetch-Site': 'cross-site'}):
            r = b.raw('POST', '/login/out', data={'_csrf': csrf}, headers=header)
            assert r.status_code == 403
        assert self.signed_in(b)

    # ---- guessing

    def guess(self, browser, user, times, password='wrong-password-1'):
        for _ in range(times):
            assert self.enter(browser(), user, password).status == 422

    def test_guesses_are_slowed_down(self, instance, person, browser):
        user = person()
        self.guess(browser, user, 6)
        row = instance.sql('SELECT failed_count, TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), locked_until)'
                           ' AS wait FROM app_user WHERE id = %s', user['id'])[0]
        assert row['failed_count'] >= 5 and row['wait'] >= 0
        instance.sql('UPDATE app_user SET locked_until = UTC_TIMESTAMP(6) + INTERVAL 60 SECOND'
                     ' WHERE id = %s', user['id'])
        assert self.enter(browser(), user).status == 422, 'the right password waits too'
        events = instance.sql('SELECT event FROM login_event WHERE user_id = %s ORDER BY id DESC'
                              ' LIMIT 1', user['id'])
        assert events[0]['event'] == 'locked'
        instance.sql('UPDATE app_user SET locked_until = UTC_TIMESTAMP(6) WHERE id = %s', user['id'])
        assert self.enter(browser(), user).status == 303
        assert instance.value('SELECT failed_count FROM app_user WHERE id = %s', user['id']) == 0

    def test_the_wait_doubles_up_to_its_limit(self, instance, person, browser):
        user = person(failed_count=30)
        self.guess(browser, user, 1)
        wait = instance.value('SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), locked_until)'
                              ' FROM app_user WHERE id = %s', user['id'])
        assert 890 <= wait <= 900

    def test_a_lock_of_a_clock_that_was_set_back_holds_nobody(self, instance, person, browser):
        user = person(failed_count=9)
        instance.sql('UPDATE app_user SET locked_until = UTC_TIMESTAMP(6) + INTERVAL 1 DAY WHERE id = %s', user['id'])
        assert self.enter(browser(), user).status == 303

    def test_the_owner_enters_from_a_browser_he_used(self, instance, person, browser):
        user, mine = person(), browser()
        self.enter(mine, user)
        mine.submit('/login/profile', 'profile')
        mine.post('/login/out', {'_csrf': mine.get('/login/profile').csrf})
        instance.sql('UPDATE app_user SET failed_count = 9, locked_until = UTC_TIMESTAMP(6)'
                     ' + INTERVAL 600 SECOND WHERE id = %s', user['id'])
        assert self.enter(browser(), user).status == 422
        assert self.enter(mine, user).status == 303

    def test_a_known_browser_that_guesses_is_known_no_more(self, instance, person, browser):
        user, mine = person(), browser()
        self.enter(mine, user)
        mine.post('/login/out', {'_csrf': mine.get('/login/profile').csrf})
        instance.sql('UPDATE trusted_device SET failed_count = 8 WHERE user_id = %s', user['id'])
        assert self.enter(mine, user, 'wrong-password-1').status == 422
        assert not instance.sql('SELECT 1 FROM trusted_device WHERE user_id = %s', user['id'])

    # ---- the end of a session

    def test_signing_out_ends_it_at_the_server(self, person, browser):
        b, thief = browser(), browser()
        self.enter(b, person())
        thief.http.cookies.set(b.cookie, b.http.cookies.get(b.cookie))
        assert self.signed_in(thief)
        assert b.post('/login/out', {'_csrf': b.get('/login/profile').csrf}).status == 303
        assert not self.signed_in(thief) and not self.signed_in(b)

    def test_a_disabled_user_is_out_at_once(self, instance, person, browser):
        user, b = person(), browser()
        self.enter(b, user)
        instance.sql("UPDATE app_user SET status = 'disabled' WHERE id = %s", user['id'])
        assert not self.signed_in(b)

    @pytest.mark.parametrize('change', ['expires_at = UTC_TIMESTAMP(6)',
                                        'seen_at = UTC_TIMESTAMP(6) - INTERVAL 3 HOUR'])
    def test_sessions_end_by_age_and_by_silence(self, instance, person, browser, change):
        user, b = person(), browser()
        self.enter(b, user)
        instance.sql(f'UPDATE session SET {change} WHERE user_id = %s', user['id'])
        assert not self.signed_in(b)

    def test_a_session_of_the_other_site_is_none(self, instance, person, browser):
        user, b = person(), browser()
        self.enter(b, user)
        other = instance.client('portal' if self.site == 'office' else 'office')
        other.http.cookies.set(other.cookie, b.http.cookies.get(b.cookie))
        assert not self.signed_in(other)

    def test_own_sessions_can_be_ended(self, instance, person, browser):
        user, mine, second, third = person(), browser(), browser(), browser()
        for b in (mine, second, third):
            self.enter(b, user)
        page = mine.get('/login/profile')
        rows = page.rows('sessions')
        assert [r['this'] for r in rows].count('this') == 1 and len(rows) == 3
        assert page('//p:row[p:status="this"]/p:action') == []
        reply = mine.post('/login/revoke', {'session': rows[0]['@id'], '_csrf': page.csrf})
        assert reply.status == 303
        assert not self.signed_in(third) and self.signed_in(second)
        mine.post('/login/revoke', {'session': '0', '_csrf': page.csrf})
        assert not self.signed_in(second) and self.signed_in(mine)
        assert instance.value('SELECT COUNT(*) FROM trusted_device WHERE user_id = %s',
                              user['id']) == 1, 'other browsers are known no more'

    def test_sessions_of_others_stay(self, instance, person, browser):
        mine, theirs, other = browser(), browser(), person()
        self.enter(mine, person())
        self.enter(theirs, other)
        session = instance.value('SELECT id FROM session WHERE user_id = %s', other['id'])
        mine.post('/login/revoke', {'session': session, '_csrf': mine.get('/login/profile').csrf})
        assert self.signed_in(theirs)

    # ---- one's own account

    def test_profile_is_kept(self, instance, person, browser):
        user, b = person(), browser()
        self.enter(b, user)
        reply = b.submit('/login/profile', 'profile', name='王 <b>小</b>明', locale='en',
                         theme='dark', email='a@b.example', phone='13800000000')
        assert reply.status == 303 and 'notice.saved' in reply.page.notices
        assert reply.page.one('//p:session').get('user') == '王 <b>小</b>明'
        assert reply.page.one('//p:session').get('locale') == 'en'
        assert '<b>' not in b.raw('GET', '/login/profile', headers={'Accept': 'text/html'}).text
        assert b.submit('/login/profile', 'profile', name='').errors == [('name', 'required')]
        assert b.submit('/login/profile', 'profile', locale='fr').errors == [('locale', 'choice')]

    def test_a_new_password_ends_other_sessions(self, person, browser):
        user, mine, other = person(), browser(), browser()
        self.enter(mine, user)
        self.enter(other, user)
        before = mine.http.cookies.get(mine.cookie)
        fields = {'old_password': PASSWORD, 'new_password': NEW_PASSWORD, 'again': NEW_PASSWORD}
        for change, error in (({'old_password': 'wrong-one-12'}, ('old_password', 'password.wrong')),
                              ({'again': 'different-one-1'}, ('again', 'password.differs')),
                              ({'new_password': 'short', 'again': 'short'},
                               ('new_password', 'password.short')),
                              ({'new_password': 'password12', 'again': 'password12'},
                               ('new_password', 'password.simple')),
                              ({'new_password': PASSWORD, 'again': PASSWORD},
                               ('new_password', 'password.same'))):
            reply = mine.submit('/login/profile', 'password', **{**fields, **change})
            assert (reply.status, reply.errors) == (422, [error])
        assert mine.submit('/login/profile', 'password', **fields).status == 303
        assert mine.http.cookies.get(mine.cookie) != before
        assert self.signed_in(mine) and not self.signed_in(other)
        assert self.enter(browser(), user).status == 422
        assert self.enter(browser(), user, NEW_PASSWORD).status == 303

    def test_a_password_that_must_change_is_changed_first(self, person, browser):
        user, b = person(must_change=1), browser()
        reply = self.enter(b, user)
        assert reply.location == '/login/code'
        assert b.fetch('/login/profile').status in (303, 403)
        assert b.submit('/login/renew', 'renew', new_password=PASSWORD,
                        again=PASSWORD).errors == [('new_password', 'password.same')]
        half = b.http.cookies.get(b.cookie)
        assert b.submit('/login/renew', 'renew', new_password=NEW_PASSWORD,
                        again=NEW_PASSWORD).location == '/home/'
        assert b.http.cookies.get(b.cookie) != half and self.signed_in(b)

    def test_an_old_hash_is_renewed(self, instance, person, browser):
        weak = ('$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA'
                '$0000000000000000000000000000000000000000000')
        user = person(password_hash=weak)
        assert self.enter(browser(), user).status == 422
        assert instance.value('SELECT password_hash FROM app_user WHERE id = %s',
                              user['id']) == weak
        user = person()
        self.enter(browser(), user)
        assert ',t=2,' in instance.value('SELECT password_hash FROM app_user WHERE id = %s',
                                         user['id'])

    # ---- the link that sets a password

    def link(self, instance, user, hours=1):
        token = secrets.token_hex(32)
        instance.sql('INSERT INTO password_reset (token_hash, user_id, expires_at) VALUES'
                     ' (%s, %s, UTC_TIMESTAMP(6) + INTERVAL %s HOUR)',
                     hashlib.sha256(token.encode()).digest(), user['id'], hours)
        return token

    def test_a_link_sets_a_password_once(self, instance, person, browser):
        user, b, old = person(), browser(), browser()
        self.enter(old, user)
        token = self.link(instance, user)
        page = b.get('/login/setup', token=token)
        assert page.one('//p:field[@name="login"]/p:value').text == user['login']
        reply = b.submit(page, 'setup', new_password=NEW_PASSWORD, again=NEW_PASSWORD)
        assert reply.location == '/login/' and 'notice.password.set' in reply.page.notices
        assert not self.signed_in(old)
        assert self.enter(b, user, NEW_PASSWORD).status == 303
        again = browser().get('/login/setup', token=token)
        assert 'notice.setup.gone' in again.notices and not again('//p:form')

    def test_a_link_grows_old(self, instance, person, browser):
        page = browser().get('/login/setup', token=self.link(instance, person(), hours=-1))
        assert 'notice.setup.gone' in page.notices
        assert 'notice.setup.gone' in browser().get('/login/setup', token='0' * 64).notices
        assert 'notice.setup.gone' in browser().get('/login/setup').notices

    # ---- the second factor

    def test_a_second_factor_is_asked_for(self, person, browser):
        user, b = person(), browser()
        secret, _ = self.with_factor(b, user)
        b = browser()
        assert self.enter(b, user).location == '/login/code'
        assert b.fetch('/login/profile').status in (303, 403), 'half signed in opens nothing'
        half = b.http.cookies.get(b.cookie)
        reply = b.submit('/login/code', 'code', code='000000')
        assert (reply.status, reply.errors) == (422, [('code', 'code.wrong')])
        assert b.submit('/login/code', 'code', code=totp(secret, step=1)).location == '/home/'
        assert b.http.cookies.get(b.cookie) != half and self.signed_in(b)

    def test_a_code_is_good_once(self, person, browser):
        user, first, second = person(), browser(), browser()
        secret, _ = self.with_factor(browser(), user)
        code = totp(secret, step=1)
        self.enter(first, user)
        self.enter(second, user)
        assert first.submit('/login/code', 'code', code=code).status == 303
        assert second.submit('/login/code', 'code', code=code).status == 422
        assert second.submit('/login/code', 'code', code=totp(secret, step=-1)).status == 422

    def test_a_recovery_code_is_good_once(self, instance, person, browser):
        user, b = person(), browser()
        _, codes = self.with_factor(b, user)
        assert len(set(codes)) == 10
        b = browser()
        self.enter(b, user)
        assert b.submit('/login/code', 'code', code=codes[3].lower()).status == 303
        assert instance.value('SELECT COUNT(*) AS n FROM recovery_code WHERE user_id = %s'
                              ' AND used_at IS NULL', user['id']) == 9
        b = browser()
        self.enter(b, user)
        assert b.submit('/login/code', 'code', code=codes[3]).status == 422
        assert codes[3] not in instance.sql('SELECT HEX(code_hash) AS h FROM recovery_code')[0]['h']

    def test_wrong_codes_are_counted(self, instance, person, browser):
        user, b = person(), browser()
        self.with_factor(b, user)
        b = browser()
        self.enter(b, user)
        for _ in range(6):
            assert b.submit('/login/code', 'code', code='123456').status == 422
        assert instance.value('SELECT failed_count FROM app_user WHERE id = %s', user['id']) >= 5

    def test_the_factor_goes_with_the_password_only(self, person, browser):
        user, b = person(), browser()
        _, codes = self.with_factor(b, user)
        reply = b.submit('/login/factor', 'factor_off', password='wrong-one-123')
        assert reply.errors == [('password', 'password.wrong')]
        fresh = b.submit('/login/factor', 'factor_codes', password=PASSWORD)
        assert fresh.status == 200
        assert not set(codes) & {r['recovery_code'] for r in fresh.page.rows('recovery_codes')}
        before = b.http.cookies.get(b.cookie)
        assert b.submit('/login/factor', 'factor_off', password=PASSWORD).status == 303
        assert b.http.cookies.get(b.cookie) != before
        assert self.enter(browser(), user).location == '/home/'

    def test_a_wrong_first_code_turns_nothing_on(self, person, browser):
        user, b = person(), browser()
        self.enter(b, user)
        b.submit('/login/factor', 'factor_begin')
        reply = b.submit('/login/factor', 'factor_confirm', code='000000')
        assert (reply.status, reply.errors) == (422, [('code', 'code.wrong')])
        assert self.enter(browser(), user).location == '/home/'

    def test_a_company_may_want_it_of_everybody(self, own_instance):
        site, b = own_instance, own_instance.client(self.site)
        party = None if self.site == 'office' else site.value('SELECT MIN(party_id) FROM customer')
        user = site.user(self.site, party=party)
        site.sql("INSERT INTO param (name, kind, value, note) VALUES (%s, 'bool', '1', '')"
                 " ON DUPLICATE KEY UPDATE value = '1'", f'login.totp_{self.site}')
        assert self.enter(b, user).location == '/login/code'
        assert b.fetch('/login/profile').status in (303, 403)
        b.submit('/login/enrol', 'factor_begin')
        page = b.get('/login/enrol')
        reply = b.submit(page, 'factor_confirm', code='000000')
        assert reply.errors == [('code', 'code.wrong')] and not self.signed_in(b)
        code = totp(page.value('secret').replace(' ', ''))
        done = b.submit(page, 'factor_confirm', code=code)
        assert len(done.page.rows('recovery_codes')) == 10
        assert self.signed_in(b)

    # ---- the record, and both languages

    def test_events_are_on_record(self, instance, person, browser):
        user, b = person(), browser()
        self.enter(b, user, 'wrong-password-1')
        self.enter(b, user)
        b.post('/login/out', {'_csrf': b.get('/login/profile').csrf})
        self.enter(b, user)
        events = [r['event'] for r in b.get('/login/profile').rows('login_events')]
        assert events == ['ok', 'logout', 'ok', 'failed']

    @pytest.mark.parametrize('lang', ['zh-CN', 'en'])
    def test_every_word_is_there(self, instance, person, lang):
        b = instance.client(self.site, lang)
        user = person(locale=lang)
        texts = [b.raw('GET', '/login/', headers={'Accept': 'text/html'}).text]
        self.enter(b, user, 'wrong-password-1')
        self.enter(b, user)
        for path in ('/login/profile', '/login/factor'):
            texts.append(b.raw('GET', path, headers={'Accept': 'text/html'}).text)
        b.submit('/login/factor', 'factor_begin')
        texts.append(b.raw('GET', '/login/factor', headers={'Accept': 'text/html'}).text)
        for text in texts:
            assert '⟦' not in text
            assert f'<html lang="{lang}"' in text

    def test_strange_agents_do_no_harm(self, person, browser):
        b = browser()
        b.http.headers['User-Agent'] = ('\u00e9' * 300).encode('latin-1')
        assert self.enter(b, person()).status == 303
