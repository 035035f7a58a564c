-- Flows as they are looked at: rows of files that are seen, and what each does to the stock.

CREATE OR REPLACE DEFINER = owner@localhost VIEW flow_seen AS
SELECT r.*, IF(r.kind = 'sale', -r.qty, r.qty) AS effect, f.origin, f.name AS file_name
  FROM flow_row r
  JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported';

-- Credit of pure sales: one row a person and sale, user_id NULL is the pool. Shares are rounded row by
-- row; what that leaves is the first rep's, so that the shares of a row sum to it.
CREATE OR REPLACE DEFINER = owner@localhost VIEW flow_credit AS
SELECT r.book_period, r.id AS row_id, r.sender_id, r.party_id, r.product_id, r.biz_date,
       COALESCE(s.user_id, r.rep_id) AS user_id, COALESCE(s.org_unit_id, r.org_unit_id) AS org_unit_id,
       COALESCE(s.share, 1) AS share,
       CASE WHEN s.user_id IS NULL THEN r.qty WHEN s.user_id <> r.rep_id THEN ROUND(r.qty * s.share, 4)
	    ELSE r.qty - COALESCE((SELECT SUM(ROUND(r.qty * o.share, 4)) FROM flow_split o
		WHERE o.book_period = r.book_period AND o.row_id = r.id AND o.user_id <> r.rep_id), 0)
	    END AS qty,
       CASE WHEN s.user_id IS NULL THEN COALESCE(r.amount, 0)
	    WHEN s.user_id <> r.rep_id THEN ROUND(COALESCE(r.amount, 0) * s.share, 2)
	    ELSE COALESCE(r.amount, 0) - COALESCE((SELECT SUM(ROUND(COALESCE(r.amount, 0) * o.share, 2))
		FROM flow_split o WHERE o.book_period = r.book_period AND o.row_id = r.id
		AND o.user_id <> r.rep_id), 0) END AS amount
  FROM flow_row r
  JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported'
  LEFT JOIN flow_split s ON s.book_period = r.book_period AND s.row_id = r.id
 WHERE r.kind = 'sale' AND r.is_pure_sale = 1 AND r.product_id IS NOT NULL;

-- Who has a share in a sale by the responsibility of its day, by any group that the product is in; the highest
-- group_key counts (0: all products).
CREATE OR REPLACE DEFINER = owner@localhost VIEW flow_duty AS
SELECT r.book_period, r.id, r.sender_id, a.user_id, u.org_unit_id, a.share, a.group_key
  FROM flow_row r
  JOIN terminal_assignment a ON a.party_id = r.party_id
   AND r.biz_date BETWEEN a.valid_from AND COALESCE(a.valid_to, r.biz_date)
  JOIN app_user u ON u.id = a.user_id
  LEFT JOIN product_group_item i ON i.group_id = a.product_group_id AND i.product_id = r.product_id
 WHERE r.is_pure_sale = 1 AND (a.group_key = 0 OR i.product_id IS NOT NULL);

-- What moves from the first rep of a sale to the others who share it: twice a row and other, once to
-- him and once from the first. The roll-up keeps their sums (is_share).
CREATE OR REPLACE DEFINER = owner@localhost VIEW flow_share AS
SELECT r.book_period, r.kind, r.sender_id, COALESCE(r.product_id, 0) AS product_id,
       COALESCE(r.party_id, 0) AS party_id, IF(g.sign = 1, s.user_id, r.rep_id) AS rep_id,
       IF(g.sign = 1, s.org_unit_id, r.org_unit_id) AS org_unit_id, r.flow_level, r.is_pure_sale,
       r.flow_class, g.sign * ROUND(r.qty * s.share, 4) AS qty,
       g.sign * ROUND(COALESCE(r.amount, 0) * s.share, 2) AS amount, g.sign = 1 AS shared
  FROM flow_split s
  JOIN flow_row r ON r.book_period = s.book_period AND r.id = s.row_id AND r.rep_id <> s.user_id
   AND r.is_pure_sale = 1
  JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported'
  JOIN flow_name n ON n.id = r.product_name_id
  LEFT JOIN flow_name_past k ON k.period = r.book_period AND k.name_id = n.id
  JOIN (SELECT 1 AS sign UNION ALL SELECT -1) g
 WHERE COALESCE(k.is_foreign, n.state = 'foreign') = 0;

