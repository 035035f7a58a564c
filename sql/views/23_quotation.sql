-- Quotations as the pages show them. state: what the row says; status: that, or expired.
CREATE OR REPLACE DEFINER = owner@localhost VIEW quotation_page AS
SELECT q.id, q.pid, q.version, q.party_id, q.quote_no, q.status AS state,
       IF(q.status = 'sent' AND q.valid_until < business_day(), 'expired', q.status) AS status,
       q.rep_id, q.org_unit_id, q.valid_until, q.pay, q.terms, q.note, q.reply, q.line_count, q.amount,
       q.round, q.sent_at, q.answered_at, q.order_id, q.created_by, q.sent_by, q.created_at,
       p.name AS customer, p.code AS customer_code, r.name AS rep, r.phone AS rep_phone,
       d.name AS department, m.name AS maker, a.name AS answerer, o.order_no, o.pid AS order_pid
  FROM quotation q
  JOIN party p ON p.id = q.party_id
  JOIN app_user m ON m.id = q.created_by
  LEFT JOIN app_user r ON r.id = q.rep_id
  LEFT JOIN org_unit d ON d.id = q.org_unit_id
  LEFT JOIN app_user a ON a.id = q.answered_by
  LEFT JOIN sales_order o ON o.party_id = q.party_id AND o.id = q.order_id;

CREATE OR REPLACE DEFINER = owner@localhost VIEW quotation_line_page AS
SELECT l.line_no AS id, l.party_id, l.quote_id, l.product_id, p.code, p.generic_name AS product,
       p.pack_spec AS pack, p.unit, m.name AS manufacturer, p.approval_no, l.qty, l.price, l.list_price,
       l.floor_price, l.amount, l.note, l.price < l.floor_price AS below_floor
  FROM quotation_line l
  JOIN product p ON p.id = l.product_id
  LEFT JOIN party m ON m.id = p.manufacturer_id;
