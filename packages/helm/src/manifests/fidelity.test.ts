import { describe, expect, test } from 'vitest';
import { MANIFESTS } from '../../test/manifest-cases.ts';
import { recorded } from '../../test/recorded.ts';
import { HelmError } from '../helm-error.ts';
import type { Hook } from './hook.ts';
import { INSTALL_ORDER, UNINSTALL_ORDER } from './kind-order.ts';
import { type SortedManifests, sortManifests } from './sort-manifests.ts';

interface Sorted {
  readonly hooks: readonly unknown[] | null;
  readonly manifests: readonly { readonly path: string; readonly content: string; readonly kind: string }[];
}

interface Result {
  readonly install?: Sorted;
  readonly uninstall?: Sorted;
  readonly error?: string;
}

const { version, results } = recorded<Result>('manifests');

/** As Go writes its struct, without what is empty. */
const hookJson = ({ name, kind, path, manifest, events, weight, deletePolicies, outputLogPolicies }: Hook): unknown => ({
  ...(name === '' ? {} : { name }),
  kind,
  path,
  manifest,
  events,
  last_run: { phase: '' },
  ...(weight === 0 ? {} : { weight }),
  ...(deletePolicies.length === 0 ? {} : { delete_policies: deletePolicies }),
  ...(outputLogPolicies.length === 0 ? {} : { output_log_policies: outputLogPolicies }),
});

const comparable = ({ hooks, manifests }: SortedManifests): Sorted => ({
  hooks: hooks.length === 0 ? null : hooks.map(hookJson),
  manifests: manifests.map(({ path, content, kind }) => ({ path, content, kind })),
});

describe(`as helm ${version} sorts what was rendered`, () => {
  test.each(Object.entries(MANIFESTS))('%s', (name, files) => {
    const sort = (order: readonly string[]): SortedManifests => sortManifests(new Map(Object.entries(files)), order);
    const result = results[name];
    if (result?.error === undefined) {
      expect(comparable(sort(INSTALL_ORDER))).toEqual(result?.install);
      expect(comparable(sort(UNINSTALL_ORDER))).toEqual(result?.uninstall);
      return;
    }
    const place = result.error.slice(0, 'YAML parse error on app/templates/a.yaml'.length);
    expect(() => sort(INSTALL_ORDER)).toThrow(HelmError);
    expect(() => sort(INSTALL_ORDER)).toThrow(
      expect.objectContaining({ kind: 'invalid-manifest', message: expect.stringContaining(place) }),
    );
  });
});
