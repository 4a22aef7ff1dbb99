export interface Instruction {
  readonly keyword: string;
  readonly value: string;
}

/** A `FROM … AS name` and what follows it. */
export interface Stage {
  readonly name: string;
  /** The image or the earlier stage it starts from, global ARGs filled in. */
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

/** Reads as much of the Dockerfile format as ours uses: comments, continued lines, global ARGs with defaults, named stages. Throws on anything before the first stage but ARG. */
export function parseDockerfile(text: string): readonly Stage[] {
  const lines = text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n');
  const args = new Map<string, string>();
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  for (const line of lines.filter((candidate) => candidate.trim() !== '')) {
    const [, keyword = '', value = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    const stage = stages.at(-1);
    if (keyword === 'FROM') {
      const [, base = '', name = ''] = /^(\S+) AS (\S+)$/.exec(value) ?? [];
      stages.push({
        name,
        base: base.replace(/\$\{(\w+)\}/g, (_, arg: string) => args.get(arg) ?? ''),
        instructions: [],
      });
    } else if (stage !== undefined) stage.instructions.push({ keyword, value });
    else if (keyword === 'ARG') args.set(value.slice(0, value.indexOf('=')), value.slice(value.indexOf('=') + 1));
    else throw new Error(`unexpected instruction before the first stage: ${line}`);
  }
  return stages;
}

/** All instructions that make a target, those of the stages it starts from first. */
export function instructionsOf(stages: readonly Stage[], target: string): readonly Instruction[] {
  const stage = stages.find(({ name }) => name === target);
  return stage === undefined ? [] : [...instructionsOf(stages, stage.base), ...stage.instructions];
}

export interface Copy {
  /** The stage it copies from; undefined for the build context. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly to: string;
}

export function copiesOf(instructions: readonly Instruction[]): readonly Copy[] {
  return instructions
    .filter(({ keyword }) => keyword === 'COPY')
    .map(({ value }) => {
      const words = value.split(/\s+/);
      const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
      const paths = words.filter((word) => !word.startsWith('--'));
      return { from, sources: paths.slice(0, -1), to: paths.at(-1) ?? '' };
    });
}

/** The command line of a target: its ENTRYPOINT in the form that needs no shell. Throws on any other form. */
export function entrypointOf(stages: readonly Stage[], target: string): readonly string[] {
  const last = instructionsOf(stages, target).findLast(({ keyword }) => keyword === 'ENTRYPOINT');
  return JSON.parse(last?.value ?? 'null') as readonly string[];
}

/** What the image sets in the environment. */
export function environmentOf(stages: readonly Stage[], target: string): Readonly<Record<string, string>> {
  const settings = instructionsOf(stages, target).filter(({ keyword }) => keyword === 'ENV');
  return Object.fromEntries(settings.map(({ value }) => [value.slice(0, value.indexOf('=')), value.slice(value.indexOf('=') + 1)]));
}
