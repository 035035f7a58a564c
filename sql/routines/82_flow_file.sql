-- Flow files between people and the importer: taken in, mapped, let go, taken back; and
-- who owes which file. The importer (81) does the rest. @actor_id says who it was.

DELIMITER //

-- What the name of a file says (DOMAIN 2.2): SM|PM|IM_<code>_<name>_<yyyymmdd>. p_part: kind,
-- code or day (yyyy-mm-dd); NULL where the name follows no such rule.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION flow_name_part(p_name VARCHAR(200),
	p_part VARCHAR(4)) RETURNS VARCHAR(60)
SQL SECURITY DEFINER DETERMINISTIC NO SQL
BEGIN
	IF p_name NOT REGEXP '^[SPIspi][MDmd]_[^_]{1,60}_.*[0-9]{8}' THEN
		RETURN NULL;
	END IF;
	RETURN CASE p_part
		WHEN 'kind' THEN ELT(FIELD(UPPER(LEFT(p_name, 1)), 'P', 'S', 'I'), 'purchase', 'sale',
			'stock')
		WHEN 'code' THEN SUBSTRING_INDEX(SUBSTRING_INDEX(p_name, '_', 2), '_', -1)
		ELSE (SELECT DATE_FORMAT(STR_TO_DATE(d, '%Y%m%d'), '%Y-%m-%d')
			FROM (SELECT RIGHT(REGEXP_SUBSTR(p_name, '^.*[0-9]{8}'), 8) AS d) q)
		END;
END//

-- Months files may come in for: value yyyy-mm, label, the one to propose first. That is last
-- month while it is collected or reviewed, else this one.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_months()
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_day DATE DEFAULT business_day();

	SELECT DATE_FORMAT(m.first, '%Y-%m') AS value, DATE_FORMAT(m.first, '%Y-%m') AS label
	  FROM (SELECT starts_on AS first FROM period
		 WHERE status IN ('open', 'review') AND starts_on <= v_day
		 UNION
		SELECT v_day - INTERVAL DAY(v_day) - 1 DAY
		 UNION
		SELECT v_day - INTERVAL DAY(v_day) - 1 DAY - INTERVAL 1 MONTH) m
	  LEFT JOIN period p ON p.starts_on = m.first
	 WHERE COALESCE(p.status, 'open') IN ('open', 'review')
	 ORDER BY v_day BETWEEN LAST_DAY(m.first) AND COALESCE(p.review_by, LAST_DAY(m.first)
		+ INTERVAL param_int('flow.review_days', 8) DAY) DESC, m.first DESC;
END//

-- The same for the office.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_file_months()
SQL SECURITY DEFINER READS SQL DATA
CALL flow_months()//

