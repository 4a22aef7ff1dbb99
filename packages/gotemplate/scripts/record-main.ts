import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stderr } from 'node:process';
import { CASES, DATA } from '../test/cases.ts';
import { SPRIG_CASES } from '../test/sprig/cases.ts';
import { templateOf } from '../test/sprig/sprig-cases.ts';

// What Go makes of the templates in test/cases.ts and test/sprig, for the fidelity tests: node packages/gotemplate/scripts/record-main.ts

interface Asked {
  readonly template: string;
  readonly data?: unknown;
  readonly functions?: 'sprig';
}

interface Recorded {
  readonly go: string;
  readonly sprig: string;
  readonly names: readonly string[];
  readonly cases: readonly { readonly expands?: string; readonly fails?: string }[];
}

function record(groups: Readonly<Record<string, readonly Asked[]>>) {
  const cases = Object.values(groups)
    .flat()
    .map((each) => ({ data: DATA, ...each }));
  const {
    stdout,
    status,
    stderr: complaint,
  } = spawnSync('go', ['run', '.'], {
    cwd: join(import.meta.dirname, '../testdata/record'),
    input: JSON.stringify({ cases }),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(complaint);
  const recorded = JSON.parse(stdout) as Recorded;
  let at = 0;
  const outcomes = Object.fromEntries(
    Object.entries(groups).map(([group, all]) => [
      group,
      all.map((each) => {
        const { expands, fails } = recorded.cases[at++] ?? {};
        return { template: each.template, ...(fails === undefined ? { expands } : { fails }) };
      }),
    ]),
  );
  stderr.write(`recorded ${at} cases with ${recorded.go}\n`);
  return { ...recorded, outcomes };
}

async function write(name: string, content: unknown): Promise<void> {
  await writeFile(join(import.meta.dirname, '../testdata', name), `${JSON.stringify(content, undefined, 1)}\n`);
}

const plain = record(CASES);
await write('recorded.json', { go: plain.go, outcomes: plain.outcomes });

const { go, sprig, names, outcomes } = record(
  Object.fromEntries(
    Object.entries(SPRIG_CASES).map(([name, calls]) => [
      name,
      calls.map((call) => ({ template: templateOf(call), functions: 'sprig' as const })),
    ]),
  ),
);
await write('recorded-sprig.json', { go, sprig, names, outcomes });
