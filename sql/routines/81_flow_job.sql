-- Flow files seen and unseen, and what the importer (cgi/jobs/importer.c) asks for: a file to
-- work on, and each step of it. A file is worked on by one worker, whose sign of life is
-- worker_seen; whoever lost his file is refused (flow.lease) and leaves it.

DELIMITER //

-- Rows of a file into the roll-up of its month and the counts of names, or out of it (p_sign -1).
-- Products of other makers count nowhere.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_file_count(IN p_file BIGINT,
	IN p_sign TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_period INT;
	DECLARE v_sender BIGINT;
	DECLARE v_from, v_to BIGINT;

	SELECT book_period, party_id, id * 10000000, id * 10000000 + 9999999
	  INTO v_period, v_sender, v_from, v_to
	  FROM flow_file
	 WHERE id = p_file;
	INSERT INTO flow_month (book_period, kind, sender_id, product_id, party_id, rep_id, flow_level,
		is_pure_sale, flow_class, org_unit_id, qty, amount, row_count)
	SELECT SQL_BIG_RESULT book_period, kind, sender_id, COALESCE(product_id, 0),
	       COALESCE(party_id, 0), COALESCE(rep_id, 0), flow_level, is_pure_sale, flow_class,
	       MAX(org_unit_id), p_sign * SUM(qty), p_sign * SUM(COALESCE(amount, 0)),
	       p_sign * COUNT(*)
	  FROM flow_row
	 WHERE book_period = v_period AND id BETWEEN v_from AND v_to
	   AND product_name_id NOT IN (SELECT n.id FROM flow_name n
		LEFT JOIN flow_name_past k ON k.period = v_period AND k.name_id = n.id
		WHERE n.sender_id = v_sender AND n.what = 'product'
		  AND COALESCE(k.is_foreign, n.state = 'foreign'))
	 GROUP BY book_period, kind, sender_id, COALESCE(product_id, 0), COALESCE(party_id, 0),
	       COALESCE(rep_id, 0), flow_level, is_pure_sale, flow_class
	    ON DUPLICATE KEY UPDATE qty = flow_month.qty + VALUES(qty),
	       amount = flow_month.amount + VALUES(amount),
	       row_count = flow_month.row_count + VALUES(row_count),
	       org_unit_id = VALUES(org_unit_id);
	IF p_sign < 0 THEN
		DELETE FROM flow_month
		 WHERE book_period = v_period AND sender_id = v_sender AND row_count = 0 AND is_share = 0;
	END IF;
	UPDATE (SELECT product_name_id AS name_id, COUNT(*) AS row_count, SUM(raw_qty) AS qty,
		       MIN(biz_date) AS first_day, MAX(biz_date) AS last_day
		  FROM flow_row
		 WHERE book_period = v_period AND id BETWEEN v_from AND v_to
		 GROUP BY product_name_id
		 UNION ALL
		SELECT party_name_id, COUNT(*), SUM(raw_qty), MIN(biz_date), MAX(biz_date)
		  FROM flow_row
		 WHERE book_period = v_period AND id BETWEEN v_from AND v_to
		 GROUP BY party_name_id
		 UNION ALL
		SELECT product_name_id, COUNT(*), SUM(raw_qty), MIN(stock_date), MAX(stock_date)
		  FROM stock_report
		 WHERE book_period = v_period AND id BETWEEN v_from AND v_to
		 GROUP BY product_name_id) s
	STRAIGHT_JOIN flow_name n ON n.id = s.name_id
	   SET n.row_count = n.row_count + p_sign * s.row_count, n.qty = n.qty + p_sign * s.qty,
	       n.first_seen = LEAST(n.first_seen, s.first_day),
	       n.last_seen = GREATEST(n.last_seen, s.last_day);
END//

-- What is known of the stock of a sender, from its latest report that is seen.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_stock_refresh(IN p_sender BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_period INT;
	DECLARE v_day DATE;

	SELECT MAX(s.book_period), MAX(s.stock_date) INTO v_period, v_day
	  FROM (SELECT id, book_period FROM flow_file
		 WHERE party_id = p_sender AND kind = 'stock' AND status = 'imported'
		 ORDER BY date_to DESC, id DESC LIMIT 1) f
	  JOIN stock_report s ON s.book_period = f.book_period
	   AND s.id BETWEEN f.id * 10000000 AND f.id * 10000000 + 9999999;
	DELETE FROM channel_stock WHERE party_id = p_sender AND source = 'feed';
	INSERT INTO channel_stock (party_id, product_id, lot_no, expires_on, qty, stock_date, source)
	SELECT s.sender_id, s.product_id, s.lot_no, MIN(s.expires_on), SUM(s.qty), s.stock_date, 'feed'
	  FROM stock_report s
	  JOIN flow_file f ON f.id = s.file_id AND f.status = 'imported'
	 WHERE s.sender_id = p_sender AND s.stock_date = v_day AND s.book_period = v_period
	   AND s.product_id IS NOT NULL
	 GROUP BY s.sender_id, s.product_id, s.lot_no, s.stock_date
	    ON DUPLICATE KEY UPDATE
	       expires_on = IF(channel_stock.stock_date <= VALUES(stock_date), VALUES(expires_on),
		channel_stock.expires_on),
	       qty = IF(channel_stock.stock_date <= VALUES(stock_date), VALUES(qty), channel_stock.qty),
	       source = IF(channel_stock.stock_date <= VALUES(stock_date), 'feed',
		channel_stock.source),
	       stock_date = GREATEST(channel_stock.stock_date, VALUES(stock_date));
END//

-- What a sender paid for a product on average in the last month it reported purchases of it; no row: never.
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_job_bought(IN p_sender BIGINT,
	IN p_product BIGINT)
SQL SECURITY DEFINER READS SQL DATA
SELECT ROUND(SUM(m.amount) / SUM(m.qty), 4) AS price
  FROM period p
 STRAIGHT_JOIN flow_month m ON m.book_period = p.period AND m.kind = 'purchase'
   AND m.sender_id = p_sender AND m.product_id = p_product
 GROUP BY p.period
HAVING SUM(m.qty) > 0 AND SUM(m.amount) > 0
 ORDER BY p.period DESC
 LIMIT 1//

-- A message about a file to who sent it and to who collects from that sender.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_tell(IN p_file BIGINT,
	IN p_kind VARCHAR(40))
SQL SECURITY DEFINER MODIFIES SQL DATA
INSERT INTO notification (user_id, kind, args, href)
SELECT u.id, p_kind, CONCAT('file=', REPLACE(LEFT(f.name, 120), '|', ' '), '|sender=', p.name,
	'|rows=', f.rows_total - f.rows_bad),
       IF(u.site = 'office', CONCAT('/flowfiles/view?id=', f.id),
	CONCAT('/uploads/view?id=', f.pid))
  FROM flow_file f
  JOIN party p ON p.id = f.party_id
  LEFT JOIN flow_source s ON s.party_id = f.party_id
  JOIN app_user u ON u.id IN (f.created_by, s.collector_id) AND u.status = 'active'
 WHERE f.id = p_file//

-- Whatever changes rows, names or months of a sender does so in turn: it takes this before any other lock, and waits
-- until the transactions of the others end. Of several senders in the order of their ids. (No INSERT ... SELECT:
-- what another has just inserted would be newer than its snapshot.)
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_turn_take(IN p_sender BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
IF p_sender IS NOT NULL THEN
	INSERT INTO flow_turn (party_id) VALUES (p_sender)
	    ON DUPLICATE KEY UPDATE party_id = VALUES(party_id);
END IF//

-- That of who sent a file. (A subquery in the CALL would hold the file while it waits.)
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_turn_file(IN p_file BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_sender BIGINT;

	SELECT MAX(party_id) INTO v_sender FROM flow_file WHERE id = p_file;
	CALL flow_turn_take(v_sender);
END//

-- The turns of those who report a name: of it alone, or with all that wait with the same form.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_turn_name(IN p_name BIGINT,
	IN p_everyone TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
FOR s IN (SELECT sender_id FROM flow_name WHERE id = p_name
	 UNION
	SELECT o.sender_id
	  FROM flow_name n
	  JOIN flow_name o ON o.what = n.what AND o.norm = n.norm AND o.state = 'queued'
	 WHERE n.id = p_name AND p_everyone = 1
	 ORDER BY sender_id) DO
	CALL flow_turn_take(s.sender_id);
END FOR//

-- Those of the senders whose names mean one of two places.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_turn_merge(IN p_old BIGINT, IN p_new BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
FOR s IN (SELECT DISTINCT sender_id FROM flow_name
	 WHERE what = 'party' AND target_id IN (p_old, p_new)
	 ORDER BY sender_id) DO
	CALL flow_turn_take(s.sender_id);
END FOR//

-- The rows of a seen file are seen no more.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_file_hide(IN p_file BIGINT,
	IN p_status VARCHAR(12), IN p_successor BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_kind VARCHAR(10);
	DECLARE v_sender BIGINT;
	DECLARE v_period INT;

	CALL flow_turn_file(p_file);
	SELECT kind, party_id, book_period INTO v_kind, v_sender, v_period
	  FROM flow_file
	 WHERE id = p_file AND status = 'imported'
	   FOR UPDATE;
	IF v_kind IS NULL THEN
		CALL refuse('conflict|version');
	END IF;
	CALL period_hold(v_period);
	CALL flow_file_count(p_file, -1);
	UPDATE flow_file
	   SET status = p_status, superseded_by = p_successor, version = version + 1
	 WHERE id = p_file;
	IF v_kind = 'stock' THEN
		CALL flow_stock_refresh(v_sender);
	END IF;
END//

-- The first imported file that has days in common with this one and others besides: replaced it would
-- lose those, beside it they would count twice. NULL: none. A replacing file covers all days of the replaced.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION flow_file_partly(p_file BIGINT) RETURNS BIGINT
SQL SECURITY DEFINER READS SQL DATA
RETURN (SELECT MIN(o.id)
	  FROM flow_file f
	  JOIN flow_file o ON o.book_period = f.book_period AND o.party_id = f.party_id
	   AND o.kind = f.kind AND o.status = 'imported'
	   AND o.date_from <= f.date_to AND o.date_to >= f.date_from
	 WHERE f.id = p_file AND f.adds_to IS NULL AND f.origin <> 'correction'
	   AND o.id <> f.id AND o.origin <> 'correction' AND COALESCE(o.adds_to, 0) <> f.id
	   AND (o.date_from < f.date_from OR o.date_to > f.date_to))//

-- Refuses a file whose days and an imported file's are neither the same, nor within, nor apart.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_file_whole(IN p_file BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_partly BIGINT DEFAULT flow_file_partly(p_file);

	IF v_partly IS NOT NULL THEN
		CALL refuse((SELECT CONCAT('flow.overlap||name=', REPLACE(LEFT(name, 60), '|', ' '),
			'|first=', date_from, '|last=', date_to) FROM flow_file WHERE id = v_partly));
	END IF;
END//

-- Hides the files that this one replaces: the same sender and kind, all their days among its own.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_file_replace(IN p_file BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_old BIGINT;

	CALL flow_file_whole(p_file);
	one: LOOP
		SET v_old = (SELECT MIN(o.id)
			  FROM flow_file f
			  JOIN flow_file o ON o.party_id = f.party_id AND o.kind = f.kind
			   AND o.date_from >= f.date_from AND o.date_to <= f.date_to
			 WHERE f.id = p_file AND f.adds_to IS NULL AND f.origin <> 'correction'
			   AND o.id <> f.id AND o.origin <> 'correction' AND o.status = 'imported'
			   AND COALESCE(o.adds_to, 0) <> f.id);
		IF v_old IS NULL THEN
			LEAVE one;
		END IF;
		CALL flow_file_hide(v_old, 'superseded', p_file);
	END LOOP;
END//

-- The rows of a loaded file are seen, all at once; those it replaces are not any more.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_file_show(IN p_file BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_kind VARCHAR(10);
	DECLARE v_sender BIGINT;
	DECLARE v_period INT;
	DECLARE v_matched, v_foreign, v_from BIGINT;
	DECLARE v_qty, v_qty_matched DECIMAL(20,4);

	CALL flow_turn_file(p_file);
	SELECT kind, party_id, book_period, id * 10000000
	  INTO v_kind, v_sender, v_period, v_from
	  FROM flow_file
	 WHERE id = p_file AND status IN ('importing', 'superseded')
	   FOR UPDATE;
	IF v_kind IS NULL THEN
		CALL refuse('conflict|version');
	ELSEIF EXISTS (SELECT 1 FROM flow_file f JOIN flow_file b ON b.id = f.adds_to
		WHERE f.id = p_file AND b.status <> 'imported') THEN
		CALL refuse('flow.base_gone');
	END IF;
	CALL period_hold(v_period);
	CALL flow_file_replace(p_file);
	CALL flow_file_count(p_file, 1);
	SELECT COALESCE(SUM(IF(n.id IS NULL, r.good, 0)), 0),
	       COALESCE(SUM(IF(n.id IS NULL, 0, r.row_count)), 0),
	       COALESCE(SUM(IF(n.id IS NULL, r.qty, 0)), 0),
	       COALESCE(SUM(IF(n.id IS NULL, r.qty_good, 0)), 0)
	  INTO v_matched, v_foreign, v_qty, v_qty_matched
	  FROM (SELECT product_name_id, COUNT(*) AS row_count, SUM(qty) AS qty,
		       SUM(product_id IS NOT NULL AND party_id IS NOT NULL) AS good,
		       SUM(IF(product_id IS NOT NULL AND party_id IS NOT NULL, qty, 0)) AS qty_good
		  FROM flow_row
		 WHERE book_period = v_period AND id BETWEEN v_from AND v_from + 9999999
		 GROUP BY product_name_id
		 UNION ALL
		SELECT product_name_id, COUNT(*), SUM(qty), SUM(product_id IS NOT NULL),
		       SUM(IF(product_id IS NOT NULL, qty, 0))
		  FROM stock_report
		 WHERE book_period = v_period AND id BETWEEN v_from AND v_from + 9999999
		 GROUP BY product_name_id) r
	  LEFT JOIN (flow_name n LEFT JOIN flow_name_past k ON k.period = v_period AND k.name_id = n.id)
	    ON n.id = r.product_name_id AND COALESCE(k.is_foreign, n.state = 'foreign');
	UPDATE flow_file
	   SET status = 'imported', superseded_by = NULL, rows_matched = v_matched,
	       rows_foreign = v_foreign, qty_total = v_qty, qty_matched = v_qty_matched, imported_at = UTC_TIMESTAMP(6), worker = NULL,
	       worker_seen = NULL, version = version + 1
	 WHERE id = p_file;
	IF v_kind = 'stock' THEN
		CALL flow_stock_refresh(v_sender);
	END IF;
END//

-- Takes an import back, until its month is locked, and with it the corrected rows that were added to it; what
-- it had replaced is seen again, files before what was added to them.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_file_undo(IN p_file BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_old BIGINT;

	CALL flow_turn_file(p_file);
	added: LOOP
		SET v_old = (SELECT MIN(id) FROM flow_file WHERE adds_to = p_file AND status = 'imported');
		IF v_old IS NULL THEN
			LEAVE added;
		END IF;
		CALL flow_file_hide(v_old, 'undone', NULL);
	END LOOP;
	CALL flow_file_hide(p_file, 'undone', NULL);
	one: LOOP
		SET v_old = (SELECT o.id FROM flow_file o
			  LEFT JOIN flow_file b ON b.id = o.adds_to
			 WHERE o.superseded_by = p_file AND o.status = 'superseded'
			   AND (b.id IS NULL OR b.status = 'imported')
			   AND NOT EXISTS (SELECT 1 FROM flow_file n
				WHERE n.party_id = o.party_id AND n.kind = o.kind AND n.status = 'imported'
				  AND n.origin <> 'correction' AND o.adds_to IS NULL
				  AND COALESCE(n.adds_to, 0) <> o.id
				  AND n.date_from <= o.date_to AND n.date_to >= o.date_from)
			 ORDER BY b.id IS NOT NULL, o.id DESC
			 LIMIT 1);
		IF v_old IS NULL THEN
			LEAVE one;
		END IF;
		CALL flow_file_show(v_old);
	END LOOP;
	UPDATE flow_file SET superseded_by = NULL WHERE superseded_by = p_file;
END//

-- The next file for a worker, or no row. What a person has just sent goes before long imports.
-- A file that ended twenty workers without getting on is given up.
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_job_claim(IN p_worker VARCHAR(40))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_id BIGINT;
	DECLARE v_tries INT;

	SELECT id, tries INTO v_id, v_tries
	  FROM flow_file
	 WHERE status IN ('uploaded', 'mapped', 'queued', 'importing')
	   AND (worker IS NULL OR worker_seen < UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE)
	 ORDER BY FIELD(status, 'uploaded', 'mapped', 'queued', 'importing'), id
	 LIMIT 1
	   FOR UPDATE SKIP LOCKED;
	SET @actor_id = (SELECT COALESCE(imported_by, created_by) FROM flow_file WHERE id = v_id);
	UPDATE flow_file
	   SET worker = p_worker, worker_seen = UTC_TIMESTAMP(6), tries = tries + 1,
	       version = version + (status = 'queued'),
	       status = IF(status = 'queued', 'importing', status)
	 WHERE id = v_id;
	IF v_tries >= 20 THEN
		CALL flow_job_failed(v_id, p_worker, 'flow.given_up');
		SET v_id = NULL;
	END IF;
	SELECT f.id, f.party_id, p.name AS sender, f.kind, f.origin, f.format, f.book_period,
	       f.date_from, f.date_to, COALESCE(f.header_row, 0) AS header_row, f.mapping, f.status,
	       f.mode, f.rows_done
	  FROM flow_file f
	  JOIN party p ON p.id = f.party_id
	 WHERE f.id = v_id;
END//

-- Files of workers that are known to be dead: who starts again on a machine need not wait.
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_job_release(IN p_worker VARCHAR(40))
SQL SECURITY DEFINER MODIFIES SQL DATA
UPDATE flow_file
   SET worker = NULL, worker_seen = NULL
 WHERE worker = p_worker AND status IN ('uploaded', 'mapped', 'queued', 'importing')//

-- The worker lives and has the file still; p_done rows of it are in.
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_job_seen(IN p_file BIGINT,
	IN p_worker VARCHAR(40), IN p_done INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE flow_file
	   SET worker_seen = UTC_TIMESTAMP(6), tries = IF(p_done > rows_done, 0, tries),
	       rows_done = p_done
	 WHERE id = p_file AND worker = p_worker AND status IN ('uploaded', 'mapped', 'importing');
	IF ROW_COUNT() = 0 THEN
		CALL refuse('flow.lease');
	END IF;
END//

-- Begins reading or checking a file: nothing of an earlier attempt stays.
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_job_begin(IN p_file BIGINT,
	IN p_worker VARCHAR(40))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	CALL flow_job_seen(p_file, p_worker, 0);
	DELETE h FROM flow_head h JOIN flow_file f ON f.id = h.file_id
	 WHERE h.file_id = p_file AND f.status = 'uploaded';
	DELETE FROM flow_reject WHERE file_id = p_file;
	DELETE FROM flow_issue WHERE file_id = p_file;
END//

-- The heads are read: p_status mapped (a template fits) or mapping (a person has to look).
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_job_mapped(IN p_file BIGINT,
	IN p_worker VARCHAR(40), IN p_header INT, IN p_mapping VARCHAR(2000), IN p_status VARCHAR(8))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	CALL flow_job_seen(p_file, p_worker, 0);
	UPDATE flow_file
	   SET header_row = p_header, mapping = p_mapping, status = p_status, worker = NULL,
	       worker_seen = NULL, tries = 0, version = version + 1
	 WHERE id = p_file;
END//

-- All rows are checked. A file that a machine sent goes on by itself when none is bad and nothing
-- would be lost by it. p_issues: JSON, [[severity, check, rows, first row], ...].
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_job_checked(IN p_file BIGINT,
	IN p_worker VARCHAR(40), IN p_total INT, IN p_bad INT, IN p_warned INT,
	IN p_qty DECIMAL(20,4), IN p_issues VARCHAR(4000))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_partly BIGINT DEFAULT flow_file_partly(p_file);

	CALL flow_job_seen(p_file, p_worker, 0);
	UPDATE flow_file
	   SET rows_total = p_total, rows_bad = p_bad, rows_warned = p_warned, qty_total = p_qty,
	       status = IF(origin = 'api' AND p_total > p_bad AND (p_bad = 0 OR mode = 'skip')
		AND v_partly IS NULL, 'queued', 'checked'),
	       worker = NULL, worker_seen = NULL, tries = 0, version = version + 1
	 WHERE id = p_file;
	INSERT INTO flow_issue (file_id, severity, code, row_count, first_row)
	SELECT p_file, j.severity, CONCAT('flow.v', LPAD(j.code, 2, '0')), j.row_count, j.first_row
	  FROM JSON_TABLE(p_issues, '$[*]' COLUMNS (severity VARCHAR(8) PATH '$[0]', code INT PATH '$[1]',
		row_count INT PATH '$[2]', first_row INT PATH '$[3]')) j;
	IF EXISTS (SELECT 1 FROM flow_file WHERE id = p_file AND origin = 'api' AND status = 'checked') THEN
		CALL flow_tell(p_file, 'flow.waiting');
	END IF;
END//

-- All rows are in: they are seen, when no other file of the sender is at it, and how the sender names his columns is known from now on.
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_job_done(IN p_file BIGINT,
	IN p_worker VARCHAR(40), IN p_done INT, IN p_header_hash BINARY(32))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	CALL flow_turn_file(p_file);
	CALL flow_job_seen(p_file, p_worker, p_done);
	CALL merge_file(p_file);
	CALL flow_file_show(p_file);
	INSERT INTO flow_template (party_id, kind, header_hash, mapping)
	SELECT party_id, kind, p_header_hash, mapping FROM flow_file
	 WHERE id = p_file AND mapping IS NOT NULL
	    ON DUPLICATE KEY UPDATE mapping = VALUES(mapping), used_at = UTC_TIMESTAMP(6);
	CALL flow_tell(p_file, 'flow.imported');
END//

-- The file cannot be read or imported; p_error: code|name=value.
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_job_failed(IN p_file BIGINT,
	IN p_worker VARCHAR(40), IN p_error VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE flow_file
	   SET status = 'failed', error = p_error, worker = NULL, worker_seen = NULL,
	       version = version + 1
	 WHERE id = p_file AND worker = p_worker;
	IF ROW_COUNT() > 0 THEN
		CALL flow_tell(p_file, 'flow.failed');
	END IF;
END//

-- A product as rows are checked with: unit, price by the list for all.
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_job_product(IN p_product BIGINT)
SQL SECURITY DEFINER READS SQL DATA
SELECT p.unit, COALESCE((SELECT t.price
	  FROM price_tier t
	  JOIN price_list l ON l.id = t.price_list_id AND l.scope = 'all' AND l.status = 'active'
	   AND l.valid_from <= business_day() AND COALESCE(l.valid_to, business_day()) >= business_day()
	 WHERE t.product_id = p.id
	 ORDER BY l.priority DESC, t.min_qty LIMIT 1), p.floor_price, 0) AS price
  FROM product p
 WHERE p.id = p_product//

-- Who is responsible for the terminals of some ids, and was.
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_job_duties(IN p_from BIGINT,
	IN p_to BIGINT)
SQL SECURITY DEFINER READS SQL DATA
SELECT a.party_id, a.group_key AS group_id, a.user_id AS rep_id,
       COALESCE(u.org_unit_id, 0) AS org_unit_id, a.share, a.valid_from,
       COALESCE(a.valid_to, DATE'9999-12-31') AS valid_to
  FROM terminal_assignment a
  JOIN app_user u ON u.id = a.user_id
 WHERE a.party_id BETWEEN p_from AND p_to
 ORDER BY a.party_id, a.id//

DELIMITER ;