-- Begins a file: what it is and which days it covers, before its bytes. What is left empty
-- (kind, month '') is read off the file's name; days not given are the whole month.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_take(IN p_party BIGINT,
	IN p_origin VARCHAR(10), IN p_kind VARCHAR(10), IN p_month VARCHAR(7), IN p_from DATE,
	IN p_to DATE, IN p_name VARCHAR(200), IN p_format VARCHAR(4), IN p_adds_to BIGINT,
	OUT p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_kind VARCHAR(10) DEFAULT flow_name_part(p_name, 'kind');
	DECLARE v_code VARCHAR(60) DEFAULT flow_name_part(p_name, 'code');
	DECLARE v_named DATE DEFAULT flow_name_part(p_name, 'day');
	DECLARE v_first, v_last DATE;
	DECLARE v_status, v_base_month VARCHAR(8);
	DECLARE v_base_kind VARCHAR(10);

	IF COALESCE(p_kind, '') = '' AND v_kind IS NULL THEN
		CALL refuse('flow.kind|kind');
	ELSEIF COALESCE(p_kind, v_kind) <> v_kind THEN
		CALL refuse(CONCAT('flow.kind_name|kind|name=', p_name));
	ELSEIF v_code <> (SELECT code FROM party WHERE id = p_party) THEN
		CALL refuse(CONCAT('flow.name_code|file|code=', v_code));
	END IF;
	-- corrected rows stand and fall with their file: its kind, month and days are theirs
	IF p_adds_to IS NOT NULL THEN
		SELECT COALESCE(adds_to, id), kind, date_from, date_to, DATE_FORMAT(date_from, '%Y-%m')
		  INTO p_adds_to, v_base_kind, p_from, p_to, v_base_month
		  FROM flow_file WHERE id = p_adds_to;
		IF COALESCE(NULLIF(p_kind, ''), v_kind) <> v_base_kind
		    OR COALESCE(NULLIF(p_month, ''), v_base_month) <> v_base_month THEN
			CALL refuse(CONCAT('flow.addition|month|month=', v_base_month));
		END IF;
	END IF;
	SET v_first = COALESCE(STR_TO_DATE(CONCAT(NULLIF(p_month, ''), '-01'), '%Y-%m-%d'),
		p_from - INTERVAL DAY(p_from) - 1 DAY, v_named - INTERVAL DAY(v_named) - 1 DAY);
	IF v_first IS NULL THEN
		CALL refuse('flow.month|month');
	END IF;
	SET v_last = LAST_DAY(v_first), p_from = COALESCE(p_from, v_first),
	    p_to = COALESCE(p_to, v_last);
	IF p_from < v_first OR p_from > v_last THEN
		CALL refuse(CONCAT('flow.days|from|first=', v_first, '|last=', v_last));
	ELSEIF p_to < p_from OR p_to > v_last THEN
		CALL refuse(CONCAT('flow.days|to|first=', p_from, '|last=', v_last));
	ELSEIF v_named NOT BETWEEN v_first AND v_last + INTERVAL 31 DAY THEN
		CALL refuse(CONCAT('flow.name_month|month|day=', v_named));
	ELSEIF v_first > business_day() THEN
		CALL refuse('flow.future|month');
	END IF;
	CALL period_ensure(YEAR(v_first) * 100 + MONTH(v_first));
	SELECT status INTO v_status
	  FROM period
	 WHERE period = YEAR(v_first) * 100 + MONTH(v_first)
	   LOCK IN SHARE MODE;
	IF v_status NOT IN ('open', 'review') THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', DATE_FORMAT(v_first, '%Y-%m')));
	END IF;
	INSERT INTO flow_file (party_id, kind, origin, name, format, size, sha256, book_period,
		date_from, date_to, adds_to, created_by)
	VALUES (p_party, COALESCE(NULLIF(p_kind, ''), v_kind), p_origin, p_name, p_format, 0,
		RANDOM_BYTES(32), YEAR(v_first) * 100 + MONTH(v_first), p_from, p_to,
		p_adds_to, @actor_id);
	SET p_id = LAST_INSERT_ID();
END//

-- Ends a file whose bytes are in. Returns id, pid and again: 1 where the same bytes are
-- there already; then they are those of the file that is told, and nothing should stay of this one.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_taken(IN p_id BIGINT, IN p_size INT,
	IN p_sha256 BINARY(32))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_same BIGINT DEFAULT NULL;

	SELECT o.id INTO v_same
	  FROM flow_file f
	  JOIN flow_file o ON o.party_id = f.party_id AND o.kind = f.kind
	   AND o.book_period = f.book_period AND o.live_key = p_sha256 AND o.id <> f.id
	 WHERE f.id = p_id
	 LIMIT 1;
	IF v_same IS NULL THEN
		UPDATE flow_file SET size = p_size, sha256 = p_sha256 WHERE id = p_id;
	END IF;
	SELECT id, pid, v_same IS NOT NULL AS again FROM flow_file WHERE id = COALESCE(v_same, p_id);
END//

