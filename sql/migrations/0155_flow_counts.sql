-- 0155: matched rates by rows want to know how many rows of a file are of another maker's products; and
-- what people taught is looked through by when.

ALTER TABLE flow_file ADD COLUMN IF NOT EXISTS rows_foreign INT NOT NULL DEFAULT 0
	COMMENT 'rows of another maker''s products, while it is seen: they count nowhere' AFTER rows_matched;

UPDATE flow_file f
  JOIN (SELECT r.file_id, COUNT(*) AS n
	  FROM (SELECT r.file_id FROM flow_name n JOIN flow_row r ON r.product_name_id = n.id
		 WHERE n.what = 'product' AND n.state = 'foreign'
		 UNION ALL
		SELECT r.file_id FROM flow_name n JOIN stock_report r ON r.product_name_id = n.id
		 WHERE n.what = 'product' AND n.state = 'foreign') r
	 GROUP BY r.file_id) s ON s.file_id = f.id
   SET f.rows_foreign = s.n
 WHERE f.rows_foreign <> s.n;

ALTER TABLE flow_name ADD INDEX IF NOT EXISTS ix_flow_name_decided (decided_at, id);
