export interface Summary {
  readonly name: string;
  readonly version: string;
  readonly valuesFiles?: readonly string[];
}

/** What a chart's status says about it, in upstream's words. */
export function summaryOf(act: 'new' | 'pulled' | 'packaged', { name, version, valuesFiles = [] }: Summary): string {
  const merged = valuesFiles.length === 0 ? '' : ` and merged values files [${valuesFiles.join(' ')}]`;
  return `${act} '${name}' chart with version '${version}'${merged}`;
}
