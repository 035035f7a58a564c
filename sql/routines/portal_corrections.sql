-- Portal, corrections of flows: a company appeals against or supplements its own reports, with
-- evidence; the office decides. Named by random ids; a branch user sees none.

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost FUNCTION own_correction(p_party BIGINT,
	p_branch BIGINT, p_id BIGINT) RETURNS BIGINT
SQL SECURITY DEFINER DETERMINISTIC READS SQL DATA
RETURN (SELECT id FROM flow_correction WHERE party_id = p_party AND pid = p_id AND p_branch IS NULL
	AND (origin = 'portal' OR status IN ('waiting', 'approved', 'rejected')))//

-- Sorts: created_at (default, newest first), month.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_corrections_list(
	IN p_token VARCHAR(64), IN p_q VARCHAR(60), IN p_status VARCHAR(10), IN p_sort VARCHAR(32),
	IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_desc TINYINT DEFAULT LEFT(p_sort, 1) = '-';

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT q.*
	  FROM (SELECT c.pid AS id, CASE TRIM(LEADING '-' FROM p_sort) WHEN 'month' THEN c.month
				ELSE CAST(c.created_at AS CHAR) END AS sort_key, c.correction_no,
		       c.created_at, c.month, c.kind, c.line_count, c.qty, c.reason, c.status,
		       c.comment
		  FROM correction_page c
		 WHERE c.party_id = v_party AND v_branch IS NULL
		   AND (c.origin = 'portal' OR c.status IN ('waiting', 'approved', 'rejected'))
		   AND COALESCE(p_status, '') IN ('', c.status)
		   AND (COALESCE(p_q, '') = '' OR c.correction_no LIKE CONCAT(p_q, '%')
		    OR c.reason LIKE CONCAT('%', p_q, '%'))) q
	 WHERE p_after_key IS NULL
	    OR IF(v_desc, q.sort_key < p_after_key OR (q.sort_key = p_after_key AND q.id < p_after_id),
		q.sort_key > p_after_key OR (q.sort_key = p_after_key AND q.id > p_after_id))
	 ORDER BY IF(v_desc, q.sort_key, '') DESC, IF(v_desc, q.id, 0) DESC, q.sort_key, q.id
	 LIMIT p_limit;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_corrections_count(
	IN p_token VARCHAR(64), IN p_q VARCHAR(60), IN p_status VARCHAR(10))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT COUNT(*) AS total
	  FROM (SELECT 1 FROM flow_correction c
		 WHERE c.party_id = v_party AND v_branch IS NULL
		   AND (c.origin = 'portal' OR c.status IN ('waiting', 'approved', 'rejected'))
		   AND COALESCE(p_status, '') IN ('', c.status)
		   AND (COALESCE(p_q, '') = '' OR c.correction_no LIKE CONCAT(p_q, '%')
		    OR c.reason LIKE CONCAT('%', p_q, '%'))
		 LIMIT 1001) x;
END//

-- One correction; behind it its lines. own: 1 when this user may still change it.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_corrections_view(
	IN p_token VARCHAR(64), IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_id BIGINT;

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SET v_id = own_correction(v_party, v_branch, p_id);
	SELECT c.pid AS id, c.correction_no, c.kind, c.month, c.reason, c.status, c.created_at,
	       c.maker, c.decided_at, c.comment, c.book_month, c.evidence, a.token AS file,
	       c.made_by = v_user AND c.origin = 'portal' AS own
	  FROM correction_page c
	  LEFT JOIN attachment a ON a.id = c.attachment_id AND a.party_id = v_party
	 WHERE c.id = v_id;
	SELECT l.id, l.what, l.biz_date, l.counterparty, l.known, l.product, l.unit, l.lot_no, l.qty, l.price,
	       l.corrects, p_id AS correction
	  FROM correction_line_page l
	 WHERE l.correction_id = v_id AND l.sender IS NULL
	 ORDER BY l.id;
END//

-- Months a correction may be about: value, label.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_corrections_months(
	IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'flow.correct', v_user, v_party, v_branch);
	SELECT month AS value, month AS label FROM period_page
	 WHERE month <= LEFT(business_day(), 7) ORDER BY month DESC LIMIT 24;
END//

-- The evidence of a draft.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE correction_evidence(IN p_id BIGINT,
	IN p_name VARCHAR(200), IN p_type VARCHAR(80), IN p_content MEDIUMBLOB)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT INTO attachment (token, party_id, owner_kind, owner_id, name, media_type, size,
		sha256, content, created_by)
	SELECT LOWER(HEX(RANDOM_BYTES(16))), party_id, 'flow_correction', p_id, p_name, p_type,
	       LENGTH(p_content), UNHEX(SHA2(p_content, 256)), p_content, made_by
	  FROM flow_correction WHERE id = p_id;
	UPDATE flow_correction SET attachment_id = LAST_INSERT_ID() WHERE id = p_id;
END//

-- Whom the company means: by a name or code of its own that is matched; NULL: nobody we know.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION correction_meant(p_party BIGINT,
	p_name VARCHAR(200)) RETURNS BIGINT
SQL SECURITY DEFINER DETERMINISTIC READS SQL DATA
RETURN (SELECT MIN(target_id) FROM flow_name
	 WHERE sender_id = p_party AND what = 'party' AND state = 'matched'
	   AND (name = p_name OR (code = p_name AND code <> '')))//

-- A draft, with its evidence. Returns id.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_corrections_new(
	IN p_token VARCHAR(64), IN p_kind VARCHAR(10), IN p_month VARCHAR(7),
	IN p_reason VARCHAR(400), IN p_name VARCHAR(200), IN p_type VARCHAR(80),
	IN p_content MEDIUMBLOB)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_id BIGINT;

	CALL portal_guard(p_token, 'flow.correct', v_user, v_party, v_branch);
	IF v_branch IS NULL THEN
		IF p_kind NOT IN ('appeal', 'supplement') THEN
			CALL refuse('choice|kind');
		ELSEIF p_content IS NULL THEN
			CALL refuse('required|file');
		END IF;
		CALL correction_make(v_party, p_kind, 'portal', REPLACE(p_month, '-', ''), p_reason,
			v_user, v_id);
		CALL correction_evidence(v_id, p_name, p_type, p_content);
		SELECT pid AS id FROM flow_correction WHERE id = v_id;
	END IF;
END//

-- A row of one's own that may be appealed against, or no row: of a product that is matched, and not moved
-- to the company by a decided diversion.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_corrections_row(
	IN p_token VARCHAR(64), IN p_row BIGINT, IN p_month VARCHAR(7))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'flow.correct', v_user, v_party, v_branch);
	SELECT r.id, r.kind, r.biz_date, NULLIF(r.doc_no, '') AS doc_no,
	       COALESCE(c.name, n.name) AS counterparty,
	       CONCAT(p.generic_name, ' ', p.pack_spec) AS product, p.unit,
	       NULLIF(r.lot_no, '') AS lot_no, r.qty AS told, r.price, r.file_name
	  FROM flow_seen r
	  JOIN flow_name n ON n.id = r.party_name_id
	  JOIN product p ON p.id = r.product_id
	  LEFT JOIN party c ON c.id = r.party_id
	 WHERE r.book_period = month_of(p_month) AND r.id = p_row AND r.sender_id = v_party
	   AND v_branch IS NULL AND r.flow_class <> 3;
END//

-- An appeal against such a row, with its evidence, to the office at once. Without counterparty or quantity
-- that part stays. Returns, last, pid.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_corrections_of_row(
	IN p_token VARCHAR(64), IN p_row BIGINT, IN p_month VARCHAR(7), IN p_counterparty VARCHAR(200),
	IN p_norm VARCHAR(200), IN p_qty DECIMAL(18,4), IN p_reason VARCHAR(400),
	IN p_name VARCHAR(200), IN p_type VARCHAR(80), IN p_content MEDIUMBLOB)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_id, v_who BIGINT;

	CALL portal_guard(p_token, 'flow.correct', v_user, v_party, v_branch);
	IF v_branch IS NULL AND EXISTS (SELECT 1 FROM flow_seen
		WHERE book_period = month_of(p_month) AND id = p_row AND sender_id = v_party
		  AND flow_class <> 3) THEN
		IF p_content IS NULL THEN
			CALL refuse('required|file');
		END IF;
		SET v_who = correction_meant(v_party, p_counterparty);
		CALL correction_make(v_party, 'appeal', 'portal', month_of(p_month), p_reason, v_user, v_id);
		CALL correction_evidence(v_id, p_name, p_type, p_content);
		CALL correction_row(v_id, p_row, v_who, IF(v_who IS NULL, p_counterparty, NULL), p_norm,
			p_qty);
		CALL correction_move(v_id, 'waiting');
	END IF;
END//

-- One line of a draft of one's own. The counterparty is named as in the company's own files, or by its
-- code there; one that was never named before by its name and the normal form of that. The product by our
-- code.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_corrections_line(
	IN p_token VARCHAR(64), IN p_id BIGINT, IN p_what VARCHAR(10), IN p_day DATE,
	IN p_counterparty VARCHAR(200), IN p_norm VARCHAR(200), IN p_product VARCHAR(20),
	IN p_lot VARCHAR(40), IN p_qty DECIMAL(18,4), IN p_price DECIMAL(18,4), IN p_doc VARCHAR(40))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_id, v_who, v_which BIGINT;

	CALL portal_guard(p_token, 'flow.correct', v_user, v_party, v_branch);
	SET v_id = (SELECT id FROM flow_correction
		WHERE id = own_correction(v_party, v_branch, p_id) AND made_by = v_user
		  AND status = 'draft');
	IF v_id IS NOT NULL THEN
		SET v_who = correction_meant(v_party, p_counterparty),
		    v_which = (SELECT id FROM product WHERE code = p_product);
		CALL correction_line(v_id, p_what, p_day, v_who, IF(v_who IS NULL, p_counterparty, NULL),
			IF(v_who IS NULL, p_norm, NULL), v_which, p_lot, p_qty, p_price, p_doc);
	END IF;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_corrections_drop(
	IN p_token VARCHAR(64), IN p_id BIGINT, IN p_line BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'flow.correct', v_user, v_party, v_branch);
	DELETE l FROM flow_correction_line l
	  JOIN flow_correction c ON c.id = l.correction_id AND c.status = 'draft'
	   AND c.made_by = v_user
	  JOIN flow_correction_line x ON x.id = p_line AND x.correction_id = c.id
	 WHERE c.id = own_correction(v_party, v_branch, p_id)
	   AND (l.id = x.id OR l.row_id = x.row_id);
	IF ROW_COUNT() > 0 THEN
		SELECT p_id AS id;
	END IF;
END//

-- To the office (waiting), or out of the way (withdrawn).
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_corrections_move(
	IN p_token VARCHAR(64), IN p_id BIGINT, IN p_status VARCHAR(10))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_id BIGINT;

	CALL portal_guard(p_token, 'flow.correct', v_user, v_party, v_branch);
	SET v_id = (SELECT id FROM flow_correction
		WHERE id = own_correction(v_party, v_branch, p_id) AND made_by = v_user);
	IF v_id IS NOT NULL AND p_status IN ('waiting', 'withdrawn') THEN
		CALL correction_move(v_id, p_status);
	END IF;
END//

DELIMITER ;
