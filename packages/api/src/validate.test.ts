import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { kustomizationDefinition } from './kustomize/v1/kustomization.ts';
import { gitRepositoryDefinition } from './source/v1/git-repository.ts';
import { validate } from './validate.ts';

const kustomization = (over: object) => ({ interval: '5m', prune: true, sourceRef: { kind: 'GitRepository', name: 'app' }, ...over });
const problemsWith = (over: object): readonly string[] =>
  validate(kustomizationDefinition.spec, kustomization(over), 'spec').map(({ path }) => path);

test('a spec that keeps to its schema has no problem', () => {
  expect(problemsWith({})).toEqual([]);
  expect(problemsWith({ timeout: '1h30m', unknown: 1 })).toEqual([]);
});

describe('a text that is longer than anybody needs', () => {
  test('does not get its end past the pattern', () => {
    expect(problemsWith({ interval: `${'1h'.repeat(2_048)} or so` })).toEqual(['spec.interval']);
    expect(problemsWith({ interval: '1h'.repeat(2_049) })).toEqual(['spec.interval']);
    expect(problemsWith({ interval: '1h'.repeat(2_048) })).toEqual([]);
  });

  test('takes no time by its pattern', () => {
    const spentMs = startCpuTime();
    for (const piece of ['1', '1.', '1h', 'h', 'http://'])
      validate(gitRepositoryDefinition.spec, { url: piece.repeat(500_000), interval: piece.repeat(500_000) }, 'spec');
    expect(spentMs()).toBeLessThan(500);
  });
});
