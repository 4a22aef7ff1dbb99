import { onlyKeeper, twentyObjects } from './twenty-objects.ts';

/** Three revisions of one source, of which each later one leaves some objects as they are, changes some, drops some, and brings back what the one before it dropped. */
export interface G2Revisions {
  readonly first: Readonly<Record<string, string>>;
  readonly second: Readonly<Record<string, string>>;
  readonly third: Readonly<Record<string, string>>;
  /** Names of what the second one drops, and the third one. */
  readonly dropped: { readonly second: readonly string[]; readonly third: readonly string[] };
}

/** See `twentyObjects`. */
export function g2Revisions(prefix: string): G2Revisions {
  const manifestsOf = (content: string): readonly string[] => (twentyObjects(prefix, content)['objects.yaml'] ?? '').split('---\n');
  const [first, second, third] = ['first', 'second', 'third'].map(manifestsOf);
  const mixed = (odd: readonly string[] = [], even: readonly string[] = []) =>
    odd.map((text, index) => (index % 2 === 1 ? text : (even[index] ?? '')));
  const without = (manifests: readonly string[], names: readonly string[]) =>
    manifests.filter((text) => !names.some((name) => text.includes(`"metadata":{"name":"${name}"`)));
  const filesOf = (manifests: readonly string[]) => ({ 'objects.yaml': manifests.join('---\n'), ...onlyKeeper });
  const dropped = { second: [`${prefix}-low`, 'web-1', 'settings-6', 'settings-7', 'login-2'], third: ['reader', 'settings-0', 'web-0'] };
  return {
    first: filesOf(first ?? []),
    second: filesOf(without(mixed(second, first), dropped.second)),
    third: filesOf(without(mixed(second, third), dropped.third)),
    dropped,
  };
}
