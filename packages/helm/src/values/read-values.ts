import { InvalidYaml, readYaml } from '@gotk/apimachinery/yaml';
import { isObject } from '../fields.ts';
import { HelmError } from '../helm-error.ts';
import { mergeMaps, type Values } from './merge-maps.ts';
import { tableOf, valuesOf } from './table.ts';

/** Larger than a chart's file may be; a values file of a Git repository is no chart's. */
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * The values of a file, in the scalars of sigs.k8s.io/yaml (`on` is true). An empty file has none. Of several documents the first counts,
 * as in Helm's values files. Throws `HelmError` of kind `invalid-values` with the file's name.
 */
export function readValues(bytes: Uint8Array, file: string): Values {
  return valuesIn(documentsOf(bytes, file).slice(0, 1), file);
}

/** The same for a chart's own values.yaml, whose documents are merged. */
export const readChartValues = (bytes: Uint8Array): Values => valuesIn(documentsOf(bytes, 'values.yaml'), 'values.yaml');

/**
 * The same for a file that somebody gives a release, as Helm 4 reads it: all its documents, merged, and every number a `number`, as Go makes
 * a float64 of it.
 */
export function readUserValues(bytes: Uint8Array, file: string): Values {
  return valuesOf(tableOf(valuesIn(documentsOf(bytes, file), file), Number));
}

function documentsOf(bytes: Uint8Array, file: string): readonly unknown[] {
  try {
    return readYaml(bytes, { dialect: 'config', duplicates: 'last', maxBytes: MAX_BYTES });
  } catch (error) {
    if (!(error instanceof InvalidYaml)) throw error;
    const place = error.at === undefined ? '' : ` in line ${error.at.line}`;
    throw new HelmError('invalid-values', `unmarshaling values from '${file}' failed: ${error.message}${place}`, { cause: error });
  }
}

function valuesIn(documents: readonly unknown[], file: string): Values {
  return documents.reduce<Values>((values, document) => {
    if (document === null || document === undefined) return values;
    if (!isObject(document)) throw new HelmError('invalid-values', `unmarshaling values from '${file}' failed: values must be a map`);
    return mergeMaps(values, document);
  }, {});
}
