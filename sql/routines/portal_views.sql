-- Portal: views of a list that a person keeps. The query is text of the program, which sieves it on the way in and out.

DELIMITER //

-- Own views of a page, then those colleagues share: id, name, query, shared, mine.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_view_list(IN p_token VARCHAR(64), IN p_page VARCHAR(60))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	SELECT v.id, v.name, v.query, v.shared_for IS NOT NULL AS shared, 1 AS mine
	  FROM saved_view v
	 WHERE v.user_id = v_user AND v.page = p_page
	 UNION ALL
	SELECT v.id, v.name, v.query, 1, 0
	  FROM saved_view v
	  JOIN app_user u ON u.id = v.user_id AND u.party_id = v_party AND u.status = 'active'
	 WHERE v.shared_for = v_party AND v.page = p_page AND v.user_id <> v_user
	 ORDER BY mine DESC, name
	 LIMIT 60;
END//

-- Keeps a query under a name; a name that is there is written over. Sharing without view.share keeps it to oneself.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_view_keep(IN p_token VARCHAR(64), IN p_page VARCHAR(60),
	IN p_name VARCHAR(40), IN p_query VARCHAR(1000), IN p_shared TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	INSERT INTO saved_view (user_id, page, name, query, shared_for)
	VALUES (v_user, p_page, p_name, p_query, IF(p_shared AND holds_permission(v_user, 'view.share'), v_party, NULL))
	    ON DUPLICATE KEY UPDATE query = VALUES(query), shared_for = VALUES(shared_for);
	SELECT 1 AS good;
END//

-- Another name, shared or not; good 0: no view of this person.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_view_rename(IN p_token VARCHAR(64), IN p_page VARCHAR(60),
	IN p_name VARCHAR(40), IN p_shared TINYINT, IN p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_good INT;

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	SELECT COUNT(*) INTO v_good FROM saved_view WHERE id = p_id AND page = p_page AND user_id = v_user;
	UPDATE saved_view
	   SET name = p_name, shared_for = IF(p_shared AND holds_permission(v_user, 'view.share'), v_party, NULL)
	 WHERE id = p_id AND page = p_page AND user_id = v_user;
	SELECT v_good AS good;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_view_drop(IN p_token VARCHAR(64), IN p_page VARCHAR(60), IN p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, '', v_user, v_party, v_branch);
	DELETE FROM saved_view WHERE id = p_id AND page = p_page AND user_id = v_user;
	SELECT ROW_COUNT() AS good;
END//

-- Whether a user holds a permission by one of his roles.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION holds_permission(p_user BIGINT, p_permission VARCHAR(40)) RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN EXISTS (SELECT 1 FROM user_role ur JOIN role_permission rp ON rp.role_id = ur.role_id
	WHERE ur.user_id = p_user AND rp.permission = p_permission)//

DELIMITER ;
