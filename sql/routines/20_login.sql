-- What the login programs may do, and only they: verify, slow down, mint,
-- rotate and end sessions. Passwords are hashed in the program (argon2id); the
-- database sees hashes. A procedure that changes nothing returns good = 0.

DELIMITER //

-- "Firefox 140 · Windows" of a user agent; what is unknown stays as it is.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION agent_name(
	p_agent VARCHAR(200)) RETURNS VARCHAR(200)
SQL SECURITY DEFINER DETERMINISTIC NO SQL
BEGIN
	DECLARE v_sign VARCHAR(20) DEFAULT CASE
		WHEN p_agent LIKE '%MicroMessenger/%' THEN 'MicroMessenger/'
		WHEN p_agent LIKE '%Edg/%' THEN 'Edg/'
		WHEN p_agent LIKE '%OPR/%' THEN 'OPR/'
		WHEN p_agent LIKE '%Firefox/%' THEN 'Firefox/'
		WHEN p_agent LIKE '%Chrome/%' THEN 'Chrome/'
		WHEN p_agent LIKE '%Safari/%' AND p_agent LIKE '%Version/%' THEN 'Version/' END;

	RETURN IF(v_sign IS NULL, p_agent, CONCAT_WS(' · ',
		CONCAT(CASE v_sign WHEN 'MicroMessenger/' THEN 'WeChat' WHEN 'Edg/' THEN 'Edge'
			WHEN 'OPR/' THEN 'Opera'
			WHEN 'Version/' THEN 'Safari' ELSE TRIM('/' FROM v_sign) END, ' ',
			SUBSTRING_INDEX(SUBSTRING_INDEX(SUBSTRING_INDEX(p_agent, v_sign, -1), '.',
				1), ' ', 1)),
		CASE WHEN p_agent LIKE '%iPhone%' THEN 'iPhone' WHEN p_agent LIKE '%iPad%'
			THEN 'iPad'
			WHEN p_agent LIKE '%Android%' THEN 'Android' WHEN p_agent LIKE '%Windows%'
				THEN 'Windows'
			WHEN p_agent LIKE '%Mac OS X%' THEN 'macOS' WHEN p_agent LIKE '%Linux%'
				THEN 'Linux' END));
END//

CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_note(IN p_site VARCHAR(6),
	IN p_user BIGINT, IN p_login VARCHAR(60),
	IN p_event VARCHAR(12), IN p_ip VARCHAR(45), IN p_agent VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT INTO login_event (site, user_id, login, event, ip, agent)
	VALUES (p_site, p_user, p_login, p_event, p_ip, p_agent);
END//

-- Seconds until a lock ends. One further off than any wait is of a clock that was set back since.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION login_wait_s(
	p_until DATETIME(6)) RETURNS INT
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_wait BIGINT DEFAULT GREATEST(0, COALESCE(CEIL(
		TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), p_until) / 1000000), 0));

	RETURN IF(v_wait > param_int('login.max_backoff', 900), 0, v_wait);
END//