-- Imported files with days in common with this one, and what becomes of each when it is imported
-- (fate: replaced; partly: it cannot be, see flow_file_whole()): id, pid, name, date_from, date_to,
-- row_count, imported_at, fate.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_replaced(IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
SELECT o.id, o.pid, o.name, o.date_from, o.date_to, o.rows_total - o.rows_bad AS row_count,
       o.imported_at, IF(o.date_from < f.date_from OR o.date_to > f.date_to, 'partly', 'replaced') AS fate
  FROM flow_file f
  JOIN flow_file o ON o.book_period = f.book_period AND o.party_id = f.party_id
   AND o.kind = f.kind AND o.status = 'imported' AND o.origin <> 'correction' AND o.id <> f.id
   AND o.date_from <= f.date_to AND o.date_to >= f.date_from
 WHERE f.id = p_id AND f.adds_to IS NULL
 ORDER BY o.id//

-- All a page says of one file, in eight results:
-- the file; the heads, a row for each cell (row_no, n, v); the mapping (field, n);
-- issues by code (code, severity, row_count); the first bad rows, a row for each cell of those;
-- what it would replace; what replaced or completes it; its story (at, kind, actor).
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_file_parts(IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT f.id, f.pid, f.party_id, y.code AS sender_code, y.name AS sender, f.kind, f.origin,
	       f.name, f.format, f.size,
	       CONCAT(LEFT(f.book_period, 4), '-', RIGHT(f.book_period, 2)) AS month,
	       f.date_from, f.date_to, f.header_row, f.mapping, f.status, f.mode, f.error,
	       f.rows_total, f.rows_bad, f.rows_warned, f.rows_done, f.rows_matched,
	       f.rows_total - f.rows_bad AS rows_good, f.qty_total, f.qty_matched,
	       IF(f.qty_total = 0, NULL, ROUND(f.qty_matched / f.qty_total, 4)) AS matched,
	       f.adds_to, (SELECT COUNT(*) FROM flow_file a
			WHERE a.adds_to = f.id AND a.status = 'imported') AS additions,
	       f.version, f.created_at, c.name AS made_by, f.imported_at,
	       i.name AS imported_by, p.status AS period_status,
	       p.status IN ('open', 'review') AS is_open,
	       f.worker IS NOT NULL AND f.worker_seen > UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE AS worked_on
	  FROM flow_file f
	  JOIN party y ON y.id = f.party_id
	  JOIN period p ON p.period = f.book_period
	  LEFT JOIN app_user c ON c.id = f.created_by
	  LEFT JOIN app_user i ON i.id = f.imported_by
	 WHERE f.id = p_id;
	SELECT h.row_no, j.n - 1 AS n, j.v
	  FROM flow_head h,
	       JSON_TABLE(h.cells, '$[*]' COLUMNS (n FOR ORDINALITY, v VARCHAR(200) PATH '$')) j
	 WHERE h.file_id = p_id
	 ORDER BY h.row_no, j.n;
	SELECT k.field, JSON_VALUE(f.mapping, CONCAT('$.', k.field)) AS n
	  FROM flow_file f,
	       JSON_TABLE(JSON_KEYS(f.mapping), '$[*]' COLUMNS (field VARCHAR(40) PATH '$')) k
	 WHERE f.id = p_id;
	SELECT code, severity, row_count, first_row
	  FROM flow_issue
	 WHERE file_id = p_id
	 ORDER BY severity, row_count DESC, code;
	SELECT r.row_no, r.issues, r.severity, j.n - 1 AS n, j.v
	  FROM (SELECT row_no, issues, severity, cells FROM flow_reject
		 WHERE file_id = p_id ORDER BY severity, row_no LIMIT 10) r,
	       JSON_TABLE(r.cells, '$[*]' COLUMNS (n FOR ORDINALITY, v VARCHAR(200) PATH '$')) j
	 ORDER BY r.severity, r.row_no, j.n;
	CALL flow_replaced(p_id);
	SELECT o.id, o.pid, o.name, o.status, o.created_at, o.rows_total - o.rows_bad AS row_count,
	       IF(o.adds_to = p_id, 'addition', IF(o.id = f.adds_to, 'base', 'successor')) AS relation
	  FROM flow_file f
	  JOIN flow_file o ON o.id = f.superseded_by OR o.id = f.adds_to OR o.adds_to = f.id
	 WHERE f.id = p_id AND o.status <> 'discarded'
	 ORDER BY o.id;
	SELECT a.at, CONCAT('flow.', JSON_VALUE(a.after_value, '$.status')) AS kind, u.name AS actor, NULL AS note
	  FROM audit_log a
	  LEFT JOIN app_user u ON u.id = a.actor_id
	 WHERE a.entity = 'flow_file' AND a.entity_id = p_id
	   AND JSON_VALUE(a.after_value, '$.status') IS NOT NULL
	 ORDER BY a.id;
END//

-- The same for the office, which asks within its scope first.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_file_view(IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
CALL flow_file_parts(p_id)//

-- Rows with errors or warnings (p_severity, p_code: '' for all) behind line p_after, as received:
-- row_no, severity, issues, and a row for each cell (n, v); p_limit lines.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_rejects(IN p_id BIGINT,
	IN p_severity VARCHAR(8), IN p_code VARCHAR(12), IN p_after INT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
SELECT r.row_no, r.severity, r.issues, j.n - 1 AS n, j.v
  FROM (SELECT row_no, severity, issues, cells FROM flow_reject
	 WHERE file_id = p_id AND row_no > p_after AND p_severity IN ('', severity)
	   AND (p_code = '' OR issues LIKE CONCAT('%', p_code, ':%'))
	 ORDER BY row_no LIMIT p_limit) r,
       JSON_TABLE(r.cells, '$[*]' COLUMNS (n FOR ORDINALITY, v TEXT PATH '$')) j
 ORDER BY r.row_no, j.n//

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_file_rejects(IN p_id BIGINT,
	IN p_severity VARCHAR(8), IN p_code VARCHAR(12), IN p_after INT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
CALL flow_rejects(p_id, p_severity, p_code, p_after, p_limit)//

-- What a person does with a file; p_do: map, go, discard, undo (never what an approved correction made).
-- Returns id when it was done; no row: the page was stale. p_text: map: the mapping as JSON; go: strict
-- or skip.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_file_step(IN p_id BIGINT,
	IN p_version INT, IN p_do VARCHAR(8), IN p_header INT, IN p_text VARCHAR(2000))
SQL SECURITY DEFINER MODIFIES SQL DATA
step: BEGIN
	DECLARE v_status, v_period, v_origin VARCHAR(12);
	DECLARE v_version, v_total, v_bad, v_month INT;

	IF p_do = 'undo' THEN
		CALL flow_turn_file(p_id);
	END IF;
	SELECT f.status, f.version, f.rows_total, f.rows_bad, f.book_period, f.origin
	  INTO v_status, v_version, v_total, v_bad, v_month, v_origin
	  FROM flow_file f
	 WHERE f.id = p_id
	   FOR UPDATE;
	SELECT status INTO v_period FROM period WHERE period = v_month LOCK IN SHARE MODE;
	IF v_period NOT IN ('open', 'review') AND p_do <> 'discard' THEN
		CALL refuse(CONCAT('flow.month_closed|month|month=', LEFT(v_month, 4), '-',
			RIGHT(v_month, 2)));
	END IF;
	-- a worker may have gone on meanwhile: his version is a later one
	IF v_version IS NULL OR v_version <> p_version THEN
		LEAVE step;
	END IF;
	IF p_do = 'map' AND v_status IN ('mapping', 'checked') THEN
		DELETE FROM flow_reject WHERE file_id = p_id;
		DELETE FROM flow_issue WHERE file_id = p_id;
		UPDATE flow_file
		   SET status = 'mapped', header_row = p_header, mapping = p_text, rows_total = 0,
		       rows_bad = 0, rows_warned = 0, rows_done = 0, version = version + 1
		 WHERE id = p_id;
	ELSEIF p_do = 'go' AND v_status = 'checked' THEN
		IF v_total = v_bad THEN
			CALL refuse('flow.no_row|mode');
		ELSEIF v_bad > 0 AND p_text <> 'skip' THEN
			CALL refuse(CONCAT('flow.bad_rows|mode|n=', v_bad));
		END IF;
		CALL flow_file_whole(p_id);
		UPDATE flow_file
		   SET status = 'queued', mode = p_text, rows_done = 0, imported_by = @actor_id,
		       version = version + 1
		 WHERE id = p_id;
	ELSEIF p_do = 'discard' AND v_status IN ('uploaded', 'mapping', 'mapped', 'checked', 'failed') THEN
		UPDATE flow_file SET status = 'discarded', version = version + 1 WHERE id = p_id;
	ELSEIF p_do = 'undo' AND v_status = 'imported' AND v_origin <> 'correction' THEN
		CALL flow_file_undo(p_id);
	ELSE
		LEAVE step;
	END IF;
	SELECT id FROM flow_file WHERE id = p_id;
END//

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_file_do(IN p_id BIGINT,
	IN p_version INT, IN p_do VARCHAR(8), IN p_header INT, IN p_text VARCHAR(2000))
SQL SECURITY DEFINER MODIFIES SQL DATA
CALL flow_file_step(p_id, p_version, p_do, p_header, p_text)//

-- Staff take in a file for a distributor: id, or the refusal. p_adds_to: 0, or the file whose bad
-- rows these are.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_file_open(IN p_party BIGINT,
	IN p_kind VARCHAR(10), IN p_month VARCHAR(7), IN p_from DATE, IN p_to DATE,
	IN p_name VARCHAR(200), IN p_format VARCHAR(4), IN p_adds_to BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_id BIGINT;

	CALL flow_take(p_party, 'office', p_kind, p_month, p_from, p_to, p_name, p_format,
		NULLIF(p_adds_to, 0), v_id);
	SELECT v_id AS id;
END//

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_file_piece(IN p_id BIGINT,
	IN p_seq INT, IN p_content MEDIUMBLOB)
SQL SECURITY DEFINER MODIFIES SQL DATA
INSERT INTO flow_blob (file_id, seq, content)
SELECT id, p_seq, p_content FROM flow_file WHERE id = p_id AND size = 0 AND created_by = @actor_id//

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_file_close(IN p_id BIGINT,
	IN p_size INT, IN p_sha256 BINARY(32))
SQL SECURITY DEFINER MODIFIES SQL DATA
CALL flow_taken(p_id, p_size, p_sha256)//

DELIMITER ;
