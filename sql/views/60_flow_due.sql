-- Which files a month still wants of whom.

-- A row for each sender and month since it reports: each kind received, missing or none (not due);
-- state: complete, excused, missing (the day is past), waiting;
-- it is compared with words of other connections, so its collation is said.
CREATE OR REPLACE DEFINER = owner@localhost VIEW flow_due AS
SELECT q.*, (CASE WHEN q.purchase <> 'missing' AND q.sale <> 'missing' AND q.stock <> 'missing' THEN 'complete'
	WHEN q.excuse IS NOT NULL THEN 'excused'
	WHEN q.due_on < DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR) THEN 'missing'
	ELSE 'waiting' END) COLLATE utf8mb4_unicode_520_ci AS state
  FROM (SELECT s.party_id, p.period, p.starts_on, p.ends_on, p.status AS period_status,
	       p.ends_on + INTERVAL s.due_day DAY AS due_on, s.is_key, s.method, s.collector_id,
	       s.status AS source_status,
	       IF(FIND_IN_SET('purchase', s.kinds) = 0, 'none', IF(EXISTS (SELECT 1 FROM flow_file f
		WHERE f.book_period = p.period AND f.party_id = s.party_id AND f.kind = 'purchase'
		  AND f.status = 'imported'), 'received', 'missing')) AS purchase,
	       IF(FIND_IN_SET('sale', s.kinds) = 0, 'none', IF(EXISTS (SELECT 1 FROM flow_file f
		WHERE f.book_period = p.period AND f.party_id = s.party_id AND f.kind = 'sale'
		  AND f.status = 'imported'), 'received', 'missing')) AS sale,
	       IF(FIND_IN_SET('stock', s.kinds) = 0, 'none', IF(EXISTS (SELECT 1 FROM flow_file f
		WHERE f.book_period = p.period AND f.party_id = s.party_id AND f.kind = 'stock'
		  AND f.status = 'imported'), 'received', 'missing')) AS stock,
	       (SELECT e.reason FROM flow_excuse e
		 WHERE e.party_id = s.party_id AND e.period = p.period) AS excuse
	  FROM flow_source s
	  JOIN period p) q;
