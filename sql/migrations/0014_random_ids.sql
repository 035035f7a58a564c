-- 0014: RAND() repeats after 2^30 values, so random ids met within one customer;
-- 53 bits of RANDOM_BYTES() do not.

ALTER TABLE sales_order ALTER COLUMN pid SET DEFAULT (CONV(HEX(RANDOM_BYTES(7)), 16, 10) DIV 8);
ALTER TABLE shipment ALTER COLUMN pid SET DEFAULT (CONV(HEX(RANDOM_BYTES(7)), 16, 10) DIV 8);
ALTER TABLE invoice ALTER COLUMN pid SET DEFAULT (CONV(HEX(RANDOM_BYTES(7)), 16, 10) DIV 8);
