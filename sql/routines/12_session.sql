-- Sessions of both sites, idempotency keys, and the guard that every portal
-- procedure calls first: the token is the only thing it is told.

DELIMITER //

-- The session of a token, or no row. Touches seen_at at most every five minutes;
-- called outside the page's transaction. Sets the variables that triggers and the office's
-- lists read; in one statement, for each costs more than what it reads.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE session_find(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64),
	OUT p_user BIGINT, OUT p_stage VARCHAR(8))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_id BIGINT;
	DECLARE v_seen DATETIME(6);
	DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);

	SET @actor_id = NULL, @actor_for = NULL, @actor_scope = NULL, @actor_path = NULL;
	SELECT s.id, s.user_id, s.user_id, s.stage, s.seen_at, u.party_id,
	       IF(p_site = 'office', (SELECT ELT(MAX(r.row_scope + 0), 'own', 'unit', 'below', 'all')
		  FROM user_role x JOIN role r ON r.id = x.role_id WHERE x.user_id = s.user_id), NULL),
	       (SELECT o.path FROM org_unit o WHERE o.id = u.org_unit_id)
	  INTO v_id, p_user, @actor_id, p_stage, v_seen, @actor_for, @actor_scope, @actor_path
	  FROM session s
	  JOIN app_user u ON u.id = s.user_id
	 WHERE s.token_hash = UNHEX(SHA2(p_token, 256))
	   AND s.site = p_site
	   AND s.expires_at > v_now
	   AND s.seen_at > v_now - INTERVAL COALESCE((SELECT CAST(value AS SIGNED) FROM param
		WHERE name = CONCAT('session.', p_site, '_idle')), 1800) SECOND
	   AND u.status = 'active';
	IF v_seen < v_now - INTERVAL 5 MINUTE THEN
		UPDATE session SET seen_at = v_now WHERE id = v_id;
	END IF;
END//

-- Entries of approval_inbox for the badge on every page, up to 100.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION inbox_count(p_user BIGINT) RETURNS INT
SQL SECURITY DEFINER READS SQL DATA
RETURN LEAST(100, (
	SELECT COUNT(*)
	  FROM (SELECT 1 FROM approval_step s
		 WHERE s.status = 'open' AND s.user_id = p_user AND s.made_by <> p_user
		 LIMIT 100) named)
	+ (SELECT COUNT(*)
	     FROM (SELECT 1
		     FROM app_user u
		     LEFT JOIN org_unit mine ON mine.id = u.org_unit_id
		     STRAIGHT_JOIN user_role ur ON ur.user_id = u.id
		     STRAIGHT_JOIN role r ON r.id = ur.role_id
		     STRAIGHT_JOIN approval_step s ON s.status = 'open' AND s.role_id = ur.role_id
			AND s.made_by <> p_user
		     STRAIGHT_JOIN approval a ON a.id = s.approval_id
		     LEFT JOIN org_unit its ON its.id = a.org_unit_id
		    WHERE u.id = p_user
		      AND (r.row_scope = 'all' OR a.org_unit_id IS NULL
		       OR a.org_unit_id = u.org_unit_id
		       OR (r.row_scope = 'below' AND its.path LIKE CONCAT(mine.path, '%')))
		    LIMIT 100) by_role))//