CREATE OR REPLACE DEFINER = owner@localhost VIEW period_page AS
SELECT p.period AS id, CONCAT(LEFT(p.period, 4), '-', RIGHT(p.period, 2)) AS month, p.status,
       p.version, p.collect_by, p.review_by, p.lock_by, l.name AS locked_by, p.locked_at,
       c.name AS closed_by, p.closed_at, p.digest
  FROM period p
  LEFT JOIN app_user l ON l.id = p.locked_by
  LEFT JOIN app_user c ON c.id = p.closed_by;

-- A balance with its names; cause rows are looked up on the page of one.
CREATE OR REPLACE DEFINER = owner@localhost VIEW balance_page AS
SELECT b.*, CONCAT(LEFT(b.period, 4), '-', RIGHT(b.period, 2)) AS month,
       y.name AS sender, y.code, CONCAT(p.generic_name, ' ', p.pack_spec) AS product,
       p.code AS product_code, p.unit, p.case_qty, u.name AS decider, m.status AS month_status,
       m.starts_on, m.ends_on
  FROM flow_balance b
  JOIN period m ON m.period = b.period
  JOIN party y ON y.id = b.party_id
  JOIN product p ON p.id = b.product_id
  LEFT JOIN app_user u ON u.id = b.decided_by;

CREATE OR REPLACE DEFINER = owner@localhost VIEW correction_page AS
SELECT c.*, CONCAT(LEFT(c.period, 4), '-', RIGHT(c.period, 2)) AS month, y.name AS sender, y.code,
       CONCAT(LEFT(c.book_period, 4), '-', RIGHT(c.book_period, 2)) AS book_month,
       (SELECT COUNT(*) FROM flow_correction_line l WHERE l.correction_id = c.id) AS line_count,
       (SELECT SUM(l.qty) FROM flow_correction_line l WHERE l.correction_id = c.id) AS qty,
       m.name AS maker, d.name AS decider, a.name AS evidence
  FROM flow_correction c
  JOIN party y ON y.id = c.party_id
  LEFT JOIN app_user m ON m.id = c.made_by
  LEFT JOIN app_user d ON d.id = c.decided_by
  LEFT JOIN attachment a ON a.id = c.attachment_id;

CREATE OR REPLACE DEFINER = owner@localhost VIEW correction_line_page AS
SELECT l.id, l.correction_id, l.what, l.biz_date,
       COALESCE(c.name, l.counterparty_name, n.name) AS counterparty,
       IF(l.what IN ('sale', 'purchase') AND c.id IS NULL, 'unmatched', NULL)
		COLLATE utf8mb4_unicode_520_ci AS known,
       IF(l.party_id <> f.party_id, s.name, NULL) AS sender,
       CONCAT(p.generic_name, ' ', p.pack_spec) AS product, p.code AS product_code, p.unit,
       l.lot_no, l.qty, l.price, CONCAT(o.name, ' · ', l.row_id % 10000000) AS corrects
  FROM flow_correction_line l
  JOIN flow_correction f ON f.id = l.correction_id
  JOIN product p ON p.id = l.product_id
  JOIN party s ON s.id = l.party_id
  LEFT JOIN party c ON c.id = l.counterparty_id
  LEFT JOIN flow_file o ON o.id = l.row_id DIV 10000000
  LEFT JOIN flow_row r ON r.book_period = l.row_period AND r.id = l.row_id
  LEFT JOIN flow_name n ON n.id = r.party_name_id;

