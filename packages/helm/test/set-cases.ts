import type { SetFlag } from '../src/set-values/set-values.ts';

export interface SetCase {
  readonly flag: SetFlag | 'set-file';
  readonly text: string;
  readonly base?: unknown;
}

const BASE = { name: 'text', on: true, none: null, number: 1, map: { key: 'value', inner: { a: 1 } }, list: [1, { a: 1 }, [2], 'x'] };

/** Read with an empty base by each of the flags. */
const TEXTS: readonly string[] = [
  '',
  'name1=value1',
  'name1=value1,name2=value2',
  'name1=value1,name2=value2,',
  'name1=,name2=value2',
  'name1=one\\,two,name2=three',
  'name1=a\\=b',
  'name1.name2=value',
  'name1.name2=a,name1.name3=b',
  'name1\\.name2=value',
  'name1\\[0\\]=value',
  'name1',
  '=value',
  '=',
  ',',
  '.',
  'name1,name2=a',
  'name1=value1,,name2=value2',
  'a.',
  'a.=1',
  'a..b=1',
  '.a=1',
  'a=1,.',
  'a={}',
  'a={b}',
  'a={b,c},d=e',
  'a={b,c}d=e',
  'a={b,c',
  'a={b,{c}}',
  'a=b{c}',
  'a={b\\,c,d}',
  'a={ b, c }',
  'a={1,true,null,x}',
  'a[0]=1',
  'a[1]=1',
  'a[0]=1,a[1]=2',
  'a[1]=x,a[0]=y',
  'a[0].b=1',
  'a[0].b=1,a[0].c=2',
  'a[1].b=1,a[0].b=2',
  'a[0][0]=1',
  'a[0][1]=1,a[0][0]=2',
  'a[0][0].b=1',
  'a[0].b[1]=1',
  'a[0].b[0].c=1,a[0].b[0].d=2',
  'a[0]',
  'a[0',
  'a[',
  'a[]=1',
  'a[x]=1',
  'a[-1]=1',
  'a[+1]=1',
  'a[1.5]=1',
  'a[0]b=1',
  'a[0]bc=1',
  'a[0]=',
  'a[0]={b,c}',
  'a[0].',
  'a[0].b',
  'a[0][',
  'a[0][1',
  'a[0],b=1',
  'a[65537]=1',
  'a[99999999999]=1',
  'a[99999999999999999999]=1',
  'a[99999999999]',
  'a[0][99999999999]=1',
  '[0]=1',
  '[0].a=1',
  'a=true',
  'a=TRUE',
  'a=False',
  'a=null',
  'a=Null',
  'a=nil',
  'a=~',
  'a=0',
  'a=00',
  'a=007',
  'a=1',
  'a=-1',
  'a=+1',
  'a=-0',
  'a=-012',
  'a=9223372036854775807',
  'a=9223372036854775808',
  'a=-9223372036854775808',
  'a=1.5',
  'a=1e3',
  'a=1_000',
  'a=0x10',
  'a= 1',
  'a=1 ',
  ' a=1',
  'a =1',
  'a=\u00e9\u{1f600}',
  '\u{1f600}=1',
  'a="1"',
  "a='x'",
  'a=b=c',
  'a=b.c',
  'a=b[0]',
  'a=\\',
  'a\\',
  'a=\\n',
  'a=C:\\\\dir',
  'a=x,a=y',
  'a=x,a.b=y',
  'a.b=x,a=y',
  'a[0]=x,a.b=y',
  'a.b=x,a[0]=y',
  'a={x},a[1]=y',
  'a=1,b={2},c[0]=3,d.e=4',
  '__proto__.polluted=1',
  'a.__proto__=1',
  'constructor.prototype.x=1',
  'a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a1.a2.a3.a4.a5=1',
  'a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a1.a2.a3.a4.a5.a6=1',
  'a=false,b=fal\u017fe',
];

const ON_BASE: readonly string[] = [
  'name=other',
  'name.a=1',
  'name[0]=1',
  'on.a=1',
  'on[0]=1',
  'none.a=1',
  'none[0]=1',
  'number.a=1',
  'number[0]=1',
  'map=x',
  'map.key=x',
  'map[0]=x',
  'map.key.a=1',
  'map.inner.b=2',
  'map.inner=null',
  'list=x',
  'list.a=1',
  'list[0]=x',
  'list[1].b=2',
  'list[1].a=null',
  'list[0].a=1',
  'list[2][1]=3',
  'list[3][0]=1',
  'list[1][0]=1',
  'list[4]=y',
  'list[6]=y',
  'list[0',
  'list[1].',
  'map.',
  'map={a}',
];

