-- Portal, company: profile, people, roles, addresses, branches (E23). What an
-- administrator of the company may change ends at the company, and nobody gives
-- more than he holds himself.

DELIMITER //

-- Five results: profile and terms; documents with state (ok, soon, expired, waiting, rejected);
-- addresses; branches; people with roles.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_company_view(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_day DATE DEFAULT business_day();

	CALL portal_guard(p_token, 'company.view', v_user, v_party, v_branch);
	SELECT p.code, p.name, p.short_name, p.uscc, r.name AS region, p.address, p.phone, p.email,
	       p.bank_name, p.bank_account, c.buyer_role, c.terms_kind,
	       c.terms_days, c.terms_cut_day, c.terms_pay_day, c.terms_months,
	       g.name AS customer_group, u.name AS rep, u.phone AS rep_phone, u.email AS rep_email,
	       (SELECT value FROM param WHERE name = 'company.name') AS supplier
	  FROM party p
	  JOIN customer c ON c.party_id = p.id
	  LEFT JOIN region r ON r.code = p.region_code
	  LEFT JOIN customer_group g ON g.id = c.group_id
	  LEFT JOIN app_user u ON u.id = c.rep_id
	 WHERE p.id = v_party;
	SELECT l.kind, k.name AS document, l.number, l.issued_on, l.expires_on,
	       CASE WHEN l.status <> 'approved' THEN l.status WHEN l.expires_on < v_day
			THEN 'expired' WHEN l.expires_on < v_day + INTERVAL 60 DAY THEN 'soon'
				ELSE 'ok' END AS state,
	       (SELECT GROUP_CONCAT(COALESCE(d.name, s.scope) SEPARATOR '、')
			FROM party_licence_scope s
		  LEFT JOIN code_dict d ON d.list = 'licence_scope' AND d.code = s.scope
				WHERE s.licence_id = l.id) AS scope
	  FROM party_licence l
	  JOIN licence_kind k ON k.kind = l.kind
	 WHERE l.party_id = v_party AND l.status <> 'withdrawn'
	 ORDER BY k.seq, l.expires_on DESC;
	SELECT a.id, a.version, a.name, a.contact, a.phone, a.region_code, a.address, a.is_default,
	       a.status, a.branch_id, COALESCE(b.name, '') AS branch
	  FROM party_address a
	  LEFT JOIN party b ON b.id = a.branch_id
	 WHERE a.party_id = v_party AND a.kind = 'ship'
	   AND (v_branch IS NULL OR a.branch_id = v_branch)
	 ORDER BY a.status, a.is_default DESC, a.id;
	SELECT id, version, code, name, phone, address, status FROM party WHERE parent_id = v_party
	       AND (v_branch IS NULL OR id = v_branch) ORDER BY name;
	SELECT u.id, u.version, u.login, u.name, u.email, u.phone, u.status,
	       u.totp_secret IS NOT NULL AS second_factor, u.last_login_at,
	       COALESCE(b.name, '') AS branch, u.branch_id, u.password_hash = '!' AS invited,
	       (SELECT GROUP_CONCAT(r.name ORDER BY x.is_main DESC, r.id SEPARATOR '、')
			FROM user_role x JOIN role_named r ON r.id = x.role_id
				WHERE x.user_id = u.id GROUP BY x.user_id) AS roles
	  FROM app_user u
	  LEFT JOIN party b ON b.id = u.branch_id
	 WHERE u.party_id = v_party AND (v_branch IS NULL OR u.branch_id = v_branch)
	 ORDER BY u.status, u.name;
END//

-- Roles to give: id, code, name, own (made by the company), permissions (names between blanks).
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_company_roles(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'company.view', v_user, v_party, v_branch);
	SELECT r.id, r.version, r.code, r.name, r.party_id IS NOT NULL AS own,
	       COALESCE((SELECT GROUP_CONCAT(permission ORDER BY permission SEPARATOR ' ')
			FROM role_permission p WHERE p.role_id = r.id), '') AS permissions
	  FROM role_named r
	 WHERE r.site = 'portal' AND (r.party_id IS NULL OR r.party_id = v_party)
	   AND (r.code <> 'chain_viewer' OR EXISTS (SELECT 1 FROM party_role p
			WHERE p.party_id = v_party AND p.role IN ('chain', 'hospital')))
	   AND (r.code <> 'reporter' OR EXISTS (SELECT 1 FROM party_role p
			WHERE p.party_id = v_party AND p.role = 'distributor'))
	 ORDER BY r.party_id IS NOT NULL, r.id;
END//

-- One person: as in portal_company_view(), roles as ids between blanks.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_company_user(IN p_token VARCHAR(64),
	IN p_user BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'company.edit', v_user, v_party, v_branch);
	SELECT u.id, u.version, u.login, u.name, u.email, u.phone, u.status, u.branch_id,
	       u.last_login_at, u.password_hash = '!' AS invited,
	       COALESCE((SELECT GROUP_CONCAT(x.role_id ORDER BY x.role_id SEPARATOR ' ')
			FROM user_role x WHERE x.user_id = u.id), '') AS roles, u.id = v_user AS me
	  FROM app_user u
	 WHERE u.party_id = v_party AND u.id = p_user
	   AND (v_branch IS NULL OR u.branch_id = v_branch);
END//

-- Makes (p_user 0) or changes a person. p_roles: JSON array of role ids. Nobody changes his own
-- roles or state; disabling ends the
-- person's sessions. Returns id.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_company_user_save(
	IN p_token VARCHAR(64), IN p_user BIGINT, IN p_version INT, IN p_login VARCHAR(60),
	IN p_name VARCHAR(60), IN p_email VARCHAR(120), IN p_phone VARCHAR(30), IN p_branch BIGINT,
		IN p_status VARCHAR(10), IN p_roles TEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
save: BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'company.edit', v_user, v_party, v_branch);
	SET p_branch = COALESCE(v_branch, p_branch), p_login = TRIM(p_login), p_name = TRIM(p_name);
	IF COALESCE(p_name, '') = '' THEN
		CALL refuse('required|name');
	ELSEIF p_branch IS NOT NULL AND NOT EXISTS (SELECT 1 FROM party WHERE id = p_branch
		AND parent_id = v_party) THEN
		CALL refuse('branch.unknown|branch');
	END IF;
	IF COALESCE(p_user, 0) = 0 THEN
		IF COALESCE(p_login, '') NOT RLIKE '^[A-Za-z0-9._@+-]{3,60}$' THEN
			CALL refuse('login.form|login');
		END IF;
		INSERT INTO app_user (site, party_id, branch_id, login, name, email, phone)
			VALUES ('portal', v_party, p_branch, p_login, p_name, p_email, p_phone);
		SET p_user = LAST_INSERT_ID();
	ELSE
		IF NOT EXISTS (SELECT 1 FROM app_user WHERE id = p_user AND party_id = v_party
			AND (v_branch IS NULL OR branch_id = v_branch)) THEN
			LEAVE save;
		ELSEIF company_above(p_user, v_user) THEN
			CALL refuse('role.above|roles');
		END IF;
		UPDATE app_user
		   SET name = p_name, email = p_email, phone = p_phone,
		       branch_id = IF(id = v_user, branch_id, p_branch),
		       status = IF(id = v_user, status, COALESCE(p_status, status)),
		       version = version + 1
		 WHERE id = p_user AND party_id = v_party
		   AND version = COALESCE(p_version, version);
		IF ROW_COUNT() = 0 THEN
			CALL refuse('conflict|version');
		END IF;
		IF p_status = 'disabled' AND p_user <> v_user THEN
			DELETE FROM session WHERE user_id = p_user;
		END IF;
	END IF;
	IF p_user <> v_user AND p_roles IS NOT NULL THEN
		CALL company_roles_give(v_party, v_user, p_user, p_roles);
	END IF;
	SELECT p_user AS id;