-- @execute office login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE office_session(IN p_token VARCHAR(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;
	DECLARE v_stage VARCHAR(8);

	CALL session_find('office', p_token, v_user, v_stage);
	SELECT u.id AS user_id, u.name AS user, u.login, COALESCE(o.name, '') AS org,
	       COALESCE((SELECT r.code FROM user_role x JOIN role r ON r.id = x.role_id
	          WHERE x.user_id = u.id ORDER BY x.is_main DESC, r.id LIMIT 1), '') AS role,
	       u.locale, u.theme, v_stage AS stage, u.must_change, NULL AS party_id,
	       @actor_scope AS row_scope, u.org_unit_id,
	       COALESCE((SELECT GROUP_CONCAT(rp.permission SEPARATOR ' ') FROM user_role x
	          JOIN role_permission rp ON rp.role_id = x.role_id WHERE x.user_id = u.id),
	          '') AS permissions,
	       inbox_count(v_user) AS waiting,
	       (SELECT COUNT(*) FROM (SELECT 1 FROM notification n WHERE n.user_id = v_user
			AND n.read_at IS NULL LIMIT 100) m) AS unread
	  FROM app_user u
	  LEFT JOIN org_unit o ON o.id = u.org_unit_id
	 WHERE u.id = v_user;
END//

-- @execute portal login
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_session(IN p_token VARCHAR(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;
	DECLARE v_stage VARCHAR(8);

	CALL session_find('portal', p_token, v_user, v_stage);
	SELECT u.id AS user_id, u.name AS user, u.login, p.name AS org,
	       COALESCE((SELECT r.code FROM user_role x JOIN role r ON r.id = x.role_id
	          WHERE x.user_id = u.id ORDER BY x.is_main DESC, r.id LIMIT 1), '') AS role,
	       u.locale, u.theme, v_stage AS stage, u.must_change, u.party_id,
	       COALESCE((SELECT GROUP_CONCAT(rp.permission SEPARATOR ' ') FROM user_role x
	          JOIN role_permission rp ON rp.role_id = x.role_id
	          JOIN permission pm ON pm.name = rp.permission AND FIND_IN_SET('portal', pm.site)
	         WHERE x.user_id = u.id), '') AS permissions,
	       (SELECT COUNT(*) FROM sales_order q WHERE q.party_id = u.party_id
			AND q.status = 'returned'
			AND (u.branch_id IS NULL OR q.branch_id = u.branch_id)) AS waiting,
	       (SELECT COUNT(*) FROM (SELECT 1 FROM notification n WHERE n.user_id = v_user
			AND n.read_at IS NULL LIMIT 100) m) AS unread
	  FROM app_user u
	  JOIN party p ON p.id = u.party_id
	 WHERE u.id = v_user;
END//

-- Who asks, and for which company: 28000 without a full session, refusal
-- `forbidden` without the permission ('' is any). p_branch limits a branch user.
-- For flows alone the key of a machine does too; it acts in the name of who made it.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_guard(IN p_token VARCHAR(64),
	IN p_permission VARCHAR(40),
	OUT p_user BIGINT, OUT p_party BIGINT, OUT p_branch BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
	DECLARE v_may TINYINT;

	SET @actor_id = NULL, @actor_for = NULL;
	SELECT s.user_id, u.party_id, u.branch_id,
	       p_permission = '' OR EXISTS (SELECT 1 FROM user_role ur
		JOIN role_permission rp ON rp.role_id = ur.role_id AND rp.permission = p_permission
		WHERE ur.user_id = s.user_id)
	  INTO p_user, p_party, p_branch, v_may
	  FROM session s
	  JOIN app_user u ON u.id = s.user_id
	 WHERE s.token_hash = UNHEX(SHA2(p_token, 256))
	   AND s.site = 'portal'
	   AND s.stage = 'full'
	   AND s.expires_at > v_now
	   AND s.seen_at > v_now - INTERVAL COALESCE((SELECT CAST(value AS SIGNED) FROM param
		WHERE name = 'session.portal_idle'), 1800) SECOND
	   AND u.status = 'active'
	   AND u.site = 'portal';
	IF p_user IS NULL AND p_permission IN ('flow.view', 'flow.upload')
	   AND p_token LIKE 'xok\_%' THEN
		SELECT k.user_id, k.party_id INTO p_user, p_party
		  FROM api_key k
		  JOIN app_user u ON u.id = k.user_id
		 WHERE k.key_hash = UNHEX(SHA2(p_token, 256))
		   AND FIND_IN_SET(p_permission, k.permissions)
		   AND k.revoked_at IS NULL AND k.expires_at > v_now
		   AND u.status = 'active' AND u.site = 'portal' AND u.party_id = k.party_id
		   AND u.branch_id IS NULL;
	END IF;
	IF p_user IS NULL OR p_party IS NULL THEN
		SIGNAL SQLSTATE '28000' SET MESSAGE_TEXT = 'no session';
	ELSEIF NOT v_may THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'forbidden';
	END IF;
	SET @actor_id = p_user, @actor_for = p_party;
END//

-- Takes an idempotency key inside the request's transaction.
-- fresh 1: go on; fresh 0: done before, location leads to its answer, same tells
-- whether the request is the same as then (0: refuse).
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE idem_take(IN p_user BIGINT,
	IN p_key VARBINARY(64), IN p_hash VARBINARY(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_hash BINARY(32) DEFAULT IF(LENGTH(p_hash) = 64, UNHEX(p_hash), p_hash);

	INSERT IGNORE INTO idempotency (user_id, k, request_hash) VALUES (p_user, p_key, v_hash);
	IF ROW_COUNT() = 1 THEN
		SELECT 1 AS fresh, NULL AS location, 1 AS same;
	ELSE
		SELECT 0 AS fresh, location, request_hash = v_hash AS same
		  FROM idempotency
		 WHERE user_id = p_user AND k = p_key
		   FOR UPDATE;
	END IF;
END//

CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE session_user_of(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64), OUT p_user BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT s.user_id INTO p_user
	  FROM session s
	  JOIN app_user u ON u.id = s.user_id
	 WHERE s.token_hash = UNHEX(SHA2(p_token, 256))
	   AND s.site = p_site AND s.expires_at > UTC_TIMESTAMP(6) AND u.status = 'active';
	IF p_user IS NULL THEN
		SIGNAL SQLSTATE '28000' SET MESSAGE_TEXT = 'no session';
	END IF;
END//

-- As session_user_of, but a person who still owes his second factor is nobody.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE session_owner_of(IN p_site VARCHAR(6),
	IN p_token VARCHAR(64), OUT p_user BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT s.user_id INTO p_user
	  FROM session s
	  JOIN app_user u ON u.id = s.user_id
	 WHERE s.token_hash = UNHEX(SHA2(p_token, 256))
	   AND s.site = p_site AND s.expires_at > UTC_TIMESTAMP(6) AND u.status = 'active'
	   AND (s.stage = 'full' OR u.totp_secret IS NULL);
	IF p_user IS NULL THEN
		SIGNAL SQLSTATE '28000' SET MESSAGE_TEXT = 'no session';
	END IF;
	SET @actor_id = p_user;
END//

-- p_hash: SHA-256 of the request, 32 bytes or 64 hex characters.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE office_idem(IN p_token VARCHAR(64),
	IN p_key VARBINARY(64), IN p_hash VARBINARY(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;

	CALL session_user_of('office', p_token, v_user);
	CALL idem_take(v_user, p_key, p_hash);
END//

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE office_idem_done(IN p_token VARCHAR(64),
	IN p_key VARBINARY(64), IN p_location VARCHAR(1200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user BIGINT;

	CALL session_user_of('office', p_token, v_user);
	UPDATE idempotency SET location = p_location WHERE user_id = v_user AND k = p_key;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_idem(IN p_token VARCHAR(64),
	IN p_key VARBINARY(64), IN p_hash VARBINARY(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	CALL idem_take(v_user, p_key, p_hash);
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_idem_done(IN p_token VARCHAR(64),
	IN p_key VARBINARY(64), IN p_location VARCHAR(1200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	UPDATE idempotency SET location = p_location WHERE user_id = v_user AND k = p_key;
END//

DELIMITER ;
