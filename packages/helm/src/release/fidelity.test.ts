import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { recorded } from '../../test/recorded.ts';
import { RELEASES } from '../../test/release-cases.ts';
import type { Values } from '../values/merge-maps.ts';
import { tableOf, valuesOf } from '../values/table.ts';
import type { Release } from './release.ts';
import { releaseOfSecret, releaseSecret } from './release-secret.ts';
import { decodeRelease } from './stored-release.ts';

interface Stored {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly type: string;
  readonly data: string;
  readonly json: string;
}

const releases = recorded<Stored>('releases');
const stored = recorded<{ readonly json: string }>('stored');

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const text = (of: string): string => Buffer.from(of, 'base64').toString();
const jsonOf = (data: string): string => gunzipSync(Buffer.from(data, 'base64')).toString();
const floats = (values: Values): Values => valuesOf(tableOf(values, Number));

/** What is left of a release in a Secret. */
const kept = ({ chart, config, labels, ...release }: Release): Release => {
  const { valuesFile: _, dependencies: _charts, values, ...its } = chart;
  const { name: _name, owner: _owner, ...own } = labels;
  return { ...release, labels: own, config: floats(config), chart: { ...its, values: floats(values), dependencies: [] } };
};

describe(`with helm ${releases.version}`, () => {
  test.each(Object.entries(RELEASES))('%s: is stored as Helm stores it', (name, { release }) => {
    const helms = releases.results[name];
    const secret = releaseSecret(release, { act: 'create', nowMs: 1_700_000_000_999 });
    expect(secret).toMatchObject({
      metadata: { name: helms?.name, labels: { ...helms?.labels, createdAt: '1700000000' } },
      type: helms?.type,
    });
    expect(Object.keys(secret.metadata.labels)).toHaveLength(Object.keys(helms?.labels ?? {}).length + 1);
    expect(jsonOf(text(secret.data.release))).toBe(helms?.json);
  });

  test.each(Object.entries(RELEASES))('%s: what Helm stored is read', (name, { release }) => {
    const { data = '', labels } = releases.results[name] ?? {};
    expect(releaseOfSecret({ metadata: { labels: labels ?? {} }, data: { release: base64(data) } })).toEqual(kept(release));
  });

  test.each(Object.entries(RELEASES))('%s: Helm reads what was stored', (name) => {
    expect(stored.results[name]?.json).toBe(releases.results[name]?.json);
  });
});

test('what is read and stored once more is the same', () => {
  for (const { release } of Object.values(RELEASES)) {
    const once = releaseSecret(release, { act: 'update', nowMs: 0 });
    const read = decodeRelease(text(once.data.release));
    expect(once.metadata.labels).toMatchObject({ modifiedAt: '0', status: release.info.status });
    expect(releaseSecret(read, { act: 'update', nowMs: 0 }).metadata.name).toBe(once.metadata.name);
    expect(decodeRelease(text(releaseSecret(read, { act: 'update', nowMs: 0 }).data.release))).toEqual(read);
  }
});
