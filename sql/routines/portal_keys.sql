-- Portal, keys of machines (api_key): made, seen and ended by the company's administrator.
-- The program makes the key and shows it once; here only its hash is kept.

DELIMITER //

-- The machine behind a key, as portal_session() tells of a person; limited 1: it came too often
-- this minute. Counts, and notes when it was used; called outside the page's
-- transaction.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_key_session(IN p_token VARCHAR(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	UPDATE api_key
	   SET minute_count = IF(minute_at > v_now - INTERVAL 1 MINUTE, minute_count + 1, 1),
	       minute_at = IF(minute_at > v_now - INTERVAL 1 MINUTE, minute_at, v_now),
	       used_at = v_now
	 WHERE key_hash = UNHEX(SHA2(p_token, 256));
	SELECT u.id AS user_id, k.name AS user, u.login, p.name AS org, '' AS role, u.locale, u.theme,
	       'full' AS stage, 0 AS must_change, k.party_id,
	       (SELECT COALESCE(GROUP_CONCAT(DISTINCT rp.permission SEPARATOR ' '), '')
		  FROM user_role x
		  JOIN role_permission rp ON rp.role_id = x.role_id
		 WHERE x.user_id = u.id AND FIND_IN_SET(rp.permission, k.permissions)) AS permissions,
	       0 AS waiting, 0 AS unread,
	       k.minute_count > param_int('key.per_minute', 60) AS limited
	  FROM api_key k
	  JOIN app_user u ON u.id = k.user_id
	  JOIN party p ON p.id = k.party_id
	 WHERE k.key_hash = UNHEX(SHA2(p_token, 256));
END//

-- The company's keys, newest first: id, name, made_by, created_at, expires_on, used_at, state
-- (live, expired, revoked, ended: its maker may no more).
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_keys_list(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'company.edit', v_user, v_party, v_branch);
	SELECT k.id, k.name, u.name AS made_by, k.created_at,
	       DATE(k.expires_at + INTERVAL 8 HOUR - INTERVAL 1 SECOND) AS expires_on, k.used_at,
	       CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked'
		WHEN k.expires_at <= UTC_TIMESTAMP(6) THEN 'expired'
		WHEN u.status <> 'active' OR u.branch_id IS NOT NULL OR NOT EXISTS (SELECT 1
			FROM user_role x JOIN role_permission rp ON rp.role_id = x.role_id
			WHERE x.user_id = u.id AND rp.permission = 'flow.view') THEN 'ended'
		ELSE 'live' END AS state,
	       IF(k.revoked_at IS NULL, k.id, NULL) AS live_id
	  FROM api_key k
	  JOIN app_user u ON u.id = k.user_id
	 WHERE k.party_id = v_party AND v_branch IS NULL
	 ORDER BY k.id DESC;
END//

-- Keeps a new key, of which only the hash comes here. Who makes it must be allowed to send files
-- himself. Returns id.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_keys_add(IN p_token VARCHAR(64),
	IN p_name VARCHAR(60), IN p_until DATE, IN p_hash BINARY(32))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE v_max DATE DEFAULT v_day + INTERVAL param_int('key.days_max', 730) DAY;

	CALL portal_guard(p_token, 'company.edit', v_user, v_party, v_branch);
	IF v_branch IS NOT NULL OR NOT EXISTS (SELECT 1 FROM user_role x
		JOIN role_permission rp ON rp.role_id = x.role_id
		WHERE x.user_id = v_user AND rp.permission = 'flow.upload') THEN
		CALL refuse('key.flow');
	ELSEIF COALESCE(TRIM(p_name), '') = '' THEN
		CALL refuse('required|name');
	ELSEIF COALESCE(p_until, v_day) <= v_day OR p_until > v_max THEN
		CALL refuse(CONCAT('key.until|expires_on|max=', v_max));
	ELSEIF (SELECT COUNT(*) FROM api_key WHERE party_id = v_party AND revoked_at IS NULL
		AND expires_at > UTC_TIMESTAMP(6)) >= param_int('key.company_max', 10) THEN
		CALL refuse(CONCAT('key.many||max=', param_int('key.company_max', 10)));
	END IF;
	INSERT INTO api_key (party_id, user_id, name, key_hash, expires_at)
	VALUES (v_party, v_user, TRIM(p_name), p_hash, p_until + INTERVAL 16 HOUR);
	SELECT LAST_INSERT_ID() AS id;
END//

-- Ends a key, for good. Returns id, or no row: not the company's, or ended before.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_keys_revoke(IN p_token VARCHAR(64),
	IN p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'company.edit', v_user, v_party, v_branch);
	UPDATE api_key
	   SET revoked_at = UTC_TIMESTAMP(6), revoked_by = v_user, version = version + 1
	 WHERE id = p_id AND party_id = v_party AND v_branch IS NULL AND revoked_at IS NULL;
	SELECT p_id AS id FROM (SELECT ROW_COUNT() AS n) q WHERE q.n = 1;
END//

DELIMITER ;
