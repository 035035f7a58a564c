-- What is under special control is bought by who is licensed for it only (E10): the business scopes
-- that were missing, named as product.control_class.

INSERT IGNORE INTO code_dict (list, code, name, seq) VALUES
	('licence_scope', 'narcotic', '麻醉药品', 7), ('licence_scope', 'psychotropic1', '第一类精神药品', 8),
	('licence_scope', 'toxic', '医疗用毒性药品', 9), ('licence_scope', 'radioactive', '放射性药品', 10),
	('licence_scope', 'precursor', '药品类易制毒化学品', 11);
