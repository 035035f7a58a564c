-- Portal, flow files: a company's own reports, named by their random ids. Made by people
-- and, with a key, by their machines. A branch user sees none: they are the company's. What a diversion of
-- another's credits the company with is a file of nobody (created_by NULL): no report of theirs.

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost FUNCTION own_flow_file(p_party BIGINT,
	p_branch BIGINT, p_id BIGINT) RETURNS BIGINT
SQL SECURITY DEFINER DETERMINISTIC READS SQL DATA
RETURN (SELECT id FROM flow_file WHERE party_id = p_party AND pid = p_id AND p_branch IS NULL
	AND NOT (origin = 'correction' AND created_by IS NULL))//

-- The company's files. p_q: part of the name; p_status: a status, or `waiting` (a person has to
-- act); p_month: yyyy-mm. Sorts: created_at (default, newest first), name, month.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_uploads_list(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_kind VARCHAR(10), IN p_status VARCHAR(12), IN p_month VARCHAR(7),
	IN p_sort VARCHAR(32), IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_desc TINYINT DEFAULT LEFT(p_sort, 1) = '-';
	DECLARE v_period INT DEFAULT REPLACE(NULLIF(p_month, ''), '-', '');

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SET p_q = NULLIF(p_q, ''), p_kind = NULLIF(p_kind, ''), p_status = NULLIF(p_status, '');
	SELECT q.id, q.sort_key, q.name, q.kind, q.month, q.date_from, q.date_to, q.status,
	       q.rows_total, q.rows_bad, q.rows_warned, q.matched, q.created_at, q.made_by, q.origin,
	       q.size, IF(q.status IN ('mapping', 'checked', 'failed'), 'attention', NULL) AS flag
	  FROM (SELECT f.pid AS id, f.name, f.kind,
		       CONCAT(LEFT(f.book_period, 4), '-', RIGHT(f.book_period, 2)) AS month,
		       f.date_from, f.date_to, f.status, f.rows_total, f.rows_bad, f.rows_warned,
		       IF(f.status <> 'imported' OR f.qty_total = 0, NULL,
				ROUND(f.qty_matched / f.qty_total, 4)) AS matched,
		       f.created_at, u.name AS made_by, f.origin, f.size,
		       CASE TRIM(LEADING '-' FROM p_sort) WHEN 'name' THEN f.name
				WHEN 'month' THEN CAST(f.book_period AS CHAR)
				ELSE CAST(f.created_at AS CHAR) END AS sort_key
		  FROM flow_file f
		  LEFT JOIN app_user u ON u.id = f.created_by
		 WHERE f.party_id = v_party AND v_branch IS NULL
		   AND NOT (f.origin = 'correction' AND f.created_by IS NULL)
		   AND (p_kind IS NULL OR f.kind = p_kind)
		   AND (p_status IS NULL OR f.status = p_status OR (p_status = 'waiting'
			AND f.status IN ('mapping', 'checked', 'failed')))
		   AND (v_period IS NULL OR f.book_period = v_period)
		   AND (p_q IS NULL OR f.name LIKE CONCAT('%', p_q, '%'))) q
	 WHERE p_after_key IS NULL
	    OR IF(v_desc, q.sort_key < p_after_key OR (q.sort_key = p_after_key AND q.id < p_after_id),
		q.sort_key > p_after_key OR (q.sort_key = p_after_key AND q.id > p_after_id))
	 ORDER BY IF(v_desc, q.sort_key, '') DESC, IF(v_desc, q.id, 0) DESC, q.sort_key, q.id
	 LIMIT p_limit;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_uploads_count(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_kind VARCHAR(10), IN p_status VARCHAR(12), IN p_month VARCHAR(7))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_period INT DEFAULT REPLACE(NULLIF(p_month, ''), '-', '');

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT COUNT(*) AS total
	  FROM (SELECT 1 FROM flow_file f
		 WHERE f.party_id = v_party AND v_branch IS NULL
		   AND NOT (f.origin = 'correction' AND f.created_by IS NULL)
		   AND (NULLIF(p_kind, '') IS NULL OR f.kind = p_kind)
		   AND (NULLIF(p_status, '') IS NULL OR f.status = p_status OR (p_status = 'waiting'
			AND f.status IN ('mapping', 'checked', 'failed')))
		   AND (v_period IS NULL OR f.book_period = v_period)
		   AND (NULLIF(p_q, '') IS NULL OR f.name LIKE CONCAT('%', p_q, '%'))
		 LIMIT 1001) q;
END//

-- For the form: the company (code, name); the months to choose from (value, label), the one to
-- propose first.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_uploads_new(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'flow.upload', v_user, v_party, v_branch);
	SELECT code, name FROM party WHERE id = v_party;
	CALL flow_months();
END//

-- Begins a file, see flow_take(); returns id, the random one. p_adds_to: 0, or the file whose bad
-- rows these are. No row: that one is not the company's.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_uploads_open(IN p_token VARCHAR(64),
	IN p_kind VARCHAR(10), IN p_month VARCHAR(7), IN p_from DATE, IN p_to DATE,
	IN p_name VARCHAR(200), IN p_format VARCHAR(4), IN p_adds_to BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
opening: BEGIN
	DECLARE v_user, v_party, v_branch, v_base, v_id BIGINT;

	CALL portal_guard(p_token, 'flow.upload', v_user, v_party, v_branch);
	IF v_branch IS NOT NULL THEN
		CALL refuse('forbidden');
	END IF;
	SET v_base = own_flow_file(v_party, v_branch, NULLIF(p_adds_to, 0));
	IF p_adds_to <> 0 AND v_base IS NULL THEN
		LEAVE opening;
	END IF;
	CALL flow_take(v_party, IF(p_token LIKE 'xok\_%', 'api', 'portal'), p_kind, p_month, p_from,
		p_to, p_name, p_format, v_base, v_id);
	SELECT pid AS id FROM flow_file WHERE id = v_id;
END//

-- The next piece of a file that is coming in, at most 1 MiB.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_uploads_piece(IN p_token VARCHAR(64),
	IN p_id BIGINT, IN p_seq INT, IN p_content MEDIUMBLOB)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'flow.upload', v_user, v_party, v_branch);
	INSERT INTO flow_blob (file_id, seq, content)
	SELECT id, p_seq, p_content FROM flow_file
	 WHERE id = own_flow_file(v_party, v_branch, p_id) AND size = 0
	   AND LENGTH(p_content) <= 1048576;
