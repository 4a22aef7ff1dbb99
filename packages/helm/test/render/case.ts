/** A chart to be rendered, as testdata/record-engine reads it. */
export interface RenderCase {
  readonly files: Readonly<Record<string, string>>;
  /** YAML. */
  readonly values?: string;
  /** As of `--set`. */
  readonly set?: readonly string[];
  readonly isUpgrade?: boolean;
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
}

export const chartFile = (name: string, more = ''): string => `apiVersion: v2\nname: ${name}\nversion: 1.2.3\n${more}`;

/** A chart of one template. */
export const one = (text: string, values = ''): RenderCase => ({
  files: { 'Chart.yaml': chartFile('app'), 'templates/a.txt': text },
  values,
});

/** A case for each template, called by a prefix and its text. */
export const each = (prefix: string, texts: readonly string[], values = ''): Record<string, RenderCase> =>
  Object.fromEntries(texts.map((text) => [`${prefix}: ${text}`, one(text, values)]));
