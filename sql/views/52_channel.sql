-- Stock of distributors as they last reported it, beside what they sell. Both halves take a
-- condition on distributor or product inside.

CREATE OR REPLACE DEFINER = owner@localhost VIEW channel_held AS
SELECT s.party_id, s.product_id, SUM(s.qty) AS qty, COUNT(*) AS lots,
       MIN(s.expires_on) AS expires_on, MAX(s.stock_date) AS stock_date
  FROM channel_stock s
 WHERE s.qty > 0
 GROUP BY s.party_id, s.product_id;

-- Sales of the three months before this one, and the last month with any up to now. What a diversion
-- moves from one to another left the seller's stock and never was in the other's.
CREATE OR REPLACE DEFINER = owner@localhost VIEW channel_sold AS
SELECT m.sender_id AS party_id, m.product_id, MAX(m.book_period) AS last_period,
       SUM(IF(x.ends_on < b.day, m.qty, 0)) AS qty
  FROM (SELECT business_day() AS day) b
  STRAIGHT_JOIN period x
  STRAIGHT_JOIN flow_month m ON m.book_period = x.period AND m.kind = 'sale'
	AND m.flow_class <> 3
 WHERE x.starts_on <= b.day
   AND x.starts_on >= b.day - INTERVAL DAY(b.day) - 1 DAY - INTERVAL 3 MONTH
 GROUP BY m.sender_id, m.product_id;

-- What is so of it (DOMAIN 2.4). state: its expiry, else that it was not counted since the month before
-- began; pace: how it sells; age: not counted, whatever its expiry. None hides another.
CREATE OR REPLACE DEFINER = owner@localhost VIEW channel_page AS
SELECT h.party_id * 1000000 + h.product_id AS id, h.party_id, h.product_id, d.name AS sender,
       d.code AS sender_code, g.name AS place, d.province, p.generic_name AS product,
       p.code AS product_code, p.pack_spec AS pack, p.unit, h.qty, h.lots, h.expires_on, h.stock_date,
       ROUND(u.qty / 3, 0) AS monthly, ROUND(h.qty / NULLIF(GREATEST(u.qty, 0), 0) * 3, 1) AS months,
       INSERT(u.last_period, 5, 0, '-') AS last_month, c.rep_id, c.org_unit_id,
       CASE WHEN h.expires_on < b.day THEN 'expired'
	    WHEN h.expires_on < b.day + INTERVAL (SELECT value FROM param WHERE name = 'stock.warn_days') DAY
		THEN 'near'
	    WHEN h.stock_date < b.day - INTERVAL DAY(b.day) - 1 DAY - INTERVAL 1 MONTH
		THEN 'old' END COLLATE utf8mb4_unicode_520_ci AS state,
       CASE WHEN u.last_period IS NULL THEN 'slow'
	    WHEN h.qty > u.qty / 3 * (SELECT value FROM param WHERE name = 'flow.months_high')
		THEN 'high'
	    WHEN h.qty < u.qty / 3 * (SELECT value FROM param WHERE name = 'flow.months_low')
		THEN 'low' END COLLATE utf8mb4_unicode_520_ci AS pace,
       IF(h.stock_date < b.day - INTERVAL DAY(b.day) - 1 DAY - INTERVAL 1 MONTH, 'old', NULL)
		COLLATE utf8mb4_unicode_520_ci AS age
  FROM channel_held h
  JOIN (SELECT business_day() AS day) b
  JOIN flow_source f ON f.party_id = h.party_id AND f.status = 'active'
  JOIN party d ON d.id = h.party_id
  JOIN product p ON p.id = h.product_id
  LEFT JOIN region g ON g.code = d.region_code
  LEFT JOIN customer c ON c.party_id = h.party_id
  LEFT JOIN channel_sold u ON u.party_id = h.party_id AND u.product_id = h.product_id;

