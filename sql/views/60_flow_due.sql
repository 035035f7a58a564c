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

-- How far each sender's month is: none arrived, received (some of it, or it is read still), cleaned (all that
-- is due is imported), matched (as much as the lock wants), confirmed (by the sender, or for him).
CREATE OR REPLACE DEFINER = owner@localhost VIEW flow_stage AS
SELECT d.*, k.site AS confirm_site, k.note AS confirm_note, k.confirmed_by, k.confirmed_at, k.undone_at,
       (CASE WHEN k.confirmed_at IS NOT NULL AND k.undone_at IS NULL THEN 'confirmed'
	WHEN NOT EXISTS (SELECT 1 FROM flow_file f WHERE f.book_period = d.period
		AND f.party_id = d.party_id AND f.status NOT IN ('superseded', 'undone', 'failed', 'discarded'))
		THEN 'none'
	WHEN d.state NOT IN ('complete', 'excused') OR EXISTS (SELECT 1 FROM flow_file f
		WHERE f.book_period = d.period AND f.party_id = d.party_id AND f.status IN ('uploaded',
		'mapping', 'mapped', 'checked', 'queued', 'importing')) THEN 'received'
	WHEN (SELECT 100 * SUM(f.rows_matched) >= SUM(f.rows_total - f.rows_bad - f.rows_foreign)
			* (SELECT value FROM param WHERE name = 'flow.matched_percent')
		  FROM flow_file f WHERE f.book_period = d.period AND f.party_id = d.party_id
		   AND f.status = 'imported') THEN 'matched'
	ELSE 'cleaned' END) COLLATE utf8mb4_unicode_520_ci AS stage
  FROM flow_due d
  LEFT JOIN flow_confirm k ON k.period = d.period AND k.party_id = d.party_id;

-- Senders of a month whose word is wanted still: what nobody reported and is excused needs none.
CREATE OR REPLACE DEFINER = owner@localhost VIEW flow_unconfirmed AS
SELECT party_id, period
  FROM flow_stage
 WHERE source_status = 'active' AND stage <> 'confirmed' AND NOT (state = 'excused' AND stage = 'none');
