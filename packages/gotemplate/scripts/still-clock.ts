import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';

export interface Outcome {
  readonly expands?: string;
  readonly fails?: string;
}

interface Recorded {
  readonly go: string;
  readonly outcomes: readonly Outcome[];
}

/** What Sprig's own functions make of templates at midnight of 2000-01-01, UTC, in a place. */
export async function recordStillClock(templates: readonly string[], data: unknown, localZone = 'UTC'): Promise<Recorded> {
  const directory = await mkdtemp(join(tmpdir(), 'record-'));
  try {
    const [given, made] = [join(directory, 'in.json'), join(directory, 'out.json')];
    await writeFile(given, JSON.stringify({ data, templates }));
    const goRoot = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
    execFileSync('go', ['test', '-count=1', '.'], {
      cwd: join(import.meta.dirname, '../testdata/record-still-clock'),
      // Zones of the same version as src/sprig/date/zone-names.json.
      env: { ...env, TZ: localZone, ZONEINFO: join(goRoot, 'lib/time/zoneinfo.zip'), IN: given, OUT: made },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return JSON.parse(await readFile(made, 'utf8')) as Recorded;
  } finally {
    await rm(directory, { recursive: true });
  }
}
