import { renderYaml } from '@gotk/apimachinery/yaml';

const CHARTS = 600;
const VERSIONS = 100;

/** The newest of each chart. */
export const NEWEST = `1.${VERSIONS}.0`;

export const chartName = (index: number): string => `chart-${index}`;

export interface ExampleOptions {
  /** SHA-256 of the newest version of a chart, for those that can be fetched. */
  readonly digests?: ReadonlyMap<string, string>;
  /** 600 make some 40 MiB. */
  readonly charts?: number;
}

/** As long, as deep and as folded as those of large public repositories. */
export function exampleIndex({ digests = new Map(), charts: count = CHARTS }: ExampleOptions = {}): string {
  const version = (name: string, number: number): object => ({
    apiVersion: 'v2',
    appVersion: `${number % 7}.${number}.0`,
    created: new Date(Date.UTC(2025, 0, 1) + number * 3_600_000).toISOString(),
    dependencies: [{ condition: 'redis.enabled', name: 'redis', repository: 'https://charts.example.com/stable', version: '18.x.x' }],
    description: `A chart of ${name}: what it installs is described in a sentence that is long enough to be folded by whoever prints it.`,
    digest:
      (number === VERSIONS ? digests.get(name) : undefined) ?? (number * 2_654_435_761).toString(16).padStart(8, '0').slice(0, 8).repeat(8),
    home: `https://example.com/${name}`,
    keywords: [name, 'example'],
    maintainers: [{ email: 'somebody@example.com', name: 'somebody' }],
    name,
    urls: [`${name}-1.${number}.0.tgz`],
    version: `1.${number}.0`,
  });
  const charts = Array.from({ length: count }, (_, chart) => `chart-${chart}`);
  const entries = charts.map((name) => [name, Array.from({ length: VERSIONS }, (_, number) => version(name, VERSIONS - number))]);
  return renderYaml({ apiVersion: 'v1', entries: Object.fromEntries(entries), generated: '2026-01-02T03:04:05Z' });
}