END//

-- Gives exactly these roles; none that holds what the giver does not.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE company_roles_give(IN p_party BIGINT,
	IN p_giver BIGINT, IN p_user BIGINT, IN p_roles TEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	IF EXISTS (SELECT 1
		     FROM JSON_TABLE(p_roles, '$[*]' COLUMNS (id BIGINT PATH '$')) j
		     LEFT JOIN role r ON r.id = j.id AND r.site = 'portal'
				AND (r.party_id IS NULL OR r.party_id = p_party)
		    WHERE r.id IS NULL) THEN
		CALL refuse('role.unknown|roles');
	ELSEIF EXISTS (SELECT 1
		     FROM JSON_TABLE(p_roles, '$[*]' COLUMNS (id BIGINT PATH '$')) j
		     JOIN role_permission rp ON rp.role_id = j.id
		    WHERE NOT EXISTS (SELECT 1 FROM user_role x JOIN role_permission y
				ON y.role_id = x.role_id
			   WHERE x.user_id = p_giver AND y.permission = rp.permission)
		      AND NOT (rp.permission = 'chain-stock.view'
		   AND EXISTS (SELECT 1 FROM party_role p
			   WHERE p.party_id = p_party AND p.role IN ('chain', 'hospital')))) THEN
		CALL refuse('role.above|roles');
	END IF;
	DELETE FROM user_role WHERE user_id = p_user
		AND role_id NOT IN (SELECT j.id
			FROM JSON_TABLE(p_roles, '$[*]' COLUMNS (id BIGINT PATH '$')) j);
	INSERT IGNORE INTO user_role (user_id, role_id, granted_by)
	SELECT p_user, j.id, p_giver FROM JSON_TABLE(p_roles, '$[*]'
	       COLUMNS (id BIGINT PATH '$')) j;
END//

-- Whether a person holds what the other does not: then the other neither opens nor
-- closes his account. chain-stock.view may be given by whoever has it not.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION company_above(p_user BIGINT,
	p_other BIGINT) RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN EXISTS (SELECT 1
	FROM user_role ur
	JOIN role_permission rp ON rp.role_id = ur.role_id
	WHERE ur.user_id = p_user AND rp.permission <> 'chain-stock.view'
	  AND NOT EXISTS (SELECT 1 FROM user_role x JOIN role_permission y
		ON y.role_id = x.role_id
		WHERE x.user_id = p_other AND y.permission = rp.permission))//

-- A link for a person of the company to set his password; p_link: 64 hex characters. Returns id.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_company_user_link(
	IN p_token VARCHAR(64), IN p_user BIGINT, IN p_link VARCHAR(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'company.edit', v_user, v_party, v_branch);
	IF EXISTS (SELECT 1 FROM app_user WHERE id = p_user AND party_id = v_party
		AND status = 'active' AND (v_branch IS NULL OR branch_id = v_branch)) THEN
		IF company_above(p_user, v_user) THEN
			CALL refuse('role.above');
		END IF;
		CALL user_reset_link(p_user, p_link);
		SELECT p_user AS id;
	END IF;
END//

-- A role of the company's own. p_permissions: JSON array of names, each one held by the giver.
-- p_role 0 makes one. Returns id.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_company_role_save(
	IN p_token VARCHAR(64), IN p_role BIGINT, IN p_version INT, IN p_name VARCHAR(60),
		IN p_permissions TEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
save: BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'company.edit', v_user, v_party, v_branch);
	IF COALESCE(TRIM(p_name), '') = '' THEN
		CALL refuse('required|name');
	ELSEIF v_branch IS NOT NULL THEN
		CALL refuse('forbidden');
	ELSEIF EXISTS (SELECT 1 FROM JSON_TABLE(p_permissions, '$[*]'
		COLUMNS (name VARCHAR(40) PATH '$')) j
		WHERE NOT EXISTS (SELECT 1 FROM user_role x JOIN role_permission y
			ON y.role_id = x.role_id
			WHERE x.user_id = v_user AND y.permission = j.name)) THEN
		CALL refuse('role.above|permissions');
	END IF;
	IF COALESCE(p_role, 0) = 0 THEN
		INSERT INTO role (site, code, name, party_id)
			VALUES ('portal', CONCAT('own-', LEFT(UUID(), 8)), TRIM(p_name), v_party);
		SET p_role = LAST_INSERT_ID();
	ELSE
		IF NOT EXISTS (SELECT 1 FROM role WHERE id = p_role AND party_id = v_party) THEN
			LEAVE save;
		END IF;
		UPDATE role SET name = TRIM(p_name), version = version + 1 WHERE id = p_role
			AND party_id = v_party AND version = COALESCE(p_version, version);
		IF ROW_COUNT() = 0 THEN
			CALL refuse('conflict|version');
		END IF;
	END IF;
	DELETE FROM role_permission WHERE role_id = p_role
	   AND permission NOT IN (SELECT j.name
			FROM JSON_TABLE(p_permissions, '$[*]'
				COLUMNS (name VARCHAR(40) PATH '$')) j);
	INSERT IGNORE INTO role_permission (role_id, permission)
	SELECT p_role, j.name FROM JSON_TABLE(p_permissions, '$[*]'
	       COLUMNS (name VARCHAR(40) PATH '$')) j;
	SELECT p_role AS id;
END//

-- Makes (p_id 0) or changes a ship-to address. Returns id.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_company_address_save(
	IN p_token VARCHAR(64), IN p_id BIGINT, IN p_version INT, IN p_branch BIGINT,
		IN p_name VARCHAR(60),
	IN p_contact VARCHAR(40), IN p_phone VARCHAR(30), IN p_address VARCHAR(200),
		IN p_default TINYINT, IN p_status VARCHAR(8))
SQL SECURITY DEFINER MODIFIES SQL DATA
save: BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'company.edit', v_user, v_party, v_branch);
	SET p_branch = COALESCE(v_branch, p_branch);
	IF p_branch IS NOT NULL AND NOT EXISTS (SELECT 1 FROM party WHERE id = p_branch
		AND parent_id = v_party) THEN
		CALL refuse('branch.unknown|branch');
	END IF;
	IF COALESCE(p_id, 0) = 0 THEN
		INSERT INTO party_address (party_id, branch_id, name, contact, phone, address)
			VALUES (v_party, p_branch, p_name, p_contact, p_phone, p_address);
		SET p_id = LAST_INSERT_ID();
	ELSE
		IF NOT EXISTS (SELECT 1 FROM party_address WHERE id = p_id AND party_id = v_party
			AND (v_branch IS NULL OR branch_id = v_branch)) THEN
			LEAVE save;
		END IF;
		UPDATE party_address
		   SET branch_id = p_branch, name = p_name, contact = p_contact, phone = p_phone,
		       address = p_address, status = COALESCE(p_status, status),
		       version = version + 1
		 WHERE id = p_id AND party_id = v_party AND version = COALESCE(p_version, version);
		IF ROW_COUNT() = 0 THEN
			CALL refuse('conflict|version');
		END IF;
	END IF;
	IF p_default = 1 THEN
		UPDATE party_address SET is_default = (id = p_id) WHERE party_id = v_party
			AND kind = 'ship' AND is_default <> (id = p_id);
	END IF;
	SELECT p_id AS id;
END//

-- Makes (p_id 0) or changes a branch of the chain. Its code follows from the company's. Returns id.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_company_branch_save(
	IN p_token VARCHAR(64), IN p_id BIGINT, IN p_version INT, IN p_name VARCHAR(120),
	IN p_phone VARCHAR(30), IN p_address VARCHAR(200), IN p_status VARCHAR(8))
