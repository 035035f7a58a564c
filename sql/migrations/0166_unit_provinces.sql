-- 0166: provinces of a department. Terminals nobody looks after (the pool, DOMAIN 2.6) are seen and given by
-- the heads of the departments whose province they are in, not only by who sees the whole company.

ALTER TABLE org_unit
	ADD COLUMN IF NOT EXISTS provinces SET('11','12','13','14','15','21','22','23','31','32','33','34','35','36','37',
		'41','42','43','44','45','46','50','51','52','53','54','61','62','63','64','65','71','81','82')
		NOT NULL DEFAULT '' COMMENT 'GB/T 2260: terminals there that nobody has are its heads\' to give' AFTER path;
