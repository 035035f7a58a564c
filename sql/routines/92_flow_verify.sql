-- Proof of the flows: what is told twice agrees.

DELIMITER //

-- What is wrong with the figures of a month (0: of all); no row when all agree: `month` roll-up and rows,
-- `credit` a rep's shares are not what the roll-up says he sold, `split` shares of a row do not sum to 1, `digest` of a closed
-- month is not that of its senders', `stray` a row without its file or names; and, of no one month,
-- `name` counts of a name, `share` shares of a terminal's day do not sum to 1. id is the row, name,
-- sender or terminal that is wrong, off by how much.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_verify(IN p_period INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_first INT DEFAULT p_period;
	DECLARE v_last INT DEFAULT IF(p_period = 0, 999999, p_period);

	SELECT 'month' AS what, book_period AS period, sender_id AS id, SUM(qty) AS off
	  FROM (SELECT book_period, kind, sender_id, product_id, party_id, rep_id, flow_level,
		       is_pure_sale, flow_class, is_share, qty, amount, row_count, shared
		  FROM flow_month WHERE book_period BETWEEN v_first AND v_last
		 UNION ALL
		SELECT r.book_period, r.kind, r.sender_id, COALESCE(r.product_id, 0),
		       COALESCE(r.party_id, 0), COALESCE(r.rep_id, 0), r.flow_level, r.is_pure_sale,
		       r.flow_class, 0, -r.qty, -COALESCE(r.amount, 0), -1, 0
		  FROM flow_row r
		  JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported'
		  JOIN flow_name n ON n.id = r.product_name_id
		  LEFT JOIN flow_name_past k ON k.period = r.book_period AND k.name_id = n.id
		 WHERE r.book_period BETWEEN v_first AND v_last
		   AND COALESCE(k.is_foreign, n.state = 'foreign') = 0
		 UNION ALL
		SELECT book_period, kind, sender_id, product_id, party_id, rep_id, flow_level,
		       is_pure_sale, flow_class, 1, -qty, -amount, 0, -shared
		  FROM flow_share WHERE book_period BETWEEN v_first AND v_last) x
	 GROUP BY book_period, kind, sender_id, product_id, party_id, rep_id, flow_level, is_pure_sale,
		flow_class, is_share
	HAVING SUM(qty) <> 0 OR SUM(row_count) <> 0 OR SUM(amount) <> 0 OR SUM(shared) <> 0
	 UNION ALL
	SELECT 'credit', q.book_period, q.user_id, SUM(q.qty)
	  FROM (SELECT book_period, COALESCE(user_id, 0) AS user_id, qty, amount FROM flow_credit
		 WHERE book_period BETWEEN v_first AND v_last
		 UNION ALL
		SELECT book_period, rep_id, -qty, -amount FROM flow_month
		 WHERE book_period BETWEEN v_first AND v_last AND kind = 'sale' AND is_pure_sale = 1
		   AND product_id <> 0) q
	 GROUP BY q.book_period, q.user_id
	HAVING SUM(q.qty) <> 0 OR SUM(q.amount) <> 0
	 UNION ALL
	SELECT 'split', book_period, row_id, SUM(share) - 1
	  FROM flow_split
	 WHERE book_period BETWEEN v_first AND v_last
	 GROUP BY book_period, row_id
	HAVING SUM(share) <> 1
	 UNION ALL
	SELECT 'digest', period, NULL, NULL
	  FROM period
	 WHERE period BETWEEN v_first AND v_last AND status = 'closed'
	   AND digest <> COALESCE(period_digest_of(period), SHA2('', 256))
	 UNION ALL
	SELECT 'stray', r.book_period, r.id, r.qty
	  FROM flow_row r
	  LEFT JOIN flow_file f ON f.id = r.file_id AND f.party_id = r.sender_id
	   AND f.book_period = r.book_period
	  LEFT JOIN flow_name n ON n.id = r.product_name_id AND n.sender_id = r.sender_id
	   AND n.what = 'product'
	  LEFT JOIN flow_name y ON y.id = r.party_name_id AND y.sender_id = r.sender_id
	   AND y.what = 'party'
	 WHERE r.book_period BETWEEN v_first AND v_last
	   AND (f.id IS NULL OR n.id IS NULL OR y.id IS NULL)
	 UNION ALL
	SELECT 'name', NULL, n.id, n.qty - COALESCE(SUM(s.raw_qty), 0)
	  FROM flow_name n
	  LEFT JOIN (SELECT r.product_name_id AS name_id, r.raw_qty FROM flow_row r
		  JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported'
		 UNION ALL
		SELECT r.party_name_id, r.raw_qty FROM flow_row r
		  JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported'
		 UNION ALL
		SELECT r.product_name_id, r.raw_qty FROM stock_report r
		  JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported') s ON s.name_id = n.id
	 GROUP BY n.id, n.qty, n.row_count
	HAVING n.row_count <> COUNT(s.raw_qty) OR n.qty <> COALESCE(SUM(s.raw_qty), 0)
	 UNION ALL
	SELECT 'share', NULL, d.party_id, SUM(t.share) - 1
	  FROM (SELECT DISTINCT party_id, group_key, valid_from AS day FROM terminal_assignment) d
	  JOIN terminal_assignment t ON t.party_id = d.party_id AND t.group_key = d.group_key
	   AND d.day BETWEEN t.valid_from AND COALESCE(t.valid_to, d.day)
	 GROUP BY d.party_id, d.group_key, d.day
	HAVING SUM(t.share) <> 1;
END//

DELIMITER ;
