export interface SchemaCase {
  readonly schema: string;
  readonly values: string;
}

const DRAFT_URLS = {
  'draft 4': 'http://json-schema.org/draft-04/schema#',
  'draft 6': 'http://json-schema.org/draft-06/schema#',
  'draft 7': 'http://json-schema.org/draft-07/schema#',
  'draft 2019-09': 'https://json-schema.org/draft/2019-09/schema',
  'draft 2020-12': 'https://json-schema.org/draft/2020-12/schema',
} as const;

const of = (schema: unknown, values: string): SchemaCase => ({ schema: JSON.stringify(schema), values });
const at = (schema: unknown, value: string): SchemaCase => of({ properties: { a: schema } }, `a: ${value}\n`);
const inDraft = (draft: keyof typeof DRAFT_URLS, schema: object, values: string): SchemaCase =>
  of({ $schema: DRAFT_URLS[draft], ...schema }, values);
/** An object with a field of that name is not to be written down: it would pass for a promise. */
const then = (schema: unknown): object => Object.fromEntries([['then', schema]]);
/** The same in every draft. */
const everywhere = (name: string, schema: object, values: string): readonly (readonly [string, SchemaCase])[] =>
  (Object.keys(DRAFT_URLS) as (keyof typeof DRAFT_URLS)[]).map((draft) => [`${name}, ${draft}`, inDraft(draft, schema, values)]);

const format = (name: string, ...values: readonly string[]): readonly (readonly [string, SchemaCase])[] =>
  values.map((value) => [`${name} ${value}`, inDraft('draft 7', { properties: { a: { format: name } } }, `a: ${JSON.stringify(value)}\n`)]);

/** Formats whose messages are Go's own: only what they let through is compared. */
export const FORMAT_CASES: Readonly<Record<string, SchemaCase>> = Object.fromEntries([
  ...format('date', '2024-02-29', '2023-02-29', '2024-1-1', 'x'),
  ...format(
    'time',
    '12:30:00Z',
    '12:30:00',
    '25:00:00Z',
    '23:59:60Z',
    '22:59:60Z',
    '12:30:00.5+01:00',
    '12:30:00.Z',
    '23:30:60+00:30',
    '00:29:60+00:30',
  ),
  ...format('date-time', '2024-01-02T03:04:05Z', '2024-01-02 03:04:05Z', '2024-13-02T03:04:05Z', '2024-01-02t03:04:05z'),
  ...format('duration', 'P1D', 'P', 'P1W', 'PT1H30M', 'P1H', 'P1M1Y', 'PT', '1D', 'P1W1D', 'P1DT1H', 'P1DT1HT'),
  ...format('period', '2024-01-02T03:04:05Z/P1D', 'x', 'P1D/2024-01-02T03:04:05Z', 'P1D/P1D'),
  ...format('ipv4', '1.2.3.4', '1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.x', '1.2.3.-1', '+1.2.3.4'),
  ...format('ipv6', '::1', '1', '::ffff:1.2.3.4', 'fe80::1%eth0', ':::', '2001:db8::g'),
  ...format('hostname', 'a.example.com', '-a', 'a-', 'a..b', 'a_b', 'a.', '', `${'a'.repeat(64)}.com`),
  ...format('email', 'a@b.com', 'a', 'a b@c.d', '.a@b', 'a..b@c', '"a b"@c', 'a@[1.2.3.4]', 'a@[IPv6:::1]', 'a@-b', 'a@[1]'),
  ...format(
    'uri',
    'http://a/b',
    'a/b',
    'urn:x',
    'http://a b',
    '//a',
    ':a',
    '%zz',
    'http://[::1]:80/',
    'a:b',
    'http://a:x/',
    'x y:z',
    'mailto:a@b',
  ),
  ...format('uri-reference', 'a/b', '\\a', '#x', '//a/b', '%zz', 'a b', 'a:b:c', '1:2'),
  ...format('uri-template', 'http://a/{x}/{y}', '{x', 'x}', '{{x}}', '{?x}', '{/x}', 'a', '%zz'),
  ...format('json-pointer', '/a/b', 'a', '', '/~', '/~0~1'),
  ...format('relative-json-pointer', '0', '1/a', '0#', '01', 'x', '1#'),
  ...format(
    'uuid',
    '2eb8aa08-aa98-11ea-b4aa-73b441d16380',
    '2eb8aa08',
    '2eb8aa08-aa98-11ea-b4aa-73b441d1638g',
    '2eb8aa0-aa98-11ea-b4aa-73b441d16380',
  ),
  ...format('regex', 'a+', '[', '(?=a)', '(?<n>a)', '\\d', '\\c'),
  ...format('semver', '1.2.3', '1.2', 'v1.2.3', '1.2.3-a.1+b', '01.2.3', '1.2.3-01', '1.2.3+', '1..3', '1.2.x', '1.2.3-', '1.2.3-a+b.'),
  ...format('unknown', 'x'),
]);

