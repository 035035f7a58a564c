-- Sales that rebates are for, by the month they count in: pure and matched. What was reported counts as
-- booked; corrections in the month they are about, of diversion only what is taken from the seller.
CREATE OR REPLACE DEFINER = owner@localhost VIEW rebate_sale AS
SELECT m.sender_id AS party_id, p.period AS month, p.period AS booked, m.product_id, m.qty, m.amount
  FROM period p STRAIGHT_JOIN flow_month m ON m.book_period = p.period
 WHERE m.kind = 'sale' AND m.is_pure_sale = 1 AND m.flow_class NOT IN (2, 3, 5) AND m.is_share = 0
   AND m.product_id > 0 AND m.party_id > 0
 UNION ALL
SELECT l.party_id, EXTRACT(YEAR_MONTH FROM l.biz_date), c.book_period, l.product_id, l.qty, ROUND(l.qty * l.price, 2)
  FROM flow_correction_line l
  JOIN flow_correction c ON c.id = l.correction_id AND c.status = 'approved'
 WHERE l.what = 'sale' AND l.product_id IS NOT NULL AND (c.kind <> 'diversion' OR l.qty < 0)
   AND EXISTS (SELECT 1 FROM party_role o WHERE o.party_id = l.counterparty_id
	AND o.role IN ('hospital', 'pharmacy', 'chain', 'clinic'));

-- A line of a run with its policy, for both sites.
CREATE OR REPLACE DEFINER = owner@localhost VIEW rebate_line_page AS
SELECT l.id AS line_id, l.pid, l.run_id, l.party_id, r.run_no, r.status, t.id AS policy_id,
       t.name AS policy, t.method, t.base AS base_kind, t.target, t.margin,
       CONCAT(LEFT(r.period_from, 4), '-', RIGHT(r.period_from, 2)) AS period_from,
       CONCAT(LEFT(r.period_to, 4), '-', RIGHT(r.period_to, 2)) AS period_to,
       l.base, l.before_base,
       IF(t.method IN ('protection', 'chargeback'), NULL, l.measure) AS measure,
       IF(t.method IN ('protection', 'chargeback'), NULL, l.tier) AS tier, l.amount, IF(l.capped = 1, 'true', NULL) AS capped,
       IF(l.outside = 1, 'true', NULL) AS outside,
       l.paid, l.due, v.voucher_no, r.decided_at, p.code AS customer_code, p.name AS customer,
       c.rep_id, c.org_unit_id
  FROM rebate_line l
  JOIN rebate_run r ON r.id = l.run_id
  JOIN rebate_policy t ON t.id = r.policy_id
  JOIN party p ON p.id = l.party_id
  JOIN customer c ON c.party_id = l.party_id
  LEFT JOIN voucher v ON v.id = l.voucher_id;

-- What was credited.
CREATE OR REPLACE DEFINER = owner@localhost VIEW rebate_credit_line AS
SELECT * FROM rebate_line_page WHERE status = 'approved' AND due <> 0;
