-- 0043: lots are found by how their number begins, whatever the product.

CREATE INDEX IF NOT EXISTS ix_lot_number ON lot (lot_no, id);