/** Schemas and values: what the real Helm says of each is in testdata/engine/schemas.json. */
export const SCHEMAS: Readonly<Record<string, SchemaCase>> = {
  ...FORMAT_CASES,
  right: at({ type: 'integer' }, '1'),
  'every type': of(
    {
      properties: Object.fromEntries(['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'].map((type) => [type, { type }])),
    },
    '"null": 1\nboolean: 1\nnumber: x\ninteger: 1.5\nstring: 1\narray: {}\nobject: []\n',
  ),
  'every type, right': of(
    { properties: Object.fromEntries(['boolean', 'number', 'integer', 'string', 'array', 'object'].map((type) => [type, { type }])) },
    'boolean: true\nnumber: 1\ninteger: 2.0\nstring: x\narray: []\nobject: {}\n',
  ),
  'several types': at({ type: ['string', 'integer', 'null'] }, '1.5'),
  'a root of another type': of({ type: 'array' }, 'a: 1\n'),
  false: of(false, 'a: 1\n'),
  true: of(true, 'a: 1\n'),
  nothing: of({}, 'a: 1\n'),
  'no schema': of({ properties: { a: false } }, 'a: 1\n'),
  required: of({ required: ['a', 'b'] }, 'c: 1\n'),
  'one is required': of({ required: ['a'] }, 'c: 1\n'),
  'no others': of({ properties: { a: {} }, additionalProperties: false }, 'a: 1\nb: 2\nc: 3\n'),
  'others of a type': of({ properties: { a: {} }, additionalProperties: { type: 'string' } }, 'a: 1\nb: 2\nc: x\n'),
  'patterns of names': of(
    { patternProperties: { '^a': { type: 'string' }, b$: { type: 'integer' } }, additionalProperties: false },
    'ab: 1\nb: x\na: x\nc: 1\n',
  ),
  names: of({ propertyNames: { pattern: '^[a-z]+$', maxLength: 3 } }, 'Abcd: 1\nok: 1\n'),
  'how many properties': of({ properties: { a: { minProperties: 2 }, b: { maxProperties: 1 } } }, 'a: {x: 1}\nb: {x: 1, y: 2}\n'),
  dependencies: inDraft('draft 7', { dependencies: { a: ['b', 'c'], d: { required: ['e'] } } }, 'a: 1\nd: 1\n'),
  dependent: of({ dependentRequired: { a: ['b'] }, dependentSchemas: { a: { required: ['c'] } } }, 'a: 1\n'),
  lengths: of({ properties: { a: { minLength: 3 }, b: { maxLength: 1 }, c: { maxLength: 1 } } }, 'a: x\nb: xyz\nc: "\u{1f600}"\n'),
  'a pattern': at({ pattern: "^it's$" }, '"\\"no\\"\\n"'),
  'a pattern of RE2': at({ pattern: '^(?i)abc\\pL$' }, 'abcd'),
  'a pattern that is none': at({ pattern: '(?=a)' }, 'a'),
  'a pattern that is none, for names': of({ patternProperties: { '[': {} } }, 'a: 1\n'),
  bounds: of(
    { properties: { a: { minimum: 5 }, b: { maximum: 5 }, c: { exclusiveMinimum: 5 }, d: { exclusiveMaximum: 5 }, e: { multipleOf: 2 } } },
    'a: 4\nb: 6\nc: 5\nd: 5\ne: 3\n',
  ),
  'bounds, right': of(
    {
      properties: { a: { minimum: 5 }, b: { maximum: 5 }, c: { exclusiveMinimum: 5 }, d: { exclusiveMaximum: 5 }, e: { multipleOf: 0.1 } },
    },
    'a: 5\nb: 5\nc: 5.1\nd: 4.9\ne: 0.3\n',
  ),
  'bounds of draft 4': inDraft(
    'draft 4',
    { properties: { a: { minimum: 5, exclusiveMinimum: true }, b: { maximum: 5, exclusiveMaximum: true } } },
    'a: 5\nb: 5\n',
  ),
  'large numbers': of(
    {
      properties: {
        a: { minimum: 1000 },
        b: { maximum: 1000000 },
        c: { minimum: 1e21 },
        d: { minimum: 1234567.125 },
        e: { maximum: 0.0001 },
      },
    },
    'a: -1234.5\nb: 1234567890\nc: 1e20\nd: 0.00001\ne: 0.12345678\n',
  ),
  'numbers with many digits': of(
    { properties: { a: { maximum: 1 }, b: { maximum: 1 }, c: { maximum: 1 }, d: { minimum: 1 } } },
    'a: 123456.789012\nb: 1e22\nc: 9007199254740993\nd: 1e-10\n',
  ),
  'large counts': of(
    { properties: { a: { minLength: 1000 }, b: { minItems: 1234567 }, c: { minProperties: 1000 } } },
    'a: x\nb: [1]\nc: {}\n',
  ),
  'a constant': of(
    { properties: { a: { const: 1 }, b: { const: 'x' }, c: { const: { x: 1 } }, d: { const: null }, e: { const: true } } },
    'a: 2\nb: y\nc: {x: 2}\nd: 1\ne: false\n',
  ),
  'a constant, right': of(
    { properties: { a: { const: 1.0 }, b: { const: { x: [1, null], y: 2 } }, c: { const: null } } },
    'a: 1\nb: {y: 2, x: [1, null]}\n',
  ),
  choices: of(
    { properties: { a: { enum: ['x', 1, 1.5, null, true] }, b: { enum: ["it's"] }, c: { enum: [[1], {}] } } },
    'a: y\nb: x\nc: 1\n',
  ),
  'choices, right': of({ properties: { a: { enum: [1, 2] }, b: { enum: [[1]] } } }, 'a: 2\nb: [1.0]\n'),
  items: of({ properties: { a: { items: { type: 'string' } } } }, 'a: [x, 1, 2]\n'),
  'first items': of(
    { properties: { a: { prefixItems: [{ type: 'string' }, { type: 'integer' }], items: { type: 'boolean' } } } },
    'a: [1, x, 3, true]\n',
  ),
  'first items of draft 7': inDraft(
    'draft 7',
    { properties: { a: { items: [{ type: 'string' }], additionalItems: false }, b: { items: [{}], additionalItems: { type: 'string' } } } },
    'a: [1, 2, 3]\nb: [1, 2]\n',
  ),
  'no further items': of({ properties: { a: { prefixItems: [{}], items: false } } }, 'a: [1, 2]\n'),
  'how many items': of({ properties: { a: { minItems: 2 }, b: { maxItems: 1 } } }, 'a: [1]\nb: [1, 2]\n'),
  twins: of(
    { properties: { a: { uniqueItems: true }, b: { uniqueItems: true }, c: { uniqueItems: true } } },
    'a: [1, 2, 1.0]\nb: [{x: 1, y: 2}, {y: 2, x: 1}]\nc: [1, true, "1", null, [1]]\n',
  ),
  contains: of(
    {
      properties: {
        a: { contains: { type: 'string' } },
        b: { contains: { type: 'string' }, minContains: 2 },
        c: { contains: { type: 'string' }, maxContains: 1 },
        d: { contains: { type: 'string' }, minContains: 0 },
      },
    },
    'a: [1, 2]\nb: [x, 1]\nc: [x, y]\nd: [1]\n',
  ),
  'contains twice none': of({ properties: { a: { contains: { type: 'string' }, minContains: 2 } } }, 'a: [1]\n'),
  not: at({ not: { type: 'string' } }, 'x'),
  'all of': at({ allOf: [{ type: 'string' }, { minLength: 3 }, { maxLength: 9 }] }, '1'),
  'all of, several': at({ allOf: [{ minLength: 3 }, { pattern: 'y' }] }, 'x'),
  'any of': at({ anyOf: [{ type: 'string' }, { type: 'object', required: ['x', 'y'], properties: { z: { type: 'string' } } }] }, '{z: 1}'),
  'one of, none': at({ oneOf: [{ type: 'string' }, { type: 'integer' }] }, 'true'),
  'one of, two': at({ oneOf: [{ type: 'string' }, { minimum: 1 }, { minimum: 2 }, { minimum: 3 }] }, '5'),
  'if then': of(
    { if: { properties: { a: { const: 1 } }, required: ['a'] }, ...then({ required: ['b'] }), else: { required: ['c'] } },
    'a: 1\n',
  ),
  'if else': of(
    { if: { properties: { a: { const: 1 } }, required: ['a'] }, ...then({ required: ['b'] }), else: { required: ['c'] } },
    'a: 2\n',
  ),
  'then alone': of({ ...then({ required: ['b'] }) }, 'a: 2\n'),
  nested: of(
    { properties: { a: { properties: { 'b/c': { properties: { 'd~e': { items: { type: 'string' } } } } } } } },
    'a: {b/c: {d~e: [1]}}\n',
  ),
  'several things': of(
    { required: ['x'], properties: { a: { type: 'string' }, b: { type: 'string', minLength: 3, pattern: 'z' } } },
    'a: 1\nb: y\n',
  ),
  'null as a value': at({ type: 'string' }, 'null'),

  'a reference': of({ properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: { type: 'string' } } }, 'a: 1\n'),
  'a reference to several things': of(
    { properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: { required: ['y'], properties: { z: { type: 'string' } } } } },
    'a: {z: 1}\n',
  ),
  'a reference beside others': of({ properties: { a: { $ref: '#/$defs/x', minLength: 3 } }, $defs: { x: { pattern: 'y' } } }, 'a: x\n'),
  'a reference beside others in draft 7': inDraft(
    'draft 7',
    { properties: { a: { $ref: '#/definitions/x', minLength: 3 } }, definitions: { x: { pattern: 'y' } } },
    'a: x\n',
  ),
  'a reference in a choice': at({ anyOf: [{ $ref: '#/properties/b' }, { $ref: '#/properties/b' }] }, '1'),
  'a reference to the root': of({ properties: { a: { $ref: '#' } }, additionalProperties: false }, 'a: {a: {b: 1}}\n'),
  'a reference to itself': of({ properties: { a: { $ref: '#/properties/a' } } }, 'b: 1\n'),
  'a reference by its anchor': of({ properties: { a: { $ref: '#x' } }, $defs: { y: { $anchor: 'x', type: 'string' } } }, 'a: 1\n'),
  'a reference by its anchor in draft 7': inDraft(
    'draft 7',
    { properties: { a: { $ref: '#x' } }, definitions: { y: { $id: '#x', type: 'string' } } },
    'a: 1\n',
  ),
  'an anchor that is not there': at({ $ref: '#nowhere' }, '1'),
  'a pointer that is not there': at({ $ref: '#/$defs/nowhere' }, '1'),
  'a reference by id': of(
    {
      $id: 'https://example.com/root.json',
      properties: { a: { $ref: 'other.json' }, b: { $ref: 'https://example.com/other.json#/$defs/z' } },
      $defs: { y: { $id: 'other.json', type: 'string', $defs: { z: { type: 'integer' } } } },
    },
    'a: 1\nb: x\n',
  ),
  'a reference with escapes': of({ properties: { a: { $ref: '#/$defs/x~1y%20z' } }, $defs: { 'x/y z': { type: 'string' } } }, 'a: 1\n'),
  'a reference to what is no schema': of({ properties: { a: { $ref: '#/other/x' } }, other: { x: { type: 'string' } } }, 'a: 1\n'),
  'a reference to what is no schema and is wrong': of(
    { properties: { a: { $ref: '#/other/x' } }, other: { x: { type: 'nonsense' } } },
    'a: 1\n',
  ),
  'a reference to a draft': at({ $ref: 'http://json-schema.org/draft-07/schema#' }, '{type: 1}'),
  'a reference to the latest draft': at(
    { $ref: 'https://json-schema.org/draft/2020-12/schema' },
    '{type: nonsense, properties: {x: {minimum: y}}}',
  ),
  'a reference to a URN': at({ $ref: 'urn:example:x' }, '1'),
  'the same id twice': of({ $defs: { a: { $id: 'https://example.com/x' }, b: { $id: 'https://example.com/x' } } }, 'a: 1\n'),
  'the same anchor twice': of({ $defs: { a: { $anchor: 'x' }, b: { $anchor: 'x' } } }, 'a: 1\n'),
  'a recursive reference': inDraft(
    'draft 2019-09',
    { $recursiveAnchor: true, properties: { a: { $recursiveRef: '#' } }, additionalProperties: false },
    'a: {b: 1}\n',
  ),
  'a dynamic reference': of({ $dynamicAnchor: 'x', properties: { a: { $dynamicRef: '#x' } }, additionalProperties: false }, 'a: {b: 1}\n'),
  'a tree that is made stricter': of(
    {
      $id: 'https://example.com/strict',
      $ref: 'tree',
      $dynamicAnchor: 'node',
      unevaluatedProperties: false,
      $defs: {
        tree: {
          $id: 'https://example.com/tree',
          $dynamicAnchor: 'node',
          properties: { data: true, children: { items: { $dynamicRef: '#node' } } },
        },
      },
    },
    'children: [{daat: 1}]\n',
  ),
  'what nobody looked at': of(
    { allOf: [{ properties: { a: {} } }, { properties: { b: {} } }], properties: { c: {} }, unevaluatedProperties: false },
    'a: 1\nb: 2\nc: 3\nd: 4\n',
  ),
  'what nobody looked at, by choice': of(
    {
      anyOf: [
        { properties: { a: {} }, required: ['a'] },
        { properties: { b: {} }, required: ['b'] },
      ],
      unevaluatedProperties: false,
    },
    'a: 1\nb: 2\n',
  ),
  'what nobody looked at, by condition': of(
    { if: { properties: { a: { const: 1 } } }, ...then({ properties: { b: {} } }), unevaluatedProperties: { type: 'string' } },
    'a: 1\nb: 2\nc: 3\n',
  ),
  'items nobody looked at': of(
    { properties: { a: { prefixItems: [{}], contains: { type: 'string' }, unevaluatedItems: false } } },
    'a: [1, x, 2]\n',
  ),

  'a format of the latest draft': at({ format: 'ipv4' }, 'x'),
  'a schema of another draft inside': of(
    {
      $id: 'https://example.com/a',
      properties: { a: { $id: 'https://example.com/b', $schema: DRAFT_URLS['draft 7'], format: 'ipv4', items: [{ type: 'string' }] } },
    },
    'a: [1]\n',
  ),
  'a type that is none': at({ type: 'text' }, '1'),
  'keywords of other types': of({ properties: [], required: 'a', minimum: 'x' }, 'a: 1\n'),
  'a schema that is a text': of('x', 'a: 1\n'),
  'a negative length': at({ maxLength: -1 }, 'x'),
  'a schema of an unknown draft': of({ $schema: 'file:///nowhere' }, 'a: 1\n'),
  ...Object.fromEntries([
    ...everywhere('values', { properties: { a: { type: 'integer', minimum: 3 }, b: { enum: [1] }, c: { not: {} } } }, 'a: 1\nb: 2\nc: 3\n'),
    ...everywhere(
      'maps',
      {
        required: ['x'],
        properties: { a: { type: 'string' } },
        patternProperties: { '^b': { type: 'string' } },
        additionalProperties: false,
      },
      'a: 1\nb: 2\nc: 3\n',
    ),
    ...everywhere(
      'keywords of later drafts',
      {
        properties: {
          a: {
            const: 1,
            contains: { type: 'string' },
            propertyNames: false,
            if: true,
            ...then(false),
            dependentRequired: { x: ['y'] },
            prefixItems: [false],
            unevaluatedProperties: false,
          },
        },
      },
      'a: {x: 1}\n',
    ),
    ...everywhere(
      'keywords of later drafts, a list',
      { properties: { a: { contains: { type: 'string' }, prefixItems: [false], items: [true], additionalItems: false } } },
      'a: [1, 2]\n',
    ),
    ...everywhere('a wrong schema', { properties: { a: { type: 'x', minLength: -1 } } }, 'a: 1\n'),
    ...everywhere('formats', { properties: { a: { format: 'email' } } }, 'a: x\n'),
  ]),
};
