import { readFileSync } from 'node:fs';
import { Range } from 'semver';
import { describe, expect, test } from 'vitest';
import { allowedVersions, InvalidRange } from './semver-range.ts';

interface Recording {
  readonly program: string;
  readonly versions: readonly string[];
  readonly ranges: readonly { readonly range: string; readonly invalid?: true; readonly allowed?: readonly string[] }[];
}

// Made by testdata/record-semver: see there.
const { program, versions, ranges } = JSON.parse(
  readFileSync(new URL('../testdata/semver-ranges.json', import.meta.url), 'utf8'),
) as Recording;

describe(`what ${program} says`, () => {
  test.each(ranges.filter(({ range }) => range.trim() !== ''))('of $range', ({ range, invalid, allowed = [] }) => {
    if (invalid === true) expect(() => allowedVersions(range, versions)).toThrow(InvalidRange);
    else expect(allowedVersions(range, versions)).toEqual(allowed);
  });
});

test('no range at all allows any version but pre-releases: Masterminds refuses it, and Flux and Helm do not ask it then', () => {
  expect(allowedVersions('', ['1.0.0', '2.0.0-rc.1'])).toEqual(['1.0.0']);
});

/** What npm's own ranges allow; undefined for what they refuse. */
function byNpm(range: string): readonly string[] | undefined {
  try {
    const parsed = new Range(range);
    return versions.filter((version) => parsed.test(version));
  } catch {
    return undefined;
  }
}

describe("where npm's semver answers otherwise", () => {
  test.each([
    ['a comma is an AND', '>=1.0.0, <2.0.0', undefined],
    ['!= is an operator', '!=1.2.3', undefined],
    ['so is =>', '=>1.0.0', undefined],
    ['and =<', '=<1.0.0', undefined],
    ['a version may have zeros in front', '2025.02', undefined],
    ['a pre-release may follow what was left open', '>=6.1.x-0', ['6.1.0-rc.1', '6.1.6-beta.1']],
    ['a pre-release admits those of any version', '^1.0.0-0', ['1.1.0-beta.2', '1.2.3-rc.1']],
    ['and for all of its neighbours', '>=1.0.0-0 <2.0.0', ['1.1.0-beta.2', '2.0.0-rc.1']],
  ])('%s: %s', (_what, range, gained) => {
    const [ours, npms] = [allowedVersions(range, versions), byNpm(range)];
    if (gained === undefined) expect([npms, ours.length > 0]).toEqual([undefined, true]);
    else expect(gained.filter((version) => ours.includes(version) && npms?.includes(version) !== true)).toEqual(gained);
  });

  test('it does so for two ranges of five of the recording', () => {
    const asked = ranges.filter(({ range }) => range.trim() !== '');
    const others = asked.filter(({ range, invalid, allowed = [] }) => {
      const npms = byNpm(range);
      return invalid === true ? npms !== undefined : npms === undefined || npms.join() !== allowed.join();
    });
    expect([others.length, asked.length]).toEqual([280, 660]);
  });
});
