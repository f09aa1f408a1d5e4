-- A million orders of three years, two soaps in each, most of them paid; and what belongs to them.
WITH goods AS (
    SELECT array_agg(id ORDER BY id) AS ids FROM variants WHERE NOT archived
), placed AS (
    INSERT INTO orders (id, token, number, state, currency, subtotal, discount, shipping, tax, total,
                        captured, refunded, client, basket, created_at, pay_by, attempt,
                        session_id, email, search_words, paid_at)
    SELECT md5('order' || n)::uuid, md5('token' || n), CASE WHEN n %% 20 > 0 THEN 1000000 + n END,
           CASE WHEN n %% 20 > 0 THEN 'paid' ELSE 'expired' END, 'USD', 1798, 0, 0, 0, 1798,
           CASE WHEN n %% 20 > 0 THEN 1798 ELSE 0 END, 0, '203.0.113.' || n %% 250, 'history',
           at, at + interval '31 minutes', 1, 'cs_history_' || n,
           CASE WHEN n %% 20 > 0 THEN 'buyer' || n %% 200000 || '@example.org' END,
           CASE WHEN n %% 20 > 0
                THEN ARRAY[(1000000 + n)::text, 'buyer' || n %% 200000 || '@example.org']
                ELSE '{}' END,
           CASE WHEN n %% 20 > 0 THEN at END
    FROM (SELECT n, now() - interval '3 years' + n * interval '94 seconds' AS at
          FROM generate_series(1, %(orders)s) AS n) AS past
), lined AS (
    INSERT INTO order_lines (order_id, variant_id, quantity, unit_price, product_name,
                             variant_label, sku)
    SELECT md5('order' || n)::uuid, ids[1 + (n + line) %% array_length(ids, 1)], 1, 899,
           'Oat & Honey', '100 g', 'S0001-0001'
    FROM goods, generate_series(1, %(orders)s) AS n, generate_series(0, 1) AS line
), sold AS (
    INSERT INTO stock_movements (variant_id, change, reason, order_id, at, note)
    SELECT ids[1 + (n + line) %% array_length(ids, 1)], -1, 'sale', md5('order' || n)::uuid,
           now() - interval '3 years' + n * interval '94 seconds', ''
    FROM goods, generate_series(1, %(orders)s) AS n, generate_series(0, 1) AS line
    WHERE n %% 20 > 0
)
INSERT INTO money_ledger (order_id, amount, currency, reference, at)
SELECT md5('order' || n)::uuid, 1798, 'USD', 'pi_history_' || n,
       now() - interval '3 years' + n * interval '94 seconds'
FROM generate_series(1, %(orders)s) AS n WHERE n %% 20 > 0;
