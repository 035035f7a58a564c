-- What a copied order starts from: its lines, at the prices then.
CREATE OR REPLACE DEFINER = owner@localhost VIEW order_entry_line AS
SELECT l.order_id, l.line_no AS n, p.code, l.ordered_qty AS qty,
       IF(l.price <> l.list_price OR o.quotation_id IS NOT NULL, l.price, NULL) AS price, l.note,
       l.price AS was
  FROM sales_order_line l
  JOIN sales_order o ON o.party_id = l.party_id AND o.id = l.order_id
  JOIN product p ON p.id = l.product_id;
