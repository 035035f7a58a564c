-- 0178: movements of one kind, latest first: of two destructions among millions of shipments too.

ALTER TABLE stock_movement ADD KEY IF NOT EXISTS ix_stock_movement_kind (kind, biz_date, id);
