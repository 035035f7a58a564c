-- 0212: everybody chooses which notices ring for him (UX 13). What asks for an answer is a duty and always
-- does; a notice switched off is still written, as one that is read.

CREATE TABLE IF NOT EXISTS notice_kind (
	site ENUM('office','portal') NOT NULL COMMENT 'of the reader',
	kind VARCHAR(40) NOT NULL COMMENT 'key of the words: order.approved ...',
	duty ENUM('recall','answer') NULL COMMENT 'why it cannot be switched off',
	seq SMALLINT NOT NULL,
	PRIMARY KEY (site, kind)
) COMMENT 'what people are told';

INSERT INTO notice_kind (site, kind, duty, seq) VALUES
	('office', 'approval.waiting', 'answer', 10), ('office', 'approval.transferred', 'answer', 11),
	('office', 'approval.copied', NULL, 12),
	('office', 'order.placed', NULL, 20), ('office', 'order.approved', NULL, 21),
	('office', 'order.returned', NULL, 22), ('office', 'order.rejected', NULL, 23),
	('office', 'order.cancelled', NULL, 24),
	('office', 'return.waiting', 'answer', 30), ('office', 'return.approved', NULL, 31),
	('office', 'return.rejected', NULL, 32), ('office', 'return.received', NULL, 33),
	('office', 'reconcile.confirmed', NULL, 40), ('office', 'dispute.raised', 'answer', 41),
	('office', 'flow.imported', NULL, 50), ('office', 'flow.waiting', 'answer', 51),
	('office', 'flow.failed', NULL, 52), ('office', 'flow.missing', NULL, 53),
	('office', 'correction.approved', NULL, 54), ('office', 'correction.rejected', NULL, 55),
	('office', 'case.explained', 'answer', 56),
	('office', 'period.lock', NULL, 60), ('office', 'period.close', NULL, 61),
	('office', 'period.stopped', NULL, 62),
	('office', 'recall.silent', 'recall', 70), ('office', 'recall.unsent', 'recall', 71),
	('office', 'recall.unreported', 'recall', 72),
	('portal', 'order.approved', NULL, 10), ('portal', 'order.returned', NULL, 11),
	('portal', 'order.rejected', NULL, 12), ('portal', 'order.cancelled', NULL, 13),
	('portal', 'shipment.shipped', NULL, 20), ('portal', 'shipment.delivered', NULL, 21),
	('portal', 'return.approved', NULL, 22), ('portal', 'return.rejected', NULL, 23),
	('portal', 'return.received', NULL, 24),
	('portal', 'invoice.issued', NULL, 30), ('portal', 'invoice.red', NULL, 31),
	('portal', 'reconcile.issued', 'answer', 40), ('portal', 'dispute.answered', NULL, 41),
	('portal', 'letter.sent', 'answer', 42), ('portal', 'rebate.credited', NULL, 43),
	('portal', 'flow.imported', NULL, 50), ('portal', 'flow.waiting', 'answer', 51),
	('portal', 'flow.failed', NULL, 52), ('portal', 'flow.missing', 'answer', 53),
	('portal', 'correction.approved', NULL, 54), ('portal', 'correction.rejected', NULL, 55),
	('portal', 'case.notified', 'answer', 56),
	('portal', 'recall.notice', 'recall', 60), ('portal', 'recall.reminder', 'recall', 61)
	ON DUPLICATE KEY UPDATE duty = VALUES(duty), seq = VALUES(seq);

CREATE TABLE IF NOT EXISTS notice_off (
	user_id BIGINT NOT NULL,
	kind VARCHAR(40) NOT NULL,
	PRIMARY KEY (user_id, kind),
	CONSTRAINT fk_notice_off_user_id FOREIGN KEY (user_id) REFERENCES app_user (id) ON DELETE CASCADE
) COMMENT 'notices that do not ring for somebody';
