-- The carrier or its number may be told, or corrected, after the goods have left: an event of its own.

ALTER TABLE shipment_event MODIFY kind ENUM('picked','shipped','transit','arrived','delivered','problem','cancelled','carrier') NOT NULL;