-- The account behind a login, or no row (then hash a dummy all the same).
-- wait_s > 0: not now, unless the device is one that signed in before.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_begin(IN p_site VARCHAR(6),
	IN p_login VARCHAR(60), IN p_device VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SET @actor_id = NULL, @actor_for = NULL;
	SELECT u.id AS user_id, u.password_hash, u.must_change, u.totp_secret IS NOT NULL AS totp,
	       u.locale, u.theme,
	       u.totp_secret IS NULL AND param_int(CONCAT('login.totp_', p_site),
			0) = 1 AS must_enrol,
	       IF(d.id IS NULL, login_wait_s(u.locked_until), 0) AS wait_s,
	       d.id IS NOT NULL AS known_device
	  FROM app_user u
	  LEFT JOIN trusted_device d ON d.user_id = u.id AND d.expires_at > UTC_TIMESTAMP(6)
		AND d.token_hash = UNHEX(SHA2(COALESCE(p_device, ''), 256))
	 WHERE u.site = p_site AND u.login = p_login AND u.status = 'active';
END//

-- A wrong password or code: each after the free ones doubles the wait; a guess
-- made during the wait (locked) does not lengthen it. A known device that errs
-- too often is one no more. p_event: failed | totp_failed | locked.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_failed(IN p_site VARCHAR(6),
	IN p_login VARCHAR(60),
	IN p_event VARCHAR(12), IN p_device VARCHAR(64), IN p_ip VARCHAR(45),
		IN p_agent VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;
	DECLARE v_free INT DEFAULT param_int('login.free_failures', 4);
	DECLARE v_max INT DEFAULT param_int('login.max_backoff', 900);

	SELECT id INTO v_user FROM app_user WHERE site = p_site AND login = p_login;
	UPDATE app_user
	   SET failed_count = failed_count + 1,
	       locked_until = IF(failed_count > v_free,
			UTC_TIMESTAMP(6) + INTERVAL LEAST(v_max,
				POW(2, LEAST(failed_count - v_free, 20))) SECOND, locked_until)
	 WHERE id = v_user AND p_event <> 'locked';
	UPDATE trusted_device SET failed_count = failed_count + 1
	 WHERE user_id = v_user AND token_hash = UNHEX(SHA2(COALESCE(p_device, ''), 256));
	DELETE FROM trusted_device WHERE user_id = v_user AND failed_count > v_free * 2;
	CALL login_note(p_site, v_user, p_login, p_event, p_ip, p_agent);
	SELECT 1 AS good;
END//

-- A session for a verified user. stage `password` when a second factor or a new
-- password is still owed, else `full`. p_token: 64 hex characters.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_mint(IN p_user BIGINT,
	IN p_token VARCHAR(64), IN p_stage VARCHAR(8),
	IN p_ip VARCHAR(45), IN p_agent VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_site VARCHAR(6);
	DECLARE v_login VARCHAR(60);

	SELECT site, login INTO v_site, v_login FROM app_user WHERE id = p_user
	       AND status = 'active' FOR UPDATE;
	IF v_site IS NULL OR CHAR_LENGTH(p_token) <> 64 THEN
		CALL refuse('login.disabled');
	END IF;
	SET @actor_id = p_user;
	DELETE FROM session WHERE user_id = p_user AND expires_at < UTC_TIMESTAMP(6);
	INSERT INTO session (token_hash, user_id, site, stage, created_at, seen_at, expires_at, ip,
		agent)
	VALUES (UNHEX(SHA2(p_token, 256)), p_user, v_site, p_stage, UTC_TIMESTAMP(6),
		UTC_TIMESTAMP(6),
		UTC_TIMESTAMP(6) + INTERVAL IF(p_stage = 'full',
			param_int(CONCAT('session.', v_site, '_life'), 43200), 900) SECOND,
		p_ip, p_agent);
	IF p_stage = 'full' THEN
		UPDATE app_user SET failed_count = 0, locked_until = NULL,
			last_login_at = UTC_TIMESTAMP(6) WHERE id = p_user;
		CALL login_note(v_site, p_user, v_login, 'ok', p_ip, p_agent);
	END IF;
	SELECT 1 AS good;
END//

-- The session whatever its stage, for the pages of the login program; or no row.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_session(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT u.id AS user_id, u.login, u.name, s.id AS session_id, s.stage, u.locale, u.theme,
	       u.must_change,
	       u.password_hash, u.totp_secret, u.totp_pending, u.totp_last_step, u.email, u.phone,
	       (SELECT COUNT(*) FROM recovery_code c WHERE c.user_id = u.id
			AND c.used_at IS NULL) AS recovery_left,
	       login_wait_s(u.locked_until) AS wait_s
	  FROM session s
	  JOIN app_user u ON u.id = s.user_id
	 WHERE s.token_hash = UNHEX(SHA2(p_token, 256))
	   AND s.site = p_site AND s.expires_at > UTC_TIMESTAMP(6) AND u.status = 'active';
END//

-- A new token for the same person at every rise of privilege; the old one dies.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_rotate(IN p_site VARCHAR(6),
	IN p_old VARCHAR(64), IN p_new VARCHAR(64),
	IN p_stage VARCHAR(8), IN p_ip VARCHAR(45), IN p_agent VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;

	CALL session_user_of(p_site, p_old, v_user);
	DELETE FROM session WHERE token_hash = UNHEX(SHA2(p_old, 256));
	CALL login_mint(v_user, p_new, p_stage, p_ip, p_agent);
END//

-- Uses up a time step (30 s since 1970): good = 1 once for each, and never for an older one.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_totp_use(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64), IN p_step BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;

	CALL session_user_of(p_site, p_token, v_user);
	UPDATE app_user SET totp_last_step = p_step WHERE id = v_user AND totp_last_step < p_step;
	SELECT ROW_COUNT() AS good;
END//

-- p_code: SHA-256 of the code in hex.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_recovery_use(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64), IN p_code VARCHAR(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;
	DECLARE v_good INT;

	CALL session_user_of(p_site, p_token, v_user);
	UPDATE recovery_code SET used_at = UTC_TIMESTAMP(6)
	 WHERE user_id = v_user AND code_hash = UNHEX(p_code) AND used_at IS NULL;
	SET v_good = ROW_COUNT();
	IF v_good = 1 THEN
		INSERT INTO login_event (site, user_id, login, event)
		SELECT site, id, login, 'recovery' FROM app_user WHERE id = v_user;
	END IF;
	SELECT v_good AS good;
END//

-- Second factor: begin keeps the secret aside, confirm takes it after a right
-- code, off removes it with the recovery codes.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_totp_begin(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64), IN p_secret VARCHAR(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;

	CALL session_owner_of(p_site, p_token, v_user);
	UPDATE app_user SET totp_pending = p_secret WHERE id = v_user;
	SELECT 1 AS good;
END//

-- p_codes: JSON array of the recovery codes' SHA-256 in hex.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_totp_confirm(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64), IN p_step BIGINT, IN p_codes TEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;
	DECLARE v_good INT;

	CALL session_owner_of(p_site, p_token, v_user);
	UPDATE app_user
	   SET totp_secret = totp_pending, totp_last_step = p_step, totp_pending = NULL
	 WHERE id = v_user AND totp_pending IS NOT NULL;
	SET v_good = ROW_COUNT();
	IF v_good = 1 THEN
		CALL login_codes_keep(v_user, p_codes);
		INSERT INTO login_event (site, user_id, login, event)
		SELECT site, id, login, 'factor_on' FROM app_user WHERE id = v_user;
	END IF;
	SELECT v_good AS good;
END//

CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_codes_keep(IN p_user BIGINT,
	IN p_codes TEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DELETE FROM recovery_code WHERE user_id = p_user;
	INSERT INTO recovery_code (user_id, code_hash)
	SELECT p_user, UNHEX(j.code)
	  FROM JSON_TABLE(p_codes, '$[*]' COLUMNS (code VARCHAR(64) PATH '$')) j;
END//

-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_recovery_set(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64), IN p_codes TEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;

	CALL session_owner_of(p_site, p_token, v_user);
	CALL login_codes_keep(v_user, p_codes);
	SELECT 1 AS good;
END//

-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_totp_off(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;

	CALL session_owner_of(p_site, p_token, v_user);
	UPDATE app_user SET totp_secret = NULL, totp_pending = NULL WHERE id = v_user;
	DELETE FROM recovery_code WHERE user_id = v_user;
	INSERT INTO login_event (site, user_id, login, event)
	SELECT site, id, login, 'factor_off' FROM app_user WHERE id = v_user;
	SELECT 1 AS good;
END//

-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_logout(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64), IN p_ip VARCHAR(45))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT INTO login_event (site, user_id, login, event, ip)
	SELECT s.site, s.user_id, u.login, 'logout', p_ip
	  FROM session s
	  JOIN app_user u ON u.id = s.user_id
	 WHERE s.token_hash = UNHEX(SHA2(p_token, 256)) AND s.site = p_site;
	DELETE FROM session WHERE token_hash = UNHEX(SHA2(p_token, 256)) AND site = p_site;
	SELECT ROW_COUNT() AS good;
END//

-- The person's own sessions, newest first; `this` marks the one asking.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_sessions(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user BIGINT;

	CALL session_owner_of(p_site, p_token, v_user);
	SELECT id, created_at, seen_at, expires_at, ip, agent_name(agent) AS agent,
	       IF(token_hash = UNHEX(SHA2(p_token, 256)), 'this', 'other') AS this
	  FROM session
	 WHERE user_id = v_user AND expires_at > UTC_TIMESTAMP(6)
	 ORDER BY id DESC;
END//

-- Recent sign-ins and failures of this person.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_events(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64), IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user BIGINT;

	CALL session_owner_of(p_site, p_token, v_user);
	SELECT id, at, event, ip, agent_name(agent) AS agent FROM login_event WHERE user_id = v_user
	       ORDER BY id DESC LIMIT p_limit;
END//

-- Ends one of the person's sessions; p_session 0: all but this one, and no browser
-- is known any more.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_revoke(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64), IN p_session BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;
	DECLARE v_n INT;

	CALL session_owner_of(p_site, p_token, v_user);
	DELETE FROM session
	 WHERE user_id = v_user
	   AND (id = p_session OR (p_session = 0 AND token_hash <> UNHEX(SHA2(p_token, 256))));
	SET v_n = ROW_COUNT();
	IF p_session = 0 THEN
		DELETE FROM trusted_device WHERE user_id = v_user;
	END IF;
	IF v_n > 0 THEN
		INSERT INTO login_event (site, user_id, login, event)
		SELECT site, id, login, 'revoked' FROM app_user WHERE id = v_user;
	END IF;
	SELECT v_n AS good;
END//

-- A new password by its owner: other sessions and known devices end.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_password_set(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64), IN p_hash VARCHAR(128))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;

	CALL session_owner_of(p_site, p_token, v_user);
	UPDATE app_user SET password_hash = p_hash, password_at = UTC_TIMESTAMP(6), must_change = 0
		WHERE id = v_user;
	DELETE FROM session WHERE user_id = v_user AND token_hash <> UNHEX(SHA2(p_token, 256));
	DELETE FROM trusted_device WHERE user_id = v_user;
	INSERT INTO login_event (site, user_id, login, event)
	SELECT site, id, login, 'password' FROM app_user WHERE id = v_user;
	SELECT 1 AS good;
END//

-- The same password under newer parameters.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_rehash(IN p_user BIGINT,
	IN p_old VARCHAR(128), IN p_hash VARCHAR(128))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE app_user SET password_hash = p_hash WHERE id = p_user
		AND BINARY password_hash = BINARY p_old;
	SELECT ROW_COUNT() AS good;
END//

-- The person behind an invitation or reset link, or no row.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_reset_find(IN p_site VARCHAR(6),
	IN p_link VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT u.login, u.name AS user, u.locale
	  FROM password_reset r
	  JOIN app_user u ON u.id = r.user_id
	 WHERE r.token_hash = UNHEX(SHA2(p_link, 256)) AND r.used_at IS NULL
	   AND r.expires_at > UTC_TIMESTAMP(6)
	   AND u.site = p_site AND u.status = 'active';
END//

-- Uses the link up; every session of the person ends.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_reset_use(IN p_site VARCHAR(6),
	IN p_link VARCHAR(64), IN p_hash VARCHAR(128))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;

	SELECT r.user_id INTO v_user
	  FROM password_reset r
	  JOIN app_user u ON u.id = r.user_id
	 WHERE r.token_hash = UNHEX(SHA2(p_link, 256)) AND r.used_at IS NULL
	   AND r.expires_at > UTC_TIMESTAMP(6)
	   AND u.site = p_site AND u.status = 'active'
	   FOR UPDATE;
	SET @actor_id = v_user, @actor_for = NULL;
	IF v_user IS NOT NULL THEN
		UPDATE password_reset SET used_at = UTC_TIMESTAMP(6) WHERE user_id = v_user
			AND used_at IS NULL;
		UPDATE app_user
		   SET password_hash = p_hash, password_at = UTC_TIMESTAMP(6), must_change = 0,
		       failed_count = 0, locked_until = NULL
		 WHERE id = v_user;
		DELETE FROM session WHERE user_id = v_user;
		DELETE FROM trusted_device WHERE user_id = v_user;
		INSERT INTO login_event (site, user_id, login, event)
		SELECT site, id, login, 'password' FROM app_user WHERE id = v_user;
	END IF;
	SELECT v_user IS NOT NULL AS good;
END//

-- Remembers the device of a full session for 90 days; it is no second factor,
-- only a way past the back-off that others caused.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_device_keep(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64), IN p_device VARCHAR(64), IN p_agent VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;

	CALL session_owner_of(p_site, p_token, v_user);
	INSERT INTO trusted_device (user_id, token_hash, agent, expires_at)
	VALUES (v_user, UNHEX(SHA2(p_device, 256)), p_agent, UTC_TIMESTAMP(6) + INTERVAL 90 DAY)
	    ON DUPLICATE KEY UPDATE expires_at = VALUES(expires_at), failed_count = 0;
	SELECT 1 AS good;
END//

-- Language and look, kept with the person.
-- @execute login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE login_profile_set(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64), IN p_name VARCHAR(60),
	IN p_email VARCHAR(120), IN p_phone VARCHAR(30), IN p_locale VARCHAR(10),
		IN p_theme VARCHAR(10))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;

	CALL session_owner_of(p_site, p_token, v_user);
	UPDATE app_user
	   SET name = COALESCE(p_name, name), email = COALESCE(p_email, email),
	       phone = COALESCE(p_phone, phone),
	       locale = COALESCE(p_locale, locale), theme = COALESCE(p_theme, theme)
	 WHERE id = v_user;
	SELECT 1 AS good;
END//

-- Makes a link for somebody to set his password (staff; portal users by the
-- office). p_link: 64 hex characters. Called by routines that know who may.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE user_reset_link(IN p_user BIGINT,
	IN p_link VARCHAR(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE password_reset SET used_at = UTC_TIMESTAMP(6) WHERE user_id = p_user
		AND used_at IS NULL;
	INSERT INTO password_reset (token_hash, user_id, created_by, expires_at)
	VALUES (UNHEX(SHA2(p_link, 256)), p_user, @actor_id, UTC_TIMESTAMP(6) + INTERVAL 7 DAY);
END//

-- Ends every session of a person; with p_disable 1 he may not come back.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE user_end_sessions(IN p_user BIGINT,
	IN p_disable TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	IF p_disable = 1 THEN
		UPDATE app_user SET status = 'disabled', version = version + 1 WHERE id = p_user;
	END IF;
	DELETE FROM session WHERE user_id = p_user;
	DELETE FROM trusted_device WHERE user_id = p_user;
	INSERT INTO login_event (site, user_id, login, event)
	SELECT site, id, login, IF(p_disable = 1, 'disabled', 'revoked') FROM app_user
	       WHERE id = p_user;
END//

DELIMITER ;