-- The same by lot: a lot is too much, too little or slow as its product is.
CREATE OR REPLACE DEFINER = owner@localhost VIEW channel_lot_page AS
SELECT s.id, s.party_id, s.product_id, d.name AS sender, d.code AS sender_code, g.name AS place,
       d.province, p.generic_name AS product, p.code AS product_code, p.pack_spec AS pack, p.unit,
       NULLIF(s.lot_no, '') AS lot_no, s.qty, s.expires_on, s.stock_date, c.rep_id, c.org_unit_id,
       ROUND(h.qty / NULLIF(GREATEST(u.qty, 0), 0) * 3, 1) AS months,
       CASE WHEN s.expires_on < b.day THEN 'expired'
	    WHEN s.expires_on < b.day + INTERVAL (SELECT value FROM param WHERE name = 'stock.warn_days') DAY
		THEN 'near'
	    WHEN s.stock_date < b.day - INTERVAL DAY(b.day) - 1 DAY - INTERVAL 1 MONTH
		THEN 'old'
	    WHEN u.last_period IS NULL THEN 'slow'
	    WHEN h.qty > u.qty / 3 * (SELECT value FROM param WHERE name = 'flow.months_high')
		THEN 'high'
	    WHEN h.qty < u.qty / 3 * (SELECT value FROM param WHERE name = 'flow.months_low')
		THEN 'low' END COLLATE utf8mb4_unicode_520_ci AS state
  FROM channel_stock s
  JOIN (SELECT business_day() AS day) b
  JOIN channel_held h ON h.party_id = s.party_id AND h.product_id = s.product_id
  JOIN flow_source f ON f.party_id = s.party_id AND f.status = 'active'
  JOIN party d ON d.id = s.party_id
  JOIN product p ON p.id = s.product_id
  LEFT JOIN region g ON g.code = d.region_code
  LEFT JOIN customer c ON c.party_id = s.party_id
  LEFT JOIN channel_sold u ON u.party_id = s.party_id AND u.product_id = s.product_id
 WHERE s.qty > 0;

-- What distributors reported as bought beside what we shipped to them, by month and product.
CREATE OR REPLACE DEFINER = owner@localhost VIEW channel_bought AS
SELECT q.period, q.party_id, q.product_id, SUM(q.reported) AS reported, SUM(q.shipped) AS shipped
  FROM (SELECT m.book_period AS period, m.sender_id AS party_id, m.product_id, m.qty AS reported,
	       0 AS shipped
	  FROM period x
	  STRAIGHT_JOIN flow_month m ON m.book_period = x.period AND m.kind = 'purchase'
	 UNION ALL
	SELECT x.period, s.party_id, l.product_id, 0, l.qty
	  FROM period x
	  STRAIGHT_JOIN shipment s ON s.shipped_on BETWEEN x.starts_on AND x.ends_on
	   AND s.status IN ('shipped', 'in_transit', 'delivered')
	  STRAIGHT_JOIN shipment_line l ON l.party_id = s.party_id AND l.shipment_id = s.id) q
 GROUP BY q.period, q.party_id, q.product_id;

CREATE OR REPLACE DEFINER = owner@localhost VIEW channel_bought_page AS
SELECT b.period * 1000000000000 + b.party_id * 100000 + b.product_id AS id, b.period, b.party_id,
       b.product_id, INSERT(b.period, 5, 0, '-') AS month, d.name AS sender, d.code AS sender_code,
       g.name AS place, d.province, p.generic_name AS product, p.code AS product_code,
       p.pack_spec AS pack, p.unit, b.reported, b.shipped, b.reported - b.shipped AS difference,
       CASE WHEN b.reported = b.shipped THEN 'equal' WHEN b.reported < b.shipped THEN 'less'
	    ELSE 'more' END COLLATE utf8mb4_unicode_520_ci AS state, c.rep_id, c.org_unit_id
  FROM channel_bought b
  JOIN flow_source f ON f.party_id = b.party_id AND f.status = 'active'
  JOIN party d ON d.id = b.party_id
  LEFT JOIN product p ON p.id = b.product_id
  LEFT JOIN region g ON g.code = d.region_code
  LEFT JOIN customer c ON c.party_id = b.party_id;
