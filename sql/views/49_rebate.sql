-- Prices that fell in the months of a run, with each customer the policy is for.
CREATE OR REPLACE DEFINER = owner@localhost VIEW rebate_change AS
SELECT n.id AS run_id, d.id AS change_id, d.product_id, d.changed_on, m.period, m.starts_on,
       c.party_id
  FROM rebate_run n
  JOIN rebate_policy t ON t.id = n.policy_id
  JOIN period m ON m.period BETWEEN n.period_from AND n.period_to
  JOIN price_change d ON d.changed_on BETWEEN m.starts_on AND m.ends_on AND d.status = 'active'
   AND (t.product_group_id IS NULL OR d.product_id IN (SELECT g.product_id
	  FROM product_group_item g WHERE g.group_id = t.product_group_id))
  JOIN customer c ON c.buyer_role = 'distributor' AND (t.group_id IS NULL OR c.group_id = t.group_id);

-- What a customer paid for a product, from the day of an invoice to that of the next: the last
-- line of the day.
CREATE OR REPLACE DEFINER = owner@localhost VIEW rebate_acquisition AS
SELECT q.party_id, q.product_id, x.price, q.day AS valid_from,
       LEAD(q.day) OVER (PARTITION BY q.party_id, q.product_id ORDER BY q.day) AS valid_to
  FROM (SELECT i.party_id, l.product_id, i.issued_on AS day, MAX(l.id) AS line_id
	  FROM invoice i
	  JOIN invoice_line l ON l.party_id = i.party_id AND l.invoice_id = i.id
	 WHERE i.kind = 'blue' AND i.status = 'issued'
	 GROUP BY i.party_id, l.product_id, i.issued_on) q
  JOIN invoice_line x ON x.party_id = q.party_id AND x.id = q.line_id;
