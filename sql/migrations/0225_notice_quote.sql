-- 0225: notices of quotations can be switched off like the others (0212); one that is sent asks for an answer.

INSERT INTO notice_kind (site, kind, duty, seq) VALUES
	('office', 'quote.approved', NULL, 26), ('office', 'quote.returned', NULL, 27),
	('office', 'quote.accepted', NULL, 28), ('office', 'quote.declined', NULL, 29),
	('portal', 'quote.sent', 'answer', 15), ('portal', 'quote.withdrawn', NULL, 16)
	ON DUPLICATE KEY UPDATE duty = VALUES(duty), seq = VALUES(seq);
