-- A checkout of two soaps: the statements of PlaceOrder, in its order, in its two transactions.
\set a random(1, :half)
\set b random(:half + 1, :last)
\set x random(1, 9223372036854775807)
BEGIN;
SELECT variants.*, products.name, shelves.on_hand - shelves.reserved AS available FROM variants JOIN products ON products.id = variants.product_id JOIN shelves ON shelves.variant_id = variants.id WHERE variants.id IN (:a, :b) AND NOT variants.archived AND NOT products.archived FOR KEY SHARE OF variants;
WITH placed AS (INSERT INTO orders (id, token, state, currency, subtotal, discount, shipping, tax, total, captured, refunded, client, basket, created_at, pay_by, attempt) VALUES (md5(:x::text)::uuid, md5(:x::text), 'awaiting', 'USD', 1798, 0, 0, 0, 1798, 0, 0, '127.0.0.1', md5(:x::text) || md5(:x::text), now(), now() + interval '31 minutes', 1) RETURNING id) INSERT INTO order_lines (order_id, variant_id, quantity, unit_price, product_name, variant_label, sku) SELECT placed.id, given.* FROM placed, (VALUES (:a::bigint, 1, 899, 'Oat & Honey', '100 g', 'S0001-0001'), (:b, 1, 899, 'Oat & Honey', '100 g', 'S0001-0002')) AS given;
INSERT INTO order_events (order_id, at, kind, facts, words) VALUES (md5(:x::text)::uuid, now(), 'placed', '{}', '');
INSERT INTO reservations (order_id, variant_id, quantity, state) VALUES (md5(:x::text)::uuid, :a, 1, 'held'), (md5(:x::text)::uuid, :b, 1, 'held');
SELECT variant_id, on_hand, reserved FROM shelves WHERE variant_id IN (:a, :b) ORDER BY variant_id FOR UPDATE;
UPDATE shelves SET on_hand = on_hand, reserved = reserved + 1 WHERE variant_id IN (:a, :b);
COMMIT;
BEGIN;
UPDATE orders SET session_id = 'cs_bench_' || md5(:x::text), session_url = 'https://pay.example/cs_bench_' || md5(:x::text) WHERE id = md5(:x::text)::uuid AND state = 'awaiting' AND session_id IS NULL;
COMMIT;
