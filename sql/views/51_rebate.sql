-- A line of a run with its policy, for both sites.
CREATE OR REPLACE DEFINER = owner@localhost VIEW rebate_line_page AS
SELECT l.id AS line_id, l.pid, l.run_id, l.party_id, r.run_no, r.status, t.id AS policy_id,
       t.name AS policy, t.method, t.base AS base_kind, t.target, t.margin,
       CONCAT(LEFT(r.period_from, 4), '-', RIGHT(r.period_from, 2)) AS period_from,
       CONCAT(LEFT(r.period_to, 4), '-', RIGHT(r.period_to, 2)) AS period_to,
       l.base, l.before_base,
       IF(t.method IN ('protection', 'chargeback'), NULL, l.measure) AS measure,
       IF(t.method IN ('protection', 'chargeback'), NULL, l.tier) AS tier, l.amount, IF(l.capped = 1, 'true', NULL) AS capped,
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