END//

-- Ends it: see flow_taken(); id is the random one.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_uploads_close(IN p_token VARCHAR(64),
	IN p_id BIGINT, IN p_size INT, IN p_sha256 BINARY(32))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_id BIGINT;

	CALL portal_guard(p_token, 'flow.upload', v_user, v_party, v_branch);
	SET v_id = own_flow_file(v_party, v_branch, p_id);
	IF EXISTS (SELECT 1 FROM flow_file WHERE id = v_id AND size = 0) THEN
		CALL flow_taken(v_id, p_size, p_sha256);
	END IF;
END//

-- One file: see flow_file_parts().
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_uploads_view(IN p_token VARCHAR(64),
	IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	CALL flow_file_parts(own_flow_file(v_party, v_branch, p_id));
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_uploads_rejects(
	IN p_token VARCHAR(64), IN p_id BIGINT, IN p_severity VARCHAR(8), IN p_code VARCHAR(12),
	IN p_after INT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	CALL flow_rejects(own_flow_file(v_party, v_branch, p_id), p_severity, p_code, p_after,
		p_limit);
END//

-- What is done with a file: see flow_file_step().
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_uploads_do(IN p_token VARCHAR(64),
	IN p_id BIGINT, IN p_version INT, IN p_do VARCHAR(8), IN p_header INT, IN p_text VARCHAR(2000))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'flow.upload', v_user, v_party, v_branch);
	CALL flow_file_step(own_flow_file(v_party, v_branch, p_id), p_version, p_do, p_header, p_text);
END//

-- The company's months of a year, newest first: what is there of each, how far it is, who confirmed it;
-- open_month where it may be confirmed now.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_uploads_months(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'flow.view', v_user, v_party, v_branch);
	SELECT d.period AS id, INSERT(d.period, 5, 0, '-') AS month, d.purchase, d.sale, d.stock, d.stage,
	       (SELECT FLOOR(10000 * SUM(f.rows_matched)
			/ NULLIF(SUM(f.rows_total - f.rows_bad - f.rows_foreign), 0)) / 10000
		  FROM flow_file f WHERE f.book_period = d.period AND f.party_id = v_party
		   AND f.status = 'imported') AS matched,
	       (SELECT SUM(m.qty) FROM flow_month m WHERE m.book_period = d.period
		   AND m.kind = 'purchase' AND m.sender_id = v_party) AS bought,
	       (SELECT SUM(m.qty) FROM flow_month m WHERE m.book_period = d.period
		   AND m.kind = 'sale' AND m.sender_id = v_party) AS sold,
	       d.confirmed_at, IF(d.confirm_site = 'portal', u.name, NULL) AS confirmed_by, d.undone_at,
	       IF(d.stage = 'matched' AND d.period_status IN ('open', 'review'),
		INSERT(d.period, 5, 0, '-'), NULL) AS open_month
	  FROM flow_stage d
	  LEFT JOIN app_user u ON u.id = d.confirmed_by
	 WHERE d.party_id = v_party AND v_branch IS NULL AND d.starts_on <= business_day()
	 ORDER BY d.period DESC LIMIT 12;
END//

-- The company confirms its month as it stands.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_uploads_confirm(IN p_token VARCHAR(64),
	IN p_month VARCHAR(7))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'flow.upload', v_user, v_party, v_branch);
	IF v_branch IS NULL THEN
		CALL flow_confirm_set(v_party, month_of(p_month), 'portal', NULL, v_user);
	END IF;
END//

DELIMITER ;
