-- 10,000 products more, each with two variants and in one of ten categories.
WITH sorted AS (
    INSERT INTO categories (name, description)
    SELECT 'Kind ' || n, 'Soaps of kind ' || n FROM generate_series(1, 10) AS n RETURNING id
), numbered AS (
    SELECT array_agg(id ORDER BY id) AS ids FROM sorted
), made AS (
    INSERT INTO products (slug, name, description, long_description, ingredients)
    SELECT 'bench-' || n, 'Soap ' || md5(n::text), 'A soap for day ' || n || ', by hand.',
           repeat('It smells of ' || md5('smell' || n % 300) || '. ', 4),
           ARRAY['olive oil', 'water', 'lye', 'scent ' || n % 300]
    FROM generate_series(1, 10000) AS n RETURNING id
), placed AS (
    INSERT INTO product_categories (product_id, category_id)
    SELECT made.id, numbered.ids[1 + made.id % 10] FROM made, numbered
), offered AS (
    INSERT INTO variants (product_id, sku, size, price, currency)
    SELECT made.id, 'B' || made.id || '-' || size, size * 50 || ' g', 450 * size, 'USD'
    FROM made, generate_series(1, 2) AS size RETURNING id
)
INSERT INTO shelves (variant_id, on_hand, reserved) SELECT id, 1000000, 0 FROM offered;
