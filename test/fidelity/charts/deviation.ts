import { shapeOf } from './shape.ts';

/** Something that the real program made, and made again. */
export interface Real<T> {
  readonly first: T;
  /** Absent until there is a need: where both differ, the real program does not repeat itself. */
  readonly second?: T;
}

export interface Comparison {
  /** Where ours differs first, and how. */
  readonly difference?: string;
  /** How many values the real program draws at random, and ours has in the same shape. */
  readonly random: number;
}

/** Compares two JSON trees. The order of keys does not count, that of lists does. */
export function compareTrees(real: Real<unknown>, got: unknown, at = ''): Comparison {
  const { first } = real;
  if (!(isTree(first) && isTree(got) && Array.isArray(first) === Array.isArray(got))) return compareLeaves(real, got, at);
  let random = 0;
  for (const key of new Set([...Object.keys(first), ...Object.keys(got)])) {
    const below = {
      first: own(first, key),
      ...(real.second === undefined ? {} : { second: isTree(real.second) ? own(real.second, key) : undefined }),
    };
    const compared = compareTrees(below, own(got, key), at === '' ? key : `${at}.${key}`);
    if (compared.difference !== undefined) return compared;
    random += compared.random;
  }
  return { random };
}

function compareLeaves({ first, second }: Real<unknown>, got: unknown, at: string): Comparison {
  if (Object.is(first, got)) return { random: 0 };
  if (typeof first === 'string' && typeof got === 'string')
    return compareTexts({ first, ...(typeof second === 'string' ? { second } : {}) }, got, at);
  return { random: 0, difference: `${at}: expected ${shown(first)}, got ${shown(got)}` };
}

/** Compares two texts line by line. */
export function compareTexts({ first, second }: Real<string>, got: string, at: string): Comparison {
  const [expected, again, lines] = [first.split('\n'), second?.split('\n'), got.split('\n')];
  // What is random may have more lines one time than another: then there is only the whole to be compared.
  if (second !== undefined && again?.length !== expected.length)
    return shapeOf(first) === shapeOf(got) || shapeOf(second) === shapeOf(got)
      ? { random: 1 }
      : { random: 0, difference: `${at}: expected the shape of ${shown(first)}, got ${shown(got)}` };
  let random = 0;
  for (let index = 0; index < Math.max(expected.length, lines.length); index++) {
    const [line, ours] = [expected[index], lines[index]];
    if (line === ours) continue;
    const isRandom =
      line !== undefined &&
      ours !== undefined &&
      again !== undefined &&
      again[index] !== line &&
      shapeOf(again[index] ?? '') === shapeOf(ours);
    const place = expected.length > 1 ? ` line ${index + 1}` : '';
    if (!isRandom) return { random, difference: `${at}${place}: expected ${shown(line)}, got ${shown(ours)}` };
    random += 1;
  }
  return { random };
}

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

const own = (tree: Tree, key: string): unknown => (Object.hasOwn(tree, key) ? tree[key] : undefined);

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