SQL SECURITY DEFINER MODIFIES SQL DATA
save: BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'company.edit', v_user, v_party, v_branch);
	IF v_branch IS NOT NULL THEN
		CALL refuse('forbidden');
	ELSEIF COALESCE(TRIM(p_name), '') = '' THEN
		CALL refuse('required|name');
	END IF;
	IF COALESCE(p_id, 0) = 0 THEN
		INSERT INTO party (code, name, kind, region_code, parent_id, phone, address)
		SELECT CONCAT(LEFT(p.code, 14), '-',
		       (SELECT COUNT(*) + 1 FROM party b WHERE b.parent_id = v_party)),
		       TRIM(p_name), p.kind, p.region_code, p.id, p_phone, p_address
		  FROM party p
		 WHERE p.id = v_party;
		SET p_id = LAST_INSERT_ID();
	ELSE
		IF NOT EXISTS (SELECT 1 FROM party WHERE id = p_id AND parent_id = v_party) THEN
			LEAVE save;
		END IF;
		UPDATE party SET name = TRIM(p_name), phone = p_phone, address = p_address,
			status = COALESCE(p_status, status), version = version + 1
		 WHERE id = p_id AND parent_id = v_party AND version = COALESCE(p_version, version);
		IF ROW_COUNT() = 0 THEN
			CALL refuse('conflict|version');
		END IF;
	END IF;
	SELECT p_id AS id;
END//

DELIMITER ;
