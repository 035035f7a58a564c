-- How long one decision takes that reaches 100,000 rows: mariadb -S SOCKET xiaoao < tests/load/name-decide.sql
-- On an instance to throw away: it leaves its rows.
SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
DO GET_LOCK('flow_work', 60);	-- the event waits
SET @bulk_load = 1;
SET @p := (SELECT period FROM period WHERE status IN ('open', 'review') ORDER BY period DESC LIMIT 1);
SET @s := (SELECT MIN(party_id) FROM customer);
SET @d := (SELECT MIN(id) FROM product);
INSERT INTO flow_name (sender_id, what, name_key, name, norm, unit, row_count, qty, first_seen, last_seen)
VALUES (@s, 'product', RANDOM_BYTES(16), 'one of 100,000 rows', 'one of 100,000 rows',
	(SELECT unit FROM product WHERE id = @d), 100000, 200000, '2026-01-01', '2026-01-01');
SET @n := LAST_INSERT_ID();
INSERT INTO flow_file (party_id, kind, origin, name, format, size, sha256, book_period, date_from, date_to,
	status, rows_total, rows_done, qty_total)
SELECT @s, 'sale', 'office', 'name-decide.csv', 'csv', 1, RANDOM_BYTES(32), @p, starts_on, ends_on, 'imported',
       100000, 100000, 200000
  FROM period WHERE period = @p;
SET @f := LAST_INSERT_ID();
INSERT INTO flow_row (id, book_period, file_id, row_no, kind, sender_id, biz_date, party_name_id, product_name_id,
	party_id, lot_no, raw_qty, qty, price, amount, doc_no, flow_level, is_pure_sale)
SELECT @f * 10000000 + q.seq, @p, @f, q.seq, 'sale', @s, @p * 100 + 1, 1, @n, t.id, CONCAT('LOT', q.seq % 10), 2, 2, 10,
       20, CONCAT('D', q.seq), 1, 1
  FROM seq_1_to_100000 q
  JOIN (SELECT party_id AS id, ROW_NUMBER() OVER (ORDER BY party_id) AS n
	  FROM party_role WHERE role IN ('hospital', 'pharmacy')) t ON t.n = 1 + q.seq % 800;
INSERT INTO flow_month (book_period, kind, sender_id, product_id, party_id, rep_id, flow_level, is_pure_sale,
	flow_class, qty, amount, row_count)
SELECT @p, 'sale', @s, 0, party_id, 0, 1, 1, 1, SUM(qty), SUM(amount), COUNT(*)
  FROM flow_row WHERE book_period = @p AND file_id = @f GROUP BY party_id
    ON DUPLICATE KEY UPDATE qty = flow_month.qty + VALUES(qty), row_count = flow_month.row_count + VALUES(row_count);
SET @t := SYSDATE(6);
START TRANSACTION;
CALL flow_name_decide(@n, 1, 'matched', @d, NULL, 0);
COMMIT;
SELECT TIMESTAMPDIFF(MICROSECOND, @t, SYSDATE(6)) / 1e6 AS seconds;
-- what is left to flow_work: a piece, and all of them (20 and the one that finds no more)
START TRANSACTION;
SET @t := SYSDATE(6);
CALL flow_work(@p, 1);
COMMIT;
SELECT TIMESTAMPDIFF(MICROSECOND, @t, SYSDATE(6)) / 1e6 AS one_piece;
START TRANSACTION;
SET @t := SYSDATE(6);
CALL flow_work(@p, 20);
COMMIT;
SELECT TIMESTAMPDIFF(MICROSECOND, @t, SYSDATE(6)) / 1e6 AS the_others,
       (SELECT COUNT(*) FROM flow_name_past WHERE name_id = @n) AS left_over,
       (SELECT COUNT(*) FROM flow_row WHERE book_period = @p AND product_name_id = @n AND product_id = @d) AS carried;
START TRANSACTION;
SET @t := SYSDATE(6);
CALL flow_work(@p, 1);
COMMIT;
SELECT TIMESTAMPDIFF(MICROSECOND, @t, SYSDATE(6)) / 1e6 AS sender_worked_out;
