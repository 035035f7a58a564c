-- A monthly statement as both sites show it.
CREATE OR REPLACE DEFINER = owner@localhost VIEW reconcile_head AS
SELECT r.id AS reconciliation_id, r.pid, r.version, r.reconciliation_no, r.party_id,
       DATE_FORMAT(r.date_from, '%Y-%m') AS period, r.issue_no, r.date_from, r.date_to, r.status,
       r.opening, r.debit, r.credit, r.closing, NULLIF(r.adjusted, 0) AS adjusted,
       IF(r.adjusted <> 0, r.closing + r.adjusted, NULL) AS agreed,
       IF(r.flow_final = 1, 'final', 'provisional') AS flow_state, r.content_hash, r.due_on,
       r.issued_at, i.name AS issued_by, r.confirmed_at, f.name AS confirmed_by,
       p.code AS customer_code, p.name AS customer, o.name AS company,
       c.rep_id, c.org_unit_id
  FROM reconciliation r
  JOIN party p ON p.id = r.party_id
  JOIN customer c ON c.party_id = r.party_id
  JOIN party_role us ON us.role = 'company'
  JOIN party o ON o.id = us.party_id
  LEFT JOIN app_user i ON i.id = r.issued_by
  LEFT JOIN app_user f ON f.id = r.confirmed_by;

-- A difference with the line it is about: ours and theirs side by side.
CREATE OR REPLACE DEFINER = owner@localhost VIEW reconcile_difference AS
SELECT d.id, d.version, d.dispute_no, d.party_id, d.reconciliation_id, r.reconciliation_no,
       r.period, l.line_no, l.section, l.biz_date, l.entry, l.doc_no, d.reason,
       COALESCE(l.debit, 0) - COALESCE(l.credit, 0) AS our_amount, d.their_amount,
       d.their_amount - (COALESCE(l.debit, 0) - COALESCE(l.credit, 0)) AS difference,
       IF(l.section = 'volume', COALESCE(l.shipped, 0) - COALESCE(l.returned, 0), NULL) AS our_qty,
       d.their_qty, g.generic_name AS product, g.pack_spec AS pack, g.unit, d.comment,
       a.token AS file, a.name AS file_name, a.id AS file_id, d.status, d.adjust_amount, d.answer,
       v.voucher_no, d.due_on, d.created_at, u.name AS raised_by, h.name AS handled_by,
       d.handled_by AS handled_by_id, d.handled_at, b.name AS decided_by, d.decided_at,
       p.code AS customer_code, p.name AS customer, c.rep_id, c.org_unit_id
  FROM reconciliation_dispute d
  JOIN reconciliation_line l ON l.id = d.line_id
  JOIN reconciliation r ON r.id = d.reconciliation_id
  JOIN party p ON p.id = d.party_id
  JOIN customer c ON c.party_id = d.party_id
  JOIN app_user u ON u.id = d.raised_by
  LEFT JOIN product g ON g.id = l.product_id
  LEFT JOIN attachment a ON a.id = d.attachment_id
  LEFT JOIN voucher v ON v.id = d.voucher_id
  LEFT JOIN app_user h ON h.id = d.handled_by
  LEFT JOIN app_user b ON b.id = d.decided_by;
