-- 0213: the notice that the rest of an order was cancelled can be switched off like the others (0212).

INSERT INTO notice_kind (site, kind, duty, seq) VALUES
	('office', 'order.rest_cancelled', NULL, 25), ('portal', 'order.rest_cancelled', NULL, 14)
	ON DUPLICATE KEY UPDATE seq = VALUES(seq);
