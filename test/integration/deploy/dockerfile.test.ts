import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copiesOf, entrypointOf, instructionsOf, parseDockerfile } from './dockerfile.ts';
import { controllers, repository } from './repository.ts';

const stages = parseDockerfile(readFileSync(join(repository, 'Dockerfile'), 'utf8'));
const lastOf = (target: string, keyword: string) =>
  instructionsOf(stages, target).findLast((instruction) => instruction.keyword === keyword)?.value;

describe('the Dockerfile', () => {
  test('has a target for each controller', () => {
    const names = readdirSync(join(repository, 'packages')).filter((name) => name.endsWith('-controller'));

    expect(stages.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    expect(controllers).toEqual(names);
  });

  test('builds from context files that exist and that .dockerignore lets through', () => {
    const kept = readFileSync(join(repository, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const sources = copiesOf(stages.flatMap(({ instructions }) => instructions)).filter(({ from }) => from === undefined);

    expect(kept.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
    expect(sources.flatMap((copy) => copy.sources).filter((path) => path !== '.' && !kept.includes(path))).toEqual([]);
  });

  test('is built with the Node major that the toolchain brings', () => {
    const major = /NODE_MAJOR = '(\d+)'/.exec(readFileSync(join(repository, 'scripts/toolchain.mjs'), 'utf8'))?.[1];

    expect(stages.find(({ name }) => name === 'build')?.base).toMatch(new RegExp(`^node:${major}\\b`));
  });
});

describe.each(controllers)('the image of %s', (controller) => {
  test('runs as nobody', () => {
    expect(lastOf(controller, 'USER')).toBe('65534:65534');
  });

  test('needs no shell: the command is a list, and nothing runs while the final stages are built', () => {
    expect(instructionsOf(stages, controller).map(({ keyword }) => keyword)).not.toContain('RUN');
    expect(entrypointOf(stages, controller)[0]).toBe('/usr/local/bin/node');
  });

  test('contains the program it starts, the libraries beside it, its licences and nothing else of ours', () => {
    const copies = copiesOf(instructionsOf(stages, controller));
    const ours = copies.filter(({ sources }) => sources.some((path) => path.startsWith('/src/')));

    expect(copies.every(({ from }) => from === 'build')).toBe(true);
    expect(ours.map(({ to }) => to)).toEqual([entrypointOf(stages, controller).at(-1), '/app/libraries/', '/app/licenses/']);
  });

  test('copies what the build makes', () => {
    const built = copiesOf(instructionsOf(stages, controller))
      .flatMap(({ sources }) => sources)
      .filter((path) => path.startsWith('/src/'))
      .map((path) => path.slice('/src/'.length));

    expect(built.every((path) => path.startsWith(`packages/${controller}/dist/`))).toBe(true);
    expect(built.filter((path) => globSync(path, { cwd: repository }).length === 0)).toEqual([]);
  });

  test('says what it is, in labels', () => {
    const labels = instructionsOf(stages, controller)
      .filter(({ keyword }) => keyword === 'LABEL')
      .map(({ value }) => value)
      .join(' ');
    const { version } = JSON.parse(readFileSync(join(repository, 'packages', controller, 'package.json'), 'utf8')) as { version: string };

    expect(labels).toContain(`org.opencontainers.image.title="${controller}"`);
    expect(labels).toContain('org.opencontainers.image.description=');
    expect(labels).toContain('org.opencontainers.image.licenses="Apache-2.0"');
    expect(lastOf(controller, 'ARG')).toBe(`VERSION=v${version}`);
  });
});
