-- Accounts and roles of staff. Nobody changes his own rights; a role with a
-- sensitive permission takes two people, and so does what would let one sign in as
-- somebody who has one. Triggers hold the same for direct writes of the office
-- account (sql/triggers/30_role.sql).

DELIMITER //

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION role_is_sensitive(
	p_role BIGINT) RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN EXISTS (SELECT 1 FROM role_permission rp JOIN permission p ON p.name = rp.permission
	WHERE rp.role_id = p_role AND p.guarded = 1)//

CREATE OR REPLACE DEFINER = owner@localhost FUNCTION user_is_sensitive(
	p_user BIGINT) RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN EXISTS (SELECT 1 FROM user_role x JOIN role_permission rp ON rp.role_id = x.role_id
	JOIN permission p ON p.name = rp.permission WHERE x.user_id = p_user AND p.guarded = 1)//

-- Whether there is somebody, other than p_but, who may keep people and roles.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION admin_exists(p_but BIGINT) RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN EXISTS (SELECT 1 FROM role_permission s
	JOIN user_role a ON a.role_id = s.role_id
	JOIN app_user u ON u.id = a.user_id AND u.site = 'office' AND u.status = 'active'
	JOIN user_role b ON b.user_id = u.id
	JOIN role_permission r ON r.role_id = b.role_id AND r.permission = 'role.edit'
	WHERE s.permission = 'staff.edit' AND u.id <> p_but)//

-- Two who would take their rights from each other wait here for one another. A statement of its
-- own, before the others: what is read after it is what the first of them left.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE admin_lock()
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_role BIGINT;

	SELECT id INTO v_role FROM role
	 WHERE site = 'office' AND party_key = 0 AND code = 'admin' FOR UPDATE;
END//

