import { InvalidYaml, readYaml } from '@gotk/apimachinery/yaml';
import { fieldsOf, WrongType } from '../fields.ts';
import { HelmError } from '../helm-error.ts';

/** What Helm looks at of a document before it knows whether it is an object. */
export interface ManifestHead {
  readonly apiVersion: string;
  /** Empty for what is none, a comment for one. */
  readonly kind: string;
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Throws `HelmError` of kind `invalid-manifest` with the file's path. */
export function readHead(document: string, path: string): ManifestHead {
  const bytes = new TextEncoder().encode(document);
  try {
    const [value] = readYaml(bytes, { dialect: 'config', duplicates: 'last', maxBytes: bytes.length });
    const fields = fieldsOf(value, 'the document');
    const metadata = fieldsOf(fields?.value('metadata'), 'metadata');
    return {
      apiVersion: fields?.text('apiVersion') ?? '',
      kind: fields?.text('kind') ?? '',
      name: metadata?.text('name') ?? '',
      annotations: metadata?.textMap('annotations') ?? {},
    };
  } catch (error) {
    if (!(error instanceof InvalidYaml || error instanceof WrongType)) throw error;
    const place = error instanceof InvalidYaml && error.at !== undefined ? ` in line ${error.at.line}` : '';
    throw new HelmError('invalid-manifest', `YAML parse error on ${path}: ${error.message}${place}`, { cause: error });
  }
}
