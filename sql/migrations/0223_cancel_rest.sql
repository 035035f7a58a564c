-- What is left of a partly shipped order is cancelled by a person: the order is then shipped, or
-- delivered, as it is by the last shipment. Two actions may lead from one state to another.

ALTER TABLE workflow_transition DROP PRIMARY KEY,
	ADD PRIMARY KEY (entity, from_state, to_state, action);
INSERT IGNORE INTO workflow_transition (entity, from_state, to_state, action, permission) VALUES
	('order', 'partly_shipped', 'shipped', 'cancel', 'order.create'),
	('order', 'partly_shipped', 'delivered', 'cancel', 'order.create');
