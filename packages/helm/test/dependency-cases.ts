export interface ChartCase {
  readonly files: Readonly<Record<string, string>>;
  /** Given by somebody, as a file. */
  readonly values: string;
}

type Files = Readonly<Record<string, string>>;

const metadata = (name: string, more = ''): string => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${more}`;
const app = (more: string, values = ''): Files => ({ 'Chart.yaml': metadata('app', more), 'values.yaml': values });
/** Below charts/, which may be in a chart of its own: `a/charts/b`. */
const sub = (path: string, values = '', more = ''): Files => {
  const name = path.split('/').at(-1) ?? '';
  return { [`charts/${path}/Chart.yaml`]: metadata(name, more), [`charts/${path}/values.yaml`]: values };
};
const wants = (...lines: readonly string[]): string =>
  `dependencies:\n${lines.map((line) => `- {version: "*", repository: "", ${line}}\n`).join('')}`;
const one = (given: string, defaults: string): ChartCase => ({ files: app('', defaults), values: given });

const CRD = (name: string): string => `kind: CustomResourceDefinition\nmetadata:\n  name: ${name}\n`;

/** Charts and what is given to them: what the real Helm makes of each is in testdata/engine/charts.json. */
export const CHART_CASES: Readonly<Record<string, ChartCase>> = {
  'nothing given': one('', 'a: 1\nb: {c: 2, d: [1, 2]}\n'),
  'given over defaults': one('a: 2\nb: {c: 3}\nl: [3]\n', 'a: 1\nb: {c: 2, d: 4}\nl: [1, 2]\n'),
  'null takes a default away': one('a: null\nb: {c: null}\n', 'a: 1\nb: {c: 2, d: 4}\n'),
  'null for what the chart does not know': one('x: null\nb: {y: null, z: {w: null}}\n', 'b: {c: 2}\n'),
  'null for a table': one('b: null\n', 'b: {c: {d: 1}}\n'),
  'null in a table that is not there': one('b: {c: {d: null}}\n', 'a: 1\n'),
  'null at every depth': one('a: {b: {c: {d: null, e: 1}}}\n', 'a: {b: {c: {d: 1, f: 2}, g: null}}\n'),
  'null as a default': one('', 'a: null\nb: {c: null, d: {e: null, f: 1}}\n'),
  'null as a default, given': one('a: 1\nb: {c: {d: 1}}\n', 'a: null\nb: {c: null}\n'),
  'null given for a null default': one('a: null\nb: {c: null}\n', 'a: null\nb: {c: null}\n'),
  'a table given for text': one('a: {b: 1}\n', 'a: text\n'),
  'text given for a table': one('a: text\n', 'a: {b: 1}\n'),
  'text given for a table, deeper': one('t: {a: text, b: {c: 1}}\n', 't: {a: {b: 1, n: null, l: [1.5, x, {y: 1000000}]}, b: text}\n'),
  numbers: one('a: 1\nb: 1000000000\n', 'c: 9007199254740993\nd: 1.5\ne: [9007199254740993]\nf: {g: 12345678901234567890}\n'),
  'a key of the prototype': one('__proto__: {a: 1}\nconstructor: x\n', '__proto__: {b: 2}\ntoString: y\n'),
  'several documents of defaults': one('', 'a: {b: 1}\n---\na: {c: 2}\n'),

  'a chart in the chart': { files: { ...app('', 'sub: {a: 2}\nown: 1\n'), ...sub('sub', 'a: 1\nb: 1\n') }, values: 'sub: {b: 3}\n' },
  'null for a value of a chart in it': {
    files: { ...app('', 'sub: {a: 2}\n'), ...sub('sub', 'a: 1\nb: {c: 1, d: 2}\n') },
    values: 'sub: {a: null, b: {c: null}}\n',
  },
  'null by the upper chart': {
    files: { ...app('', 'sub: {a: null, b: {c: null}, e: null}\n'), ...sub('sub', 'a: 1\nb: {c: 1, d: 2}\n') },
    values: '',
  },
  'null by the upper chart, given': {
    files: { ...app('', 'sub: {a: null, b: {c: null}}\n'), ...sub('sub', 'a: 1\nb: {c: 1, d: 2}\n') },
    values: 'sub: {a: 3, b: {c: 4}}\n',
  },
  'text for a chart': { files: { ...app(''), ...sub('sub', 'a: 1\n') }, values: 'sub: text\n' },
  'a number for a chart': { files: { ...app(''), ...sub('sub', 'a: 1\n') }, values: 'sub: 1\n' },
  'truth for a chart': { files: { ...app(''), ...sub('sub', 'a: 1\n') }, values: 'sub: true\n' },
  'a list for a chart': { files: { ...app(''), ...sub('sub', 'a: 1\n') }, values: 'sub: [a, 1, null, true]\n' },
  'null for a chart': { files: { ...app(''), ...sub('sub', 'a: 1\n') }, values: 'sub: null\n' },
  'null for a chart that has defaults above': {
    files: { ...app('', 'sub: {a: 1}\n'), ...sub('sub', 'a: 1\nb: 2\n') },
    values: 'sub: null\n',
  },
  'text by the upper chart': { files: { ...app('', 'sub: text\n'), ...sub('sub', 'a: 1\n') }, values: '' },

  globals: {
    files: { ...app('', 'global: {a: app, t: {x: 1}}\n'), ...sub('sub', 'global: {a: sub, b: sub, t: {x: 2, y: 2}}\n') },
    values: '',
  },
  'globals that are given': {
    files: { ...app('', 'global: {a: app}\n'), ...sub('sub', '') },
    values: 'global: {a: given, l: [1]}\nsub: {global: {a: for the sub, c: 1}}\n',
  },
  'globals, three deep': {
    files: {
      ...app('', 'global: {t: {u: {a: app}}}\n'),
      ...sub('sub', 'global: {t: {u: {b: sub}, s: 1}}\n'),
      ...sub('sub/charts/deep', 'global: {t: {u: {c: deep, a: deep}}}\nx: 1\n'),
    },
    values: '',
  },
  'globals of a sibling are not seen': {
    files: { ...app('', ''), ...sub('a', 'global: {x: a}\n'), ...sub('b', 'global: {y: b}\n') },
    values: '',
  },
  'a table of globals that is shared': {
    files: { ...app('', 'global: {t: {u: {v: app}}}\n'), ...sub('a', 'global: {t: {u: {w: a}}}\n') },
    values: '',
  },
  'null in globals': {
    files: { ...app('', 'global: {a: 1, t: {b: 1}}\n'), ...sub('sub', 'global: {a: 2, t: {b: 2, c: 2}}\n') },
    values: 'global: {a: null, t: {b: null}}\n',
  },
  'null in the globals of a chart': {
    files: { ...app('', 'global: {a: 1, t: {b: 1}}\n'), ...sub('sub', 'global: {a: null, t: {b: null}}\n') },
    values: '',
  },
  'text as globals': { files: { ...app('', ''), ...sub('sub', 'global: {a: 2}\n') }, values: 'global: text\n' },
  'text as globals of a chart': { files: { ...app('', 'global: {a: 1}\n'), ...sub('sub', 'x: 1\n') }, values: 'sub: {global: text}\n' },
  'a table against text in globals': {
    files: { ...app('', 'global: {a: {b: 1}, c: text}\n'), ...sub('sub', 'global: {a: text, c: {d: 1}}\n') },
    values: 'sub: {global: {a: given, c: {e: 1}}}\n',
  },

  'a condition switches off': {
    files: { ...app(wants('name: sub, condition: sub.enabled'), 'sub: {enabled: false}\n'), ...sub('sub', 'a: 1\n') },
    values: '',
  },
  'a condition of the chart itself': {
    files: { ...app(wants('name: sub, condition: sub.enabled')), ...sub('sub', 'enabled: false\n') },
    values: '',
  },
  'a condition that is given': {
    files: { ...app(wants('name: sub, condition: sub.enabled')), ...sub('sub', 'enabled: false\n') },
    values: 'sub: {enabled: true}\n',
  },
  'the first condition that is there': {
    files: { ...app(wants('name: sub, condition: "nowhere.x,a.b,c"'), 'a: {b: false}\nc: true\n'), ...sub('sub') },
    values: '',
  },
  'blanks around conditions': {
    files: { ...app(wants('name: sub, condition: " a.b , c "'), 'a: {b: false}\nc: false\n'), ...sub('sub') },
    values: '',
  },
  'conditions that are no truth values': {
    files: { ...app(wants('name: sub, condition: "a,b,c,d,e"'), 'a: text\nb: 1\nc: null\nd: {x: 1}\ne: false\n'), ...sub('sub') },
    values: '',
  },
  'a condition by one name': { files: { ...app(wants('name: sub, condition: live'), 'live: false\n'), ...sub('sub') }, values: '' },
  tags: {
    files: {
      ...app(
        wants('name: a, tags: [front]', 'name: b, tags: [back]', 'name: c, tags: [front, back]', 'name: d'),
        'tags: {front: true, back: false}\n',
      ),
      ...sub('a'),
      ...sub('b'),
      ...sub('c'),
      ...sub('d'),
    },
    values: '',
  },
  'tags and conditions': {
    files: {
      ...app(
        wants('name: a, tags: [t], condition: a.live', 'name: b, tags: [u], condition: b.live'),
        'tags: {t: false, u: true}\na: {live: true}\nb: {live: false}\n',
      ),
      ...sub('a'),
      ...sub('b'),
    },
    values: '',
  },
  'tags that are no truth values': {
    files: { ...app(wants('name: a, tags: [t, u]'), 'tags: {t: text, u: false}\n'), ...sub('a') },
    values: '',
  },
  'tags that are no table': { files: { ...app(wants('name: a, tags: [t]'), 'tags: text\n'), ...sub('a') }, values: '' },
  'tags given': { files: { ...app(wants('name: a, tags: [t]'), 'tags: {t: true}\n'), ...sub('a') }, values: 'tags: {t: false}\n' },
  'tags of a chart in it': {
    files: { ...app(wants('name: a')), ...sub('a', 'tags: {t: false}\n', wants('name: b, tags: [t]')), ...sub('a/charts/b') },
    values: '',
  },
  'conditions at depth': {
    files: {
      ...app(wants('name: a')),
      ...sub('a', 'b: {live: true}\n', wants('name: b, condition: b.live')),
      ...sub('a/charts/b', 'x: 1\n'),
    },
    values: 'a: {b: {live: false}}\n',
  },
  'conditions at depth from above': {
    files: {
      ...app(wants('name: a'), 'a: {b: {live: false}}\n'),
      ...sub('a', '', wants('name: b, condition: b.live')),
      ...sub('a/charts/b', 'x: 1\n'),
    },
    values: '',
  },
  'charts nobody asked for': { files: { ...app(wants('name: b')), ...sub('a', 'x: 1\n'), ...sub('b') }, values: '' },
  'charts nobody asked for, at depth': {
    files: { ...app(''), ...sub('a', '', wants('name: b, condition: b.live')), ...sub('a/charts/b', 'live: false\n') },
    values: '',
  },
  'another version than is there': {
    files: { ...app('dependencies:\n- {name: a, version: ">=2", repository: ""}\n'), ...sub('a', 'x: 1\n') },
    values: '',
  },
  'a range that is none': {
    files: { ...app('dependencies:\n- {name: a, version: "not a range", repository: ""}\n'), ...sub('a', 'x: 1\n') },
    values: '',
  },
  'no range': {
    files: { ...app('dependencies:\n- {name: a, alias: b, version: "", repository: ""}\n'), ...sub('a', 'x: 1\n') },
    values: '',
  },
  'an asked chart that is not there': { files: { ...app(wants('name: a', 'name: gone')), ...sub('a', 'x: 1\n') }, values: '' },
  'the order of dependencies': {
    files: { ...app(wants('name: c', 'name: a', 'name: b')), ...sub('a'), ...sub('b'), ...sub('c') },
    values: '',
  },
  'an alias': {
    files: { ...app(wants('name: sub, alias: other'), 'other: {a: 2}\nsub: {a: 3}\n'), ...sub('sub', 'a: 1\nb: 1\n') },
    values: '',
  },
  'two aliases': {
    files: {
      ...app(wants('name: sub, alias: one', 'name: sub, alias: two, condition: two.live', 'name: sub'), 'one: {a: 2}\ntwo: {a: 3}\n'),
      ...sub('sub', 'a: 1\n'),
      ...sub('sub/charts/deep', 'd: 1\n'),
    },
    values: 'two: {live: false}\n',
  },
  'a condition by alias': {
    files: { ...app(wants('name: sub, alias: other, condition: other.live')), ...sub('sub', 'live: false\n') },
    values: '',
  },
  'requirements.yaml of a v1 chart': {
    files: {
      'Chart.yaml': 'apiVersion: v1\nname: app\nversion: 1.0.0\n',
      'requirements.yaml': wants('name: sub, alias: other, condition: other.live'),
      'values.yaml': 'other: {live: false}\n',
      ...sub('sub', 'a: 1\n'),
    },
    values: '',
  },
  'a library': { files: { ...app(wants('name: lib')), ...sub('lib', 'exports: {x: {a: 1}}\n', 'type: library\n') }, values: '' },

  'exported values': {
    files: { ...app(wants('name: sub, import-values: [data]'), 'own: 1\n'), ...sub('sub', 'exports: {data: {a: 1, own: 2}}\n') },
    values: '',
  },
  'exported values that are not there': {
    files: { ...app(wants('name: sub, import-values: [data]')), ...sub('sub', 'exports: {other: {a: 1}}\n') },
    values: '',
  },
  'exports that are no table': {
    files: { ...app(wants('name: sub, import-values: [data]')), ...sub('sub', 'exports: text\n') },
    values: '',
  },
  'values by their path': {
    files: {
      ...app(wants('name: sub, import-values: [{child: a.b, parent: x.y}]'), 'x: {y: {own: 1, c: 5}}\n'),
      ...sub('sub', 'a: {b: {c: 1, d: {e: 2}}}\n'),
    },
    values: '',
  },
  'values by their path to the root': {
    files: { ...app(wants('name: sub, import-values: [{child: a, parent: .}]'), 'b: 2\n'), ...sub('sub', 'a: {b: 1, c: 1}\n') },
    values: '',
  },
  'values by a path that is not there': {
    files: { ...app(wants('name: sub, import-values: [{child: gone, parent: x}]')), ...sub('sub', 'a: {b: 1}\n') },
    values: '',
  },
  'values by half a path': {
    files: { ...app(wants('name: sub, import-values: [{child: a}, {parent: b}]')), ...sub('sub', 'a: {b: 1}\n') },
    values: '',
  },
  'values by a path that is a number': {
    files: { ...app(wants('name: sub, import-values: [{child: 1, parent: 2}]')), ...sub('sub', '"1": {b: 1}\n') },
    values: '',
  },
  'imports of two charts': {
    files: {
      ...app(wants('name: a, import-values: [data]', 'name: b, import-values: [data]')),
      ...sub('a', 'exports: {data: {x: {from: a, a: 1}}}\n'),
      ...sub('b', 'exports: {data: {x: {from: b, b: 1}}}\n'),
    },
    values: '',
  },
  'imports with nulls': {
    files: {
      ...app(wants('name: sub, import-values: [data]'), 'a: null\nt: {u: null}\n'),
      ...sub('sub', 'exports: {data: {a: 1, t: {u: 1, v: null}, n: null}}\n'),
    },
    values: '',
  },
  'imports over text': {
    files: {
      ...app(wants('name: sub, import-values: [data]'), 't: text\nu: {v: 1}\n'),
      ...sub('sub', 'exports: {data: {t: {a: 1}, u: text}}\n'),
    },
    values: '',
  },
  'imports, given': {
    files: { ...app(wants('name: sub, import-values: [data]'), ''), ...sub('sub', 'exports: {data: {a: 1, t: {u: 1}}}\n') },
    values: 'a: 2\nt: {u: null}\nsub: {exports: {data: {a: 3}}}\n',
  },
  'imports at depth': {
    files: {
      ...app(wants('name: a, import-values: [{child: up, parent: top}]')),
      ...sub('a', 'up: {own: 1}\n', wants('name: b, import-values: [{child: data, parent: up}]')),
      ...sub('a/charts/b', 'data: {deep: 1}\n'),
    },
    values: '',
  },
  'imports of what is switched off': {
    files: {
      ...app(wants('name: sub, condition: sub.live, import-values: [data]'), 'sub: {live: false}\n'),
      ...sub('sub', 'exports: {data: {a: 1}}\n'),
    },
    values: '',
  },
  'imports by alias': {
    files: { ...app(wants('name: sub, alias: other, import-values: [data]')), ...sub('sub', 'exports: {data: {a: 1}}\n') },
    values: '',
  },
  'imports of a library': {
    files: { ...app(wants('name: lib, import-values: [data]')), ...sub('lib', 'exports: {data: {a: 1}}\n', 'type: library\n') },
    values: '',
  },
  'imports that share a table': {
    files: {
      ...app(wants('name: a, import-values: [{child: t, parent: x}, {child: t, parent: y}, {child: u, parent: x}]')),
      ...sub('a', 't: {m: {k: 1}}\nu: {m: {l: 2}}\n'),
    },
    values: '',
  },
  'imports and null of a chart': {
    files: {
      ...app(wants('name: sub, import-values: [data]'), 'sub: {a: null, exports: {data: {x: null}}}\n'),
      ...sub('sub', 'a: 1\nexports: {data: {x: 1, y: 2}}\n'),
    },
    values: '',
  },

  'resource definitions': {
    files: {
      ...app(wants('name: b', 'name: a, alias: renamed', 'name: without, condition: without.live'), 'without: {live: false}\n'),
      'crds/z.yaml': CRD('z'),
      'crds/a.yml': CRD('a'),
      'crds/deep/c.JSON': '{}',
      'crds/README.md': 'none',
      'crds/_d.yaml': CRD('d'),
      'crds/empty.yaml': '',
      ...sub('a'),
      'charts/a/crds/a.yaml': CRD('of-a'),
      ...sub('a/charts/deep'),
      'charts/a/charts/deep/crds/deep.yaml': CRD('deep'),
      ...sub('b'),
      'charts/b/crds/b.yaml': CRD('of-b'),
      ...sub('without'),
      'charts/without/crds/off.yaml': CRD('of-off'),
    },
    values: '',
  },

  'schemas of charts in it': {
    files: {
      ...app('', 'port: text\n'),
      'values.schema.json': '{"properties": {"port": {"type": "integer"}}}',
      ...sub('a', 'on: 1\n'),
      'charts/a/values.schema.json': '{"properties": {"on": {"type": "boolean"}}}',
      ...sub('b', 'x: 1\n'),
      'charts/b/values.schema.json': '{"required": ["x"]}',
    },
    values: '',
  },
  'schemas of charts at depth': {
    files: {
      ...app(''),
      ...sub('a', ''),
      ...sub('a/charts/b', 'x: text\n'),
      'charts/a/charts/b/values.schema.json': '{"properties": {"x": {"type": "number"}}}',
    },
    values: '',
  },
  'a schema sees the globals': {
    files: { ...app('', 'global: {a: 1}\n'), ...sub('a'), 'charts/a/values.schema.json': '{"additionalProperties": false}' },
    values: '',
  },
};

/** Numbers in a fixed order, so that the cases are those that were recorded. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % sides;
  };
}

const LEAVES = ['null', '1', '2.5', 'text', 'true', '[1, null]', '{}'] as const;

/** A map in flow style, of few keys, so that maps meet. Keys are those of charts, too. */
function randomMap(roll: (sides: number) => number, depth: number): string {
  const keys = ['a', 'b', 'c', 'sub', 'global', 'tags'].filter(() => roll(5) < 2);
  const fields = keys.map((key) => `${key}: ${depth > 0 && roll(3) > 0 ? randomMap(roll, depth - 1) : LEAVES[roll(LEAVES.length)]}`);
  return `{${fields.join(', ')}}`;
}

const randomCase = (seed: number): ChartCase => {
  const roll = dice(seed);
  const values = (): string => `${randomMap(roll, 3)}\n`;
  const imports = ['[a]', '[{child: a, parent: b}]', '[{child: a.b, parent: .}]', '[]'][roll(4)] ?? '[]';
  const condition = ['', 'a', 'sub.a', 'a.b,global.a'][roll(4)] ?? '';
  return {
    files: {
      ...app(roll(2) === 0 ? '' : wants(`name: sub, tags: [a, b], condition: "${condition}", import-values: ${imports}`), values()),
      ...sub('sub', values(), roll(2) === 0 ? '' : wants('name: c, condition: "c.a,a"')),
      ...sub('sub/charts/c', values()),
    },
    values: values(),
  };
};

/** Values that nobody would write. */
export const RANDOM_CHART_CASES: Readonly<Record<string, ChartCase>> = Object.fromEntries(
  Array.from({ length: 250 }, (_, seed) => [`random ${seed}`, randomCase(seed + 1)]),
);