-- Pure sales with what speaks for a diversion (DOMAIN 2.7); signals '' where nothing does.
CREATE OR REPLACE DEFINER = owner@localhost VIEW flow_suspect AS
SELECT r.id, r.book_period, r.sender_id, r.party_id, r.product_id, r.qty, r.amount,
       CONCAT_WS(',',
	IF(EXISTS (SELECT 1 FROM territory t
		WHERE t.party_id = r.sender_id
		  AND r.biz_date BETWEEN t.valid_from AND COALESCE(t.valid_to, r.biz_date)
		  AND (t.product_id = r.product_id OR (t.product_id IS NULL AND t.product_group_id IS NULL)
		   OR EXISTS (SELECT 1 FROM product_group_item i WHERE i.group_id = t.product_group_id
			AND i.product_id = r.product_id)))
	AND NOT EXISTS (SELECT 1 FROM territory t
		WHERE t.party_id = r.sender_id
		  AND r.biz_date BETWEEN t.valid_from AND COALESCE(t.valid_to, r.biz_date)
		  AND (t.product_id = r.product_id OR (t.product_id IS NULL AND t.product_group_id IS NULL)
		   OR EXISTS (SELECT 1 FROM product_group_item i WHERE i.group_id = t.product_group_id
			AND i.product_id = r.product_id))
		  AND (t.terminal_id = r.party_id OR y.region_code LIKE CONCAT(t.region_code, '%')
		   OR t.terminal_id IN (SELECT o.id FROM party o WHERE o.merged_into = r.party_id))),
		'territory', NULL),
	IF(r.lot_id IS NOT NULL
	AND NOT EXISTS (SELECT 1 FROM shipment_line l
		WHERE l.lot_id = r.lot_id AND (l.party_id = r.sender_id
		   OR l.party_id IN (SELECT u.party_id FROM flow_month u WHERE u.kind = 'purchase'
			AND u.sender_id = r.sender_id AND u.product_id = r.product_id))), 'lot', NULL),
	IF(r.price < p.floor_price, 'price', NULL)) AS signals
  FROM flow_seen r
  JOIN party y ON y.id = r.party_id
  JOIN product p ON p.id = r.product_id
 WHERE r.kind = 'sale' AND r.is_pure_sale = 1 AND r.flow_class = 1 AND r.qty > 0;

-- A case of a peak alone (flow_peaks_find) has no one buyer: its quantity is the whole month's of the product, its rows
-- are those of the buyers that jumped.
CREATE OR REPLACE DEFINER = owner@localhost VIEW case_page AS
SELECT c.*, CONCAT(LEFT(c.period, 4), '-', RIGHT(c.period, 2)) AS month, y.name AS seller,
       y.code AS seller_code, t.name AS terminal, g.name AS region, t.id AS buyer_id, p.unit,
       CONCAT(p.generic_name, ' ', p.pack_spec) AS product, o.name AS owner, o.code AS owner_code,
       IF(FIND_IN_SET('territory', c.signals), 'true', NULL) AS territory, IF(FIND_IN_SET('lot', c.signals), 'true', NULL) AS lot,
       IF(FIND_IN_SET('price', c.signals), 'true', NULL) AS price, IF(FIND_IN_SET('peak', c.signals), 'true', NULL) AS peak,
       IF(t.id IS NULL, NULL, c.qty) AS sold_qty, IF(t.id IS NULL, c.qty, NULL) AS whole_qty,
       IF(t.id IS NULL, (SELECT k.median FROM flow_peak k WHERE k.period = c.period AND k.party_id = c.party_id
		AND k.product_id = c.product_id), NULL) AS usual_qty,
       IF(t.id IS NULL, (SELECT SUM(w.qty) FROM flow_case_row s
		JOIN flow_row w ON w.book_period = s.book_period AND w.id = s.row_id
		WHERE s.case_id = c.id), NULL) AS listed_qty,
       n.name AS notifier, x.name AS explainer, d.name AS decider, a.name AS evidence
  FROM flow_case c
  JOIN party y ON y.id = c.party_id
  JOIN product p ON p.id = c.product_id
  LEFT JOIN party t ON t.id = c.terminal_id AND c.terminal_id <> c.party_id
  LEFT JOIN region g ON g.code = t.region_code
  LEFT JOIN party o ON o.id = c.owner_id
  LEFT JOIN app_user n ON n.id = c.notified_by
  LEFT JOIN app_user x ON x.id = c.explained_by
  LEFT JOIN app_user d ON d.id = c.decided_by
  LEFT JOIN attachment a ON a.id = c.attachment_id;

