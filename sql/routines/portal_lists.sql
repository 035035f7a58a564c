-- Portal, saved lists (E03): templates for orders, shared in the company or private.

DELIMITER //

-- All of them: id, name, private, owner (shared, private), version, updated_at, line_count.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_lists_list(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	SELECT s.id, s.name, s.user_id IS NOT NULL AS private,
	       IF(s.user_id IS NULL, 'shared', 'private') AS owner, s.version, s.updated_at,
	       (SELECT COUNT(*) FROM saved_list_line l WHERE l.list_id = s.id) AS line_count
	  FROM saved_list s
	 WHERE s.party_id = v_party AND (s.user_id IS NULL OR s.user_id = v_user)
	 ORDER BY s.name;
END//

-- One, two results: the list (mine: made by this person, who may keep it to himself); its
-- lines as lines_judge() shows lines.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_lists_view(
	IN p_token VARCHAR(64), IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_warehouse BIGINT;
	DECLARE v_lines LONGTEXT;

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	SELECT COALESCE(warehouse_id, param_int('order.warehouse', 1)) INTO v_warehouse
	       FROM customer WHERE party_id = v_party;
	SELECT s.id, s.name, s.user_id IS NOT NULL AS private, s.version, s.updated_at,
	       s.created_by <=> v_user AS mine
	  FROM saved_list s
	 WHERE s.party_id = v_party AND s.id = p_id AND (s.user_id IS NULL OR s.user_id = v_user);
	SELECT CONCAT('[', COALESCE(GROUP_CONCAT(JSON_OBJECT('row', l.line_no, 'product',
	       l.product_id, 'qty', l.qty) ORDER BY l.line_no), ''), ']') INTO v_lines
	  FROM saved_list_line l
	  JOIN saved_list s ON s.id = l.list_id AND (s.user_id IS NULL OR s.user_id = v_user)
	 WHERE l.party_id = v_party AND l.list_id = p_id;
	CALL lines_judge(v_party, v_warehouse, business_day(), v_lines);
END//

-- Makes (p_id 0) or changes a list. p_lines: JSON array of {"row":n, "code":"…" or "product":id,
-- "qty":n}; NULL leaves them.
-- Returns id.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_lists_save(
	IN p_token VARCHAR(64), IN p_id BIGINT, IN p_version INT, IN p_name VARCHAR(60),
		IN p_private TINYINT,
	IN p_lines LONGTEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
save: BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_bad VARCHAR(60);
	DECLARE v_day DATE DEFAULT business_day();

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	IF COALESCE(TRIM(p_name), '') = '' THEN
		CALL refuse('required|name');
	END IF;
	IF COALESCE(p_id, 0) = 0 THEN
		INSERT INTO saved_list (party_id, name, user_id, created_by)
			VALUES (v_party, TRIM(p_name), IF(p_private = 1, v_user, NULL), v_user);
		SET p_id = LAST_INSERT_ID();
	ELSE
		IF NOT EXISTS (SELECT 1 FROM saved_list WHERE id = p_id AND party_id = v_party
			AND (user_id IS NULL OR user_id = v_user)) THEN
			LEAVE save;
		ELSEIF p_private = 1 AND NOT EXISTS (SELECT 1 FROM saved_list WHERE id = p_id
			AND party_id = v_party AND v_user IN (user_id, created_by)) THEN
			CALL refuse('list.maker|private');
		END IF;
		UPDATE saved_list SET name = TRIM(p_name),
			user_id = IF(p_private = 1, v_user, NULL), version = version + 1
		 WHERE id = p_id AND party_id = v_party AND version = COALESCE(p_version, version);
		IF ROW_COUNT() = 0 THEN
			CALL refuse('conflict|version');
		END IF;
	END IF;
	IF p_lines IS NOT NULL THEN
		SELECT IF(q.qty IS NULL OR q.qty < 1, CONCAT('qty.missing|qty.', q.row),
		       CONCAT('code.unknown|code.', q.row)) INTO v_bad
		  FROM (SELECT COALESCE(j.row, j.n) AS row, j.qty,
				COALESCE(j.product,
					(SELECT id FROM product p
						WHERE p.code = j.code)) AS product_id
			  FROM JSON_TABLE(p_lines, '$[*]'
					COLUMNS (n FOR ORDINALITY, row INT PATH '$.row',
						code VARCHAR(40) PATH '$.code',
				product BIGINT PATH '$.product', qty INT PATH '$.qty')) j) q
		 WHERE q.qty IS NULL OR q.qty < 1 OR q.product_id IS NULL
		   OR NOT product_visible_to(v_party, q.product_id, v_day)
		 ORDER BY q.row
		 LIMIT 1;
		IF v_bad IS NOT NULL THEN
			CALL refuse(v_bad);
		END IF;
		DELETE FROM saved_list_line WHERE list_id = p_id AND party_id = v_party;
		INSERT INTO saved_list_line (party_id, list_id, product_id, line_no, qty)
		SELECT v_party, p_id, COALESCE(j.product,
		       (SELECT id FROM product p WHERE p.code = j.code)), j.n, j.qty
		  FROM JSON_TABLE(p_lines, '$[*]'
				COLUMNS (n FOR ORDINALITY, code VARCHAR(40) PATH '$.code',
					product BIGINT PATH '$.product', qty INT PATH '$.qty')) j
		    ON DUPLICATE KEY UPDATE qty = saved_list_line.qty + VALUES(qty);
	END IF;
	SELECT p_id AS id;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_lists_delete(
	IN p_token VARCHAR(64), IN p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	DELETE FROM saved_list WHERE id = p_id AND party_id = v_party
		AND (user_id IS NULL OR user_id = v_user);
	SELECT 1 AS good FROM (SELECT ROW_COUNT() AS n) q WHERE q.n = 1;
END//

DELIMITER ;
