-- 0191: the roll-up says who has a share of a sale (X13): beside the row of its first rep, whole, stand
-- rows that move the others' shares to them and sum to 0, so that whatever adds up the roll-up by rep
-- shows the shares, and by anything else what it showed before.

ALTER TABLE flow_month
	ADD COLUMN IF NOT EXISTS is_share TINYINT NOT NULL DEFAULT 0 COMMENT '1: moves shares from the first rep to the others; sums to 0' AFTER flow_class,
	ADD COLUMN IF NOT EXISTS shared INT NOT NULL DEFAULT 0 COMMENT 'rows counted with another rep that this one has a share of' AFTER row_count,
	DROP PRIMARY KEY,
	ADD PRIMARY KEY (book_period, kind, sender_id, product_id, party_id, rep_id, flow_level, is_pure_sale, flow_class, is_share);

-- What locked months have split already: no row, name or digest of them changes.
SET @bulk_load = 1;
REPLACE INTO flow_month (book_period, kind, sender_id, product_id, party_id, rep_id, flow_level, is_pure_sale,
	flow_class, is_share, org_unit_id, qty, amount, row_count, shared)
SELECT r.book_period, r.kind, r.sender_id, COALESCE(r.product_id, 0), COALESCE(r.party_id, 0),
       IF(g.sign = 1, s.user_id, r.rep_id), r.flow_level, r.is_pure_sale, r.flow_class, 1,
       MAX(IF(g.sign = 1, s.org_unit_id, r.org_unit_id)), SUM(g.sign * ROUND(r.qty * s.share, 4)),
       SUM(g.sign * ROUND(COALESCE(r.amount, 0) * s.share, 2)), 0, SUM(g.sign = 1)
  FROM flow_split s
  JOIN flow_row r ON r.book_period = s.book_period AND r.id = s.row_id AND r.rep_id <> s.user_id AND r.is_pure_sale = 1
  JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported'
  JOIN flow_name n ON n.id = r.product_name_id AND n.state <> 'foreign'
  JOIN (SELECT 1 AS sign UNION ALL SELECT -1) g
 GROUP BY r.book_period, r.kind, r.sender_id, COALESCE(r.product_id, 0), COALESCE(r.party_id, 0),
       IF(g.sign = 1, s.user_id, r.rep_id), r.flow_level, r.is_pure_sale, r.flow_class;
SET @bulk_load = NULL;