const JSON_TEXTS: readonly string[] = [
  'a=1',
  'a=1.5',
  'a=1e400',
  'a=9007199254740993',
  'a="x"',
  'a="x,y",b=1',
  'a="\\"",b=1',
  'a=[1,2],b={"c":[1]}',
  'a= [1] , b=2',
  'a=',
  'a=,b=1',
  'a= ,b=1',
  'a=null',
  'a=true,b=false',
  'a.b={"c":1},a.d=2',
  'a[0]={"b":1},a[1]=',
  'a[0].b=[1]',
  'a={"b":1',
  'a=x',
  'a="x',
  'a=[1,2',
  'a=1x',
  'a=1 x=2',
  'a={"b":1}c=2',
  'a=tru',
  'a=01',
  'a=-1',
  'a=-',
  'a=[}',
  'a={"__proto__":{"b":1}}',
  'a',
  'a,b=1',
  'a[1]=1,a[0]=2',
];

const each = (flag: SetCase['flag'], texts: readonly string[], base?: unknown): readonly (readonly [string, SetCase])[] =>
  texts.map((text) => [
    `--${flag} ${text}${base === undefined ? '' : ' over others'}`,
    base === undefined ? { flag, text } : { flag, text, base },
  ]);

/** What Helm's flags are given: what the real Helm makes of each is in testdata/engine/sets.json (scripts/record-engine-main.ts writes it). */
export const SETS: Readonly<Record<string, SetCase>> = Object.fromEntries([
  ...(['set', 'set-string', 'set-literal', 'set-file'] as const).flatMap((flag) => each(flag, TEXTS)),
  ...(['set', 'set-literal'] as const).flatMap((flag) => each(flag, ON_BASE, BASE)),
  ...each('set-json', JSON_TEXTS),
]);

export interface OptionsCase {
  readonly files?: Readonly<Record<string, string>>;
  readonly values?: readonly string[];
  readonly set?: readonly string[];
  readonly setString?: readonly string[];
  readonly setFile?: readonly string[];
  readonly setJson?: readonly string[];
  readonly setLiteral?: readonly string[];
}

const numbers = `small: 1
large: 1000000
long: 9007199254740993
longer: 9223372036854775807
longest: 18446744073709551615
beyond: 18446744073709551616
float: 1.5
whole: 2.0
exponent: 1e3
octal: 0777
newOctal: 0o777
hex: 0x1f
underscores: 1_000
negative: -0
list: [1, 1.5, 9007199254740993]
on: on
y: y
date: 2024-01-01
quoted: "1"
`;

/** Whole command lines. */
export const OPTIONS: Readonly<Record<string, OptionsCase>> = {
  nothing: {},
  'numbers of files': { files: { 'a.yaml': numbers }, values: ['a.yaml'] },
  'files over files': {
    files: { 'a.yaml': 'a: {b: 1, c: 2}\nd: [1]\n', 'b.yaml': 'a: {c: 3, e: null}\nd: [2]\n' },
    values: ['a.yaml', 'b.yaml'],
  },
  'several documents': { files: { 'a.yaml': 'a: {b: 1}\n---\na: {c: 2}\n---\nd: 1\n' }, values: ['a.yaml'] },
  'an empty file': { files: { 'a.yaml': '' }, values: ['a.yaml'] },
  'a file with a null': { files: { 'a.yaml': 'a: 1\n', 'b.yaml': 'a: null\n' }, values: ['a.yaml', 'b.yaml'] },
  'the order of flags': {
    files: { 'a.yaml': 'a: file\nb: file\nc: file\nd: file\ne: file\nf: file\n', text: 'contents' },
    values: ['a.yaml'],
    setJson: ['b="json",c="json",d="json",e="json",f="json"'],
    set: ['c=set,d=set,e=set,f=set'],
    setString: ['d=string,e=string,f=string'],
    setFile: ['e=text,f=text'],
    setLiteral: ['f=literal'],
  },
  'objects in JSON': {
    files: { 'a.yaml': 'a: {b: 1}\n' },
    values: ['a.yaml'],
    setJson: [' {"a": {"c": 2}, "d": 9007199254740993}', 'a.e=[1]'],
  },
  'a bad object in JSON': { setJson: ['{"a": 1'] },
  'numbers of flags': { files: { 'a.yaml': 'a: 1\n' }, values: ['a.yaml'], set: ['b=1,c={1,2.5}'], setJson: ['d=1'] },
  'a bad text': { set: ['a=1', 'b[x]=1'] },
  'a list': { files: { 'a.yaml': '- a\n' }, values: ['a.yaml'] },
};