-- Refuses what leaves nobody, other than p_but, who may keep people and roles.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE admin_remains(IN p_but BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	CALL admin_lock();
	IF NOT admin_exists(p_but) AND (p_but = 0 OR holds_permission(p_but, 'staff.edit')) THEN
		CALL refuse('admin.last');
	END IF;
END//

-- What lets somebody sign in as this person: link, or factor (the second one off).
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE staff_open(IN p_user BIGINT,
	IN p_what VARCHAR(10), IN p_link VARCHAR(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_login VARCHAR(60) DEFAULT (SELECT login FROM app_user WHERE id = p_user);

	IF p_what = 'link' THEN
		CALL user_reset_link(p_user, p_link);
		CALL login_note('office', p_user, v_login, 'link', NULL, NULL);
	ELSE
		UPDATE app_user SET totp_secret = NULL, totp_pending = NULL WHERE id = p_user;
		DELETE FROM recovery_code WHERE user_id = p_user;
		CALL login_note('office', p_user, v_login, 'factor_off', NULL, NULL);
		CALL user_end_sessions(p_user, 0);
	END IF;
END//

-- Something done to an account of staff, or no row: unlock, enable, disable, end (all
-- sessions), factor (second factor off), link (p_link: 64 hex characters, good for a week).
-- done = 0: a second person has to confirm it, as this one has a sensitive role.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE staff_act(IN p_user BIGINT,
	IN p_what VARCHAR(10), IN p_link VARCHAR(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_login VARCHAR(60);
	DECLARE v_done TINYINT;

	IF p_what = 'disable' THEN
		CALL admin_lock();
	END IF;
	SELECT login INTO v_login FROM app_user WHERE id = p_user AND site = 'office' FOR UPDATE;
	IF v_login IS NOT NULL THEN
		IF p_user = @actor_id AND p_what IN ('disable', 'factor', 'link') THEN
			CALL refuse('staff.self');
		END IF;
		SET v_done = NOT (p_what IN ('factor', 'link') AND user_is_sensitive(p_user)
			AND SUBSTRING_INDEX(USER(), '@', 1) = 'office');
		CASE IF(v_done, p_what, 'ask')
		WHEN 'ask' THEN
			INSERT INTO role_request (user_id, act, asked_by)
			VALUES (p_user, p_what, @actor_id);
		WHEN 'factor' THEN
			CALL staff_open(p_user, p_what, NULL);
		WHEN 'link' THEN
			CALL staff_open(p_user, p_what, p_link);
		WHEN 'unlock' THEN
			UPDATE app_user SET failed_count = 0, locked_until = NULL WHERE id = p_user;
			CALL login_note('office', p_user, v_login, 'unlocked', NULL, NULL);
		WHEN 'enable' THEN
			UPDATE app_user SET status = 'active', version = version + 1
				WHERE id = p_user AND status = 'disabled';
			CALL login_note('office', p_user, v_login, 'enabled', NULL, NULL);
		WHEN 'disable' THEN
			CALL user_end_sessions(p_user, 1);
		WHEN 'end' THEN
			CALL user_end_sessions(p_user, 0);
		END CASE;
		SELECT v_login AS login, v_done AS done;
	END IF;
END//

-- Gives a role, or asks a second person to: done = 1 given, 0 waiting; no row for
-- a user or role that is none of the office.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE staff_role_give(IN p_user BIGINT,
	IN p_role BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
proc: BEGIN
	IF NOT EXISTS (SELECT 1 FROM app_user u JOIN role r ON r.id = p_role AND r.site = 'office'
		WHERE u.id = p_user AND u.site = 'office') THEN
		LEAVE proc;
	END IF;
	IF p_user = @actor_id THEN
		CALL refuse('staff.self|role_id');
	END IF;
	IF EXISTS (SELECT 1 FROM user_role WHERE user_id = p_user AND role_id = p_role) THEN
		CALL refuse('role.has|role_id');
	END IF;
	IF role_is_sensitive(p_role) THEN
		INSERT INTO role_request (user_id, role_id, asked_by)
			VALUES (p_user, p_role, @actor_id);
		SELECT 0 AS done;
	ELSE
		INSERT INTO user_role (user_id, role_id, is_main, granted_by)
		SELECT p_user, p_role, NOT EXISTS (SELECT 1 FROM user_role WHERE user_id = p_user),
		       @actor_id;
		SELECT 1 AS done;
	END IF;
END//

-- The second person's word on a waiting request: user_id, login and the act; no row
-- when it waits no more. p_link: as of staff_act(). A sensitive role ends links that
-- are still open: whoever has one could sign in as this person.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE staff_role_decide(IN p_request BIGINT,
	IN p_grant TINYINT, IN p_link VARCHAR(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
proc: BEGIN
	DECLARE v_user, v_role, v_asked BIGINT;
	DECLARE v_act VARCHAR(10);

	SELECT user_id, role_id, asked_by, act INTO v_user, v_role, v_asked, v_act
	  FROM role_request
	 WHERE id = p_request AND status = 'waiting'
	   FOR UPDATE;
	IF v_user IS NULL THEN
		LEAVE proc;
	END IF;
	IF v_user = @actor_id OR (v_asked = @actor_id AND p_grant = 1) THEN
		CALL refuse('role.second');
	END IF;
	UPDATE role_request
	   SET status = IF(p_grant = 1, 'granted', 'refused'), decided_at = UTC_TIMESTAMP(6),
	       decided_by = IF(v_asked = @actor_id, NULL, @actor_id)
	 WHERE id = p_request;
	IF p_grant = 1 AND v_act = 'role' THEN
		INSERT IGNORE INTO user_role (user_id, role_id, is_main, granted_by)
		SELECT v_user, v_role,
		       NOT EXISTS (SELECT 1 FROM user_role WHERE user_id = v_user), @actor_id;
		UPDATE password_reset SET used_at = UTC_TIMESTAMP(6)
			WHERE user_id = v_user AND used_at IS NULL;
	ELSEIF p_grant = 1 THEN
		CALL staff_open(v_user, v_act, p_link);
	END IF;
	SELECT u.id AS user_id, u.login, v_act AS act FROM app_user u WHERE u.id = v_user;
END//

-- Takes a role away (a trigger keeps it with the last who may give roles). No row: he had it not.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE staff_role_take(IN p_user BIGINT,
	IN p_role BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	CALL admin_lock();
	DELETE ur FROM user_role ur JOIN app_user u ON u.id = ur.user_id
	 WHERE ur.user_id = p_user AND ur.role_id = p_role AND u.site = 'office';
	IF ROW_COUNT() > 0 THEN
		SELECT p_user AS user_id;
	END IF;
END//

-- A department made (p_id 0) or changed; the paths below it follow. good = 0: another
-- changed it meanwhile. Nothing comes to stand below itself.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE unit_save(IN p_id BIGINT, IN p_version INT,
	IN p_parent BIGINT,
	IN p_code VARCHAR(20), IN p_name VARCHAR(60), IN p_kind VARCHAR(12), IN p_status VARCHAR(8),
	IN p_provinces VARCHAR(120))
SQL SECURITY DEFINER MODIFIES SQL DATA
proc: BEGIN
	DECLARE v_old, v_above VARCHAR(200) DEFAULT '/';
	DECLARE v_parent BIGINT;

	SELECT path INTO v_above FROM org_unit WHERE id = p_parent;
	IF p_id = 0 THEN
		INSERT INTO org_unit (parent_id, code, name, kind, status, provinces)
			VALUES (p_parent, p_code, p_name, p_kind, p_status, p_provinces);
		SELECT 1 AS good, LAST_INSERT_ID() AS id;
		LEAVE proc;
	END IF;
	SELECT path, parent_id INTO v_old, v_parent FROM org_unit WHERE id = p_id FOR UPDATE;
	IF LEFT(v_above, LENGTH(v_old)) = v_old THEN
		CALL refuse('unit.below|parent_id');
	END IF;
	IF p_status = 'closed' AND EXISTS (SELECT 1 FROM app_user u JOIN org_unit o
		ON o.id = u.org_unit_id
		WHERE o.path LIKE CONCAT(v_old, '%') AND u.status = 'active') THEN
		CALL refuse('unit.people|status');
	END IF;
	UPDATE org_unit
	   SET parent_id = p_parent, code = p_code, name = p_name, kind = p_kind, status = p_status,
	       provinces = p_provinces, version = version + 1
	 WHERE id = p_id AND version = p_version;
	IF ROW_COUNT() = 0 THEN
		SELECT 0 AS good, p_id AS id;
		LEAVE proc;
	END IF;
	UPDATE org_unit
	   SET path = CONCAT(v_above, p_code, '/', SUBSTRING(path, CHAR_LENGTH(v_old) + 1))
	 WHERE path LIKE CONCAT(v_old, '%');
	SELECT 1 AS good, p_id AS id;
END//

DELIMITER ;
