-- Portal, cases of diversion: what a company was told about, and its explanation with evidence.

DELIMITER //

-- Sorts: explain_by (default).
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_flowcases_list(
	IN p_token VARCHAR(64), IN p_status VARCHAR(10), IN p_sort VARCHAR(32),
	IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_desc TINYINT DEFAULT LEFT(p_sort, 1) = '-';

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT q.*
	  FROM (SELECT c.pid AS id, CAST(c.explain_by AS CHAR) AS sort_key, c.month, c.product,
		       c.terminal, c.qty, c.unit, c.explain_by, c.status
		  FROM case_page c
		 WHERE c.party_id = v_party AND v_branch IS NULL AND c.notified_at IS NOT NULL
		   AND COALESCE(p_status, '') IN ('', c.status)) q
	 WHERE p_after_key IS NULL
	    OR IF(v_desc, q.sort_key < p_after_key OR (q.sort_key = p_after_key AND q.id < p_after_id),
		q.sort_key > p_after_key OR (q.sort_key = p_after_key AND q.id > p_after_id))
	 ORDER BY IF(v_desc, q.sort_key, '') DESC, IF(v_desc, q.id, 0) DESC, q.sort_key, q.id
	 LIMIT p_limit;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_flowcases_count(
	IN p_token VARCHAR(64), IN p_status VARCHAR(10))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT COUNT(*) AS total FROM flow_case
	 WHERE party_id = v_party AND v_branch IS NULL AND notified_at IS NOT NULL
	   AND COALESCE(p_status, '') IN ('', status);
END//

-- One case; behind it its rows.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_flowcases_view(
	IN p_token VARCHAR(64), IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_id BIGINT;

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SET v_id = (SELECT id FROM flow_case WHERE party_id = v_party AND pid = p_id
		AND v_branch IS NULL AND notified_at IS NOT NULL);
	SELECT c.pid AS id, c.version, c.month, c.product, c.terminal, c.region, c.sold_qty, c.whole_qty, c.usual_qty,
	       c.listed_qty, c.unit, c.amount,
	       c.territory, c.lot, c.price, c.peak, c.explain_by, c.status, c.explanation, c.explained_at,
	       c.evidence, a.token AS file, c.comment, c.decided_at
	  FROM case_page c
	  LEFT JOIN attachment a ON a.id = c.attachment_id AND a.party_id = v_party
	 WHERE c.id = v_id;
	SELECT r.id, r.biz_date, n.name AS as_told, r.lot_no, r.qty, r.price, r.doc_no
	  FROM flow_case_row s
	  JOIN flow_row r ON r.book_period = s.book_period AND r.id = s.row_id
	  JOIN flow_name n ON n.id = r.party_name_id
	 WHERE s.case_id = v_id
	 ORDER BY r.biz_date, r.id;
END//

-- The company's explanation, once; evidence if it has some.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_flowcases_explain(
	IN p_token VARCHAR(64), IN p_id BIGINT, IN p_text VARCHAR(1000), IN p_name VARCHAR(200),
	IN p_type VARCHAR(80), IN p_content MEDIUMBLOB)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_id, v_file BIGINT;

	CALL portal_guard(p_token, 'flow.correct', v_user, v_party, v_branch);
	SET v_id = (SELECT id FROM flow_case WHERE party_id = v_party AND pid = p_id
		AND v_branch IS NULL AND status = 'notified' FOR UPDATE);
	IF v_id IS NOT NULL THEN
		IF COALESCE(TRIM(p_text), '') = '' THEN
			CALL refuse('required|explanation');
		END IF;
		IF p_content IS NOT NULL THEN
			INSERT INTO attachment (token, party_id, owner_kind, owner_id, name, media_type,
				size, sha256, content, created_by)
			VALUES (LOWER(HEX(RANDOM_BYTES(16))), v_party, 'flow_case', v_id, p_name,
				p_type, LENGTH(p_content), UNHEX(SHA2(p_content, 256)), p_content, v_user);
			SET v_file = LAST_INSERT_ID();
		END IF;
		UPDATE flow_case
		   SET status = 'explained', explanation = p_text, attachment_id = v_file,
		       explained_by = v_user, explained_at = UTC_TIMESTAMP(6), version = version + 1
		 WHERE id = v_id;
		INSERT INTO notification (user_id, kind, args, href)
		SELECT notified_by, 'case.explained', CONCAT('who=', seller, '|month=', month),
		       CONCAT('/diversions/view?id=', id)
		  FROM case_page WHERE id = v_id;
		SELECT p_id AS id;
	END IF;
END//

DELIMITER ;