-- Names that are not understood, by month: rows and quantity as received. Ask for one sender and month.
CREATE OR REPLACE DEFINER = owner@localhost VIEW flow_unmatched AS
SELECT u.book_period, u.sender_id, u.what, u.name_id, COUNT(*) AS row_count, SUM(u.qty) AS qty
  FROM (SELECT r.book_period, r.sender_id, 'party' AS what, r.party_name_id AS name_id,
	       r.raw_qty AS qty
	  FROM flow_row r
	  JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported'
	 WHERE r.party_id IS NULL
	 UNION ALL
	SELECT r.book_period, r.sender_id, 'product', r.product_name_id, r.raw_qty
	  FROM flow_row r
	  JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported'
	 WHERE r.product_id IS NULL
	 UNION ALL
	SELECT r.book_period, r.sender_id, 'product', r.product_name_id, r.raw_qty
	  FROM stock_report r
	  JOIN flow_file f ON f.id = r.file_id AND f.status = 'imported'
	 WHERE r.product_id IS NULL) u
 GROUP BY u.book_period, u.sender_id, u.what, u.name_id;

-- Samples of what rules decided: the share of wrong matches by rows, with Wilson's interval of 95 %.
CREATE OR REPLACE DEFINER = owner@localhost VIEW flow_sample_rate AS
SELECT s.drawn_on, s.drawn, s.judged, s.wrong, ROUND(s.wrong / NULLIF(s.judged, 0), 4) AS rate,
       CAST(GREATEST(0, (s.wrong / s.judged + 3.8415 / (2 * s.judged) - 1.96 * SQRT(
		s.wrong / s.judged * (1 - s.wrong / s.judged) / s.judged
		+ 3.8415 / (4 * s.judged * s.judged))) / (1 + 3.8415 / s.judged)) AS DECIMAL(6,4)) AS rate_low,
       CAST((s.wrong / s.judged + 3.8415 / (2 * s.judged) + 1.96 * SQRT(
		s.wrong / s.judged * (1 - s.wrong / s.judged) / s.judged
		+ 3.8415 / (4 * s.judged * s.judged))) / (1 + 3.8415 / s.judged) AS DECIMAL(6,4)) AS rate_high
  FROM (SELECT drawn_on, COUNT(*) AS drawn, NULLIF(SUM(verdict <> 'open'), 0) AS judged,
	       SUM(verdict = 'wrong') AS wrong
	  FROM flow_sample
	 GROUP BY drawn_on) s;

-- What says how far a distributor is from us with a product, a row a month and way (DOMAIN 2.1): 1 we shipped it
-- to him, or he reports that he bought it of us; one more than the seller's level where a seller reports him as
-- buyer; one more than the class of a distributor of whom he says he
-- bought, and who does not report it.
CREATE OR REPLACE DEFINER = owner@localhost VIEW flow_way AS
SELECT h.party_id, l.product_id, CAST(DATE_FORMAT(h.shipped_on, '%Y%m') AS SIGNED) AS book_period,
       1 AS flow_level
  FROM shipment h
  JOIN shipment_line l ON l.party_id = h.party_id AND l.shipment_id = h.id
 WHERE h.status IN ('shipped', 'in_transit', 'delivered')
 UNION ALL
SELECT m.party_id, m.product_id, m.book_period, m.flow_level + 1
  FROM flow_month m
 WHERE m.kind = 'sale' AND m.product_id <> 0 AND m.party_id <> m.sender_id AND m.is_share = 0
   AND m.flow_class <> 3 AND m.qty > 0
 UNION ALL
SELECT m.sender_id, m.product_id, x.period, IF(o.role = 'company', 1, party_level(m.party_id) + 1)
  FROM period x
 STRAIGHT_JOIN flow_month m ON m.book_period = x.period AND m.kind = 'purchase'
 STRAIGHT_JOIN party_role o ON o.party_id = m.party_id AND o.role IN ('company', 'distributor')
 WHERE m.product_id <> 0 AND m.party_id <> m.sender_id AND m.qty > 0
   AND NOT EXISTS (SELECT 1 FROM flow_month s
	WHERE s.book_period = x.period AND s.kind = 'sale' AND s.sender_id = m.party_id
	  AND s.product_id = m.product_id AND s.party_id = m.sender_id);
