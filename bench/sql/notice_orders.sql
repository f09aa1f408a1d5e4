-- What notice.sql pays for: so many orders for each of 32 clients, each with two soaps held.
WITH placed AS (
    SELECT 1 + n %% %(half)s AS a, 1 + %(half)s + n %% %(half)s AS b, md5(%(run)s || '-' || client || '-' || n) AS name
    FROM generate_series(0, 31) AS client, generate_series(1, %(each)s) AS n
), written AS (
    INSERT INTO orders (id, token, state, currency, subtotal, discount, shipping, tax, total,
                        captured, refunded, client, basket, created_at, pay_by, attempt,
                        session_id)
    SELECT name::uuid, name, 'awaiting', 'USD', 1798, 0, 0, 0, 1798,
           0, 0, '127.0.0.1', 'run ' || %(run)s, now(), now() + interval '31 minutes', 1, 'cs_' || name FROM placed
), lined AS (
    INSERT INTO order_lines (order_id, variant_id, quantity, unit_price, product_name,
                             variant_label, sku)
    SELECT name::uuid, variant, 1, 899, 'Oat & Honey', '100 g', 'S0001-0001'
    FROM placed, unnest(ARRAY[a, b]) AS variant
), held AS (
    INSERT INTO reservations (order_id, variant_id, quantity, state)
    SELECT name::uuid, variant, 1, 'held' FROM placed, unnest(ARRAY[a, b]) AS variant
)
UPDATE shelves SET reserved = reserved + 32 * %(each)s;
