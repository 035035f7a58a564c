-- Sales of a lot as reported, in any spelling that was understood, one row a seller and buyer.
-- Found by product: a recall must not miss a lot that was typed otherwise. The goods are where they were sold,
-- whomever a diversion (class 3) credits.
CREATE OR REPLACE DEFINER = owner@localhost VIEW lot_sale AS
SELECT l.id AS lot_id, f.id AS row_id, f.sender_id, f.party_id, f.party_name_id, f.flow_level, f.is_pure_sale,
       f.qty, f.biz_date, f.product_id
  FROM lot l
  JOIN flow_row f ON f.product_id = l.product_id AND (f.lot_no = l.lot_no OR f.lot_id = l.id)
  JOIN flow_file e ON e.id = f.file_id AND e.status = 'imported'
 WHERE f.kind = 'sale' AND f.flow_class <> 3;

-- Sales that bear the number of the lot under a product name that nobody understood yet: perhaps
-- of it. Names that somebody knows for another maker's are left out.
CREATE OR REPLACE DEFINER = owner@localhost VIEW lot_unsure AS
SELECT l.id AS lot_id, f.id AS row_id, f.sender_id, f.party_id, f.party_name_id, f.product_name_id, f.flow_level,
       f.qty, f.biz_date, n.name AS raw_product, n.extra AS raw_spec
  FROM lot l
  JOIN flow_row f ON f.product_id IS NULL AND f.lot_no = l.lot_no
  JOIN flow_file e ON e.id = f.file_id AND e.status = 'imported'
  JOIN flow_name n ON n.id = f.product_name_id AND n.state <> 'foreign'
 WHERE f.kind = 'sale' AND l.lot_no <> '';

-- The page of a recall, and everybody on its list; a name not matched stands as received.
CREATE OR REPLACE DEFINER = owner@localhost VIEW recall_page AS
SELECT r.id, r.version, r.recall_no, r.lot_id, r.product_id, l.lot_no, l.produced_on,
       l.expires_on, CONCAT(p.generic_name, ' ', p.pack_spec) AS product, p.code, p.unit,
       r.class, r.reason, r.measures, r.status, u.name AS made_by, r.opened_at, r.notify_by,
       r.plan_by, r.notified_at, r.report_by, c.name AS closed_by, r.closed_at,
       r.conclusion, l.status AS lot_status,
       r.status = 'open' AND r.notify_by < UTC_TIMESTAMP(6) AS late,
       r.report_by < business_day() AS report_late
  FROM recall r
  JOIN lot l ON l.id = r.lot_id
  JOIN product p ON p.id = r.product_id
  JOIN app_user u ON u.id = r.opened_by
  LEFT JOIN app_user c ON c.id = r.closed_by;

CREATE OR REPLACE DEFINER = owner@localhost VIEW recall_holder AS
SELECT h.id, IF(h.status = 'listed' OR r.status <> 'notified', NULL, h.id) AS answer_id, h.recall_id,
       COALESCE(p.name, n.name) AS holder, g.name AS place, h.party_id,
       h.tier, h.shipped, h.bought, h.sold, NULLIF(h.unsure, 0) AS unsure, h.stock, h.stock_date, h.status, h.notified_by,
       h.notified_at, NULLIF(h.reminders, 0) AS reminders, h.on_hand,
       IF(h.answered_at IS NULL AND h.received = 0, NULL, h.returned) AS returned, h.resold_to,
       IF(h.tier IN ('unknown', 'unsure'), 'attention', IF(h.status = 'done', 'done', NULL)) AS flag
  FROM recall_party h
  JOIN recall r ON r.id = h.recall_id
  LEFT JOIN party p ON p.id = h.party_id
  LEFT JOIN region g ON g.code = p.region_code
  LEFT JOIN flow_name n ON n.id = h.name_id;

-- What a recall adds up to; what came back counts where we shipped.
CREATE OR REPLACE DEFINER = owner@localhost VIEW recall_sums AS
SELECT r.id AS recall_id, COUNT(h.id) AS holders,
       COALESCE(SUM(h.status IN ('answered', 'done')), 0) AS answered,
       COALESCE(SUM(h.status = 'listed' AND h.tier IN ('distributor', 'terminal')), 0) AS untold,
       COALESCE(SUM(h.status = 'notified'), 0) AS silent,
       COALESCE(SUM(h.tier = 'unknown'), 0) AS unknown,
       COALESCE(SUM(h.tier = 'unsure'), 0) AS unsure,
       COALESCE(SUM(h.shipped), 0) AS shipped,
       COALESCE(SUM(IF(h.tier = 'terminal', h.shipped + h.bought, 0)), 0) AS at_terminals,
       COALESCE(SUM(IF(h.tier = 'distributor', COALESCE(h.on_hand, h.stock), 0)), 0) AS on_hand,
       COALESCE(SUM(IF(h.shipped > 0, h.returned, 0)), 0) AS returned,
       ROUND(SUM(IF(h.shipped > 0, h.returned, 0)) / NULLIF(SUM(h.shipped), 0), 4) AS recovery
  FROM recall r
  LEFT JOIN recall_party h ON h.recall_id = r.id
 GROUP BY r.id;

-- Who may answer for a holder: users of the company, and of a chain for its branch.
CREATE OR REPLACE DEFINER = owner@localhost VIEW recall_answerer AS
SELECT p.id AS party_id, u.id AS user_id
  FROM party p
  JOIN app_user u ON u.site = 'portal' AND u.status = 'active'
	AND u.party_id IN (p.id, p.parent_id) AND (u.branch_id IS NULL OR u.branch_id = p.id)
  JOIN user_role ur ON ur.user_id = u.id
  JOIN role_permission rp ON rp.role_id = ur.role_id AND rp.permission = 'recall.reply';
