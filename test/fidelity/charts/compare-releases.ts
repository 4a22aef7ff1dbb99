import { readYaml } from '@gotk/apimachinery/yaml';
import { type Comparison, compareTexts, compareTrees, type Real } from './deviation.ts';
import type { Rendered } from './rendered.ts';

export interface ReleaseComparison extends Comparison {
  /** Of the real program, hooks included. */
  readonly objects: number;
  /** Whether the texts are the same too, comments and order of keys included: where they are not, how. */
  readonly bytes: Comparison;
}

interface Parsed {
  readonly objects: readonly unknown[];
  readonly hooks: readonly unknown[];
}

/** Compares objects and hooks in their order, and the notes byte for byte. What the real program draws at random is compared by its shape. */
export function compareReleases(real: Real<Rendered>, got: Rendered): ReleaseComparison {
  const parsed = both(real, parse);
  const objects = parsed.first.objects.length + parsed.first.hooks.length;
  const ours = parse(got);
  const parts = [
    ...compareObjects(
      both(parsed, (release) => release.objects),
      ours.objects,
      'object',
    ),
    ...compareObjects(
      both(parsed, (release) => release.hooks),
      ours.hooks,
      'hook',
    ),
    compareTexts(
      both(real, (release) => release.notes),
      got.notes,
      'notes',
    ),
  ];
  const bytes = compareTexts(both(real, textOf), textOf(got), 'text');
  return { objects, bytes, ...sumOf(parts) };
}

/** The same of what the program made each time. */
const both = <T, R>({ first, second }: Real<T>, make: (value: T) => R): Real<R> => ({
  first: make(first),
  ...(second === undefined ? {} : { second: make(second) }),
});

const parse = ({ manifest, hooks }: Rendered): Parsed => ({
  objects: documentsOf(manifest),
  hooks: hooks.map(({ path, manifest: text, events, weight, deletePolicies }) => ({
    path,
    events,
    weight,
    deletePolicies,
    object: documentsOf(text),
  })),
});

function documentsOf(text: string): readonly unknown[] {
  const bytes = Buffer.from(text);
  return readYaml(bytes, { dialect: 'config', duplicates: 'last', maxBytes: bytes.length + 1 }).filter((object) => object !== null);
}

const textOf = ({ manifest, hooks }: Rendered): string =>
  [manifest, ...hooks.map(({ path, manifest: text }) => `---\n# Source: ${path}\n${text}\n`)].join('');

function compareObjects(real: Real<readonly unknown[]>, got: readonly unknown[], what: string): readonly Comparison[] {
  const parts = real.first.map((object, index) => {
    const second = real.second?.[index];
    const compared = compareTrees({ first: object, ...(second === undefined ? {} : { second }) }, got[index]);
    if (compared.difference === undefined) return compared;
    return { ...compared, difference: `${what} ${index + 1} of ${real.first.length}, ${nameOf(object)}: ${compared.difference}` };
  });
  const more = got.length - real.first.length;
  return more > 0 ? [...parts, { random: 0, difference: `${more} more ${what}s, the first ${nameOf(got[real.first.length])}` }] : parts;
}

function sumOf(parts: readonly Comparison[]): Comparison {
  const random = parts.reduce((sum, part) => sum + part.random, 0);
  const differences = parts.flatMap(({ difference }) => difference ?? []);
  const [first] = differences;
  const more = differences.length > 1 ? ` (and ${differences.length - 1} more)` : '';
  return first === undefined ? { random } : { random, difference: `${first}${more}` };
}

function nameOf(object: unknown): string {
  const { kind, metadata, path } = object as {
    readonly kind?: unknown;
    readonly path?: unknown;
    readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown };
  };
  return [kind ?? path, metadata?.namespace, metadata?.name].filter(Boolean).join(' ');
}
